"""Alertmanager of the Prometheus project: its webhook, version 4, and its own API, version 2."""

from opale.connectors.alertmanager.server import AlertmanagerServer
from opale.connectors.alertmanager.webhook import Alertmanager

__all__ = ["Alertmanager", "AlertmanagerServer"]
