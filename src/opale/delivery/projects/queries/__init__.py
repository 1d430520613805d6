"""Queries of projects; every list takes the actor who asks."""
