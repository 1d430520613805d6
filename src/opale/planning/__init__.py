"""Schedules work under scarce resources. `search` is heavy: for the planner's process only.

Source: docs/decisions/0020-schedules-by-two-searches.md.
"""
