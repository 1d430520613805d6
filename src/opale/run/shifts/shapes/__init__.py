"""Answers of endpoints of shifts."""
