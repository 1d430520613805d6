"""Queries on alerts and integrations."""
