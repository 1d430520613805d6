"""Queries of resource requests, candidates and plans."""
