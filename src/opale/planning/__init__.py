"""Scheduling under scarce resources. `search` is heavy: only for the planner's process.

Source: docs/decisions/0020-schedules-by-two-searches.md.
"""
