"""Zabbix, by a media type of ours that sends problems, recoveries and acknowledgements."""

from opale.connectors.zabbix.connector import Zabbix

__all__ = ["Zabbix"]
