"""Queries of reservations, capacity left and people's load."""
