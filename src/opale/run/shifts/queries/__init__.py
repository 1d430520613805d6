"""Queries of rosters: who is on, who answers, the roster table, and its violations."""
