"""Alertmanager of the Prometheus project: its webhook, version 4."""

from opale.connectors.alertmanager.webhook import Alertmanager

__all__ = ["Alertmanager"]
