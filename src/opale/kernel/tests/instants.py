"""Instants and hours of an office, for tests of business time."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from opale.kernel.business_time import (
    Calendar,
)

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
PARIS = ZoneInfo("Europe/Paris")
OFFICE = Calendar.on_weekdays("Europe/Paris", "08:00-12:00", "14:00-18:00", country="FR")


def paris(text: str, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS, fold=fold)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
