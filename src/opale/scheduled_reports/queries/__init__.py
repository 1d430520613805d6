"""Reads of scheduled reports."""
