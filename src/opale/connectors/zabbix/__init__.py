"""Zabbix, by a media type of ours that tells of problems, recoveries and what people do."""

from opale.connectors.zabbix.connector import Zabbix

__all__ = ["Zabbix"]
