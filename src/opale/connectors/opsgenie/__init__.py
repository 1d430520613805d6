"""Opsgenie's Alert API, version 2: Opale stands in for its server."""

from opale.connectors.opsgenie.connector import Opsgenie

__all__ = ["Opsgenie"]
