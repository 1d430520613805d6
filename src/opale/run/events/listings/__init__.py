"""Alerts, silences, and the sources of events as lists."""
