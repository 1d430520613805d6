"""Queries on the infrastructure: every list starts with the actor."""
