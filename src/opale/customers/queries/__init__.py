"""Queries on customers: every list starts with the actor."""
