"""Answers of endpoints of events."""
