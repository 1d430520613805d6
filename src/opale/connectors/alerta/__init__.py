"""Alerta: its HTTP API, as far as its command line and the usual plug-ins call it."""

from opale.connectors.alerta.connector import Alerta

__all__ = ["Alerta"]
