"""Queries of paging."""
