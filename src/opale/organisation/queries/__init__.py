"""Queries on the organisation: every list starts with the actor."""
