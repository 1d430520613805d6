"""The units in which technical stock is counted: a closed set, so that pools and needs meet.

Source: docs/rules/reservations.md, "Pools".
"""

from django.db import models
from django.utils.translation import pgettext_lazy


class Unit(models.TextChoices):
    """A measured thing. Its label is what follows a number."""

    RACK_UNIT = "U", "U"
    POWER = "kW", "kW"
    CURRENT = "A", "A"
    RACK = "rack", pgettext_lazy("after a number", "cabinets")
    PORT = "port", pgettext_lazy("after a number", "ports")
    GIGABYTE = "GB", pgettext_lazy("after a number", "GB")
    TERABYTE = "TB", pgettext_lazy("after a number", "TB")
    PROCESSOR = "vCPU", "vCPU"
    MEGABITS = "Mbps", "Mbit/s"
    ADDRESS = "address", pgettext_lazy("after a number", "addresses")
    LICENCE = "licence", pgettext_lazy("after a number", "licences")
    PIECE = "piece", pgettext_lazy("after a number", "pieces")


def unit_label(code: str) -> str:
    """Return the unit as it follows a number; an unknown code, of an old report, as it is."""
    return str(Unit(code).label) if code in Unit.values else code
