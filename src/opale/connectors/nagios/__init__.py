"""Icinga 2, and Nagios with its relatives: notifications by one script for both."""

from opale.connectors.nagios.notifications import Icinga, Nagios

__all__ = ["Icinga", "Nagios"]
