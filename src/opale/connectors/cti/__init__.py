"""Telephone systems that push calls as Zammad's generic CTI or sipgate's push API expects."""

from opale.connectors.cti.push import Cti

__all__ = ["Cti"]
