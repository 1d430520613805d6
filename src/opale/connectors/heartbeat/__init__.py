"""Heartbeats of whatever can fetch an address: a cron job, a backup, a watchdog alert."""

from opale.connectors.heartbeat.connector import Heartbeats

__all__ = ["Heartbeats"]
