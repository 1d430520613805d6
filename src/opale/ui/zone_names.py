"""Time zones by the names that people use: "London time", « heure de Londres »."""

import re
import unicodedata
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_location
from django.utils.translation import gettext as _
from django.utils.translation import override

SHOWN_AS_OFFSET = re.compile(r"^(Etc/|[^/]+$)")
"""Zones that name no place: UTC, Etc/GMT-3, EST."""


def zone_name(local: datetime, language: str) -> str:
    """Return the name of the zone of a moment; its distance from UTC where it is no place."""
    zone = local.tzinfo
    if not isinstance(zone, ZoneInfo) or SHOWN_AS_OFFSET.match(zone.key):
        return _offset(local)
    city = get_timezone_location(zone, locale=language, return_city=True)
    with override(language):
        return _("%(city)s time") % {"city": _of(city) if language == "fr" else city}


def differ(local: datetime, other: tzinfo) -> bool:
    """Return whether the clocks of the two zones show different hours at that moment."""
    return local.utcoffset() != local.astimezone(other).utcoffset()


def _offset(local: datetime) -> str:
    seconds = int((local.utcoffset() or timedelta()).total_seconds())
    if not seconds:
        return "UTC"
    hours, minutes = divmod(abs(seconds) // 60, 60)
    return f"UTC{'+' if seconds > 0 else '−'}{hours}" + (f":{minutes:02}" if minutes else "")


def _of(city: str) -> str:
    """Return a French place after its preposition: « d’Oslo », « du Caire », « de Londres »."""
    if city.startswith("Le "):
        return f"du {city[3:]}"
    if city.startswith("Les "):
        return f"des {city[4:]}"
    first = unicodedata.normalize("NFD", city[0]).lower()[0]
    return f"d’{city}" if first in "aeiou" else f"de {city}"
