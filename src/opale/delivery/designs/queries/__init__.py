"""Queries of designs, their checks and their changes."""
