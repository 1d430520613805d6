"""Promises on an incident of a Monday morning, for tests of the clocks."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from opale.kernel.business_time import Calendar, Pause
from opale.run.desk.domain.clocks import (
    ClassifiedPeriod,
    Clock,
    Measure,
    Promise,
    Record,
    ticket_clocks,
)

OFFICE = Calendar.on_weekdays("Europe/Paris", "09:00-12:00", "14:00-18:00", country="FR")
ALWAYS = Calendar.around_the_clock()
MONDAY_10 = datetime(2026, 11, 23, 9, tzinfo=UTC)  # 10:00 in Paris
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
Kind = Literal["request", "incident"]


def promise(
    measure: Measure = "restore", target: timedelta = 4 * HOUR, calendar: Calendar = ALWAYS
) -> Promise:
    return Promise(measure, target, "always", calendar)


def incident(*promises: Promise, at: datetime = MONDAY_10, pauses: Sequence[Pause] = ()) -> Record:
    return Record(at, (ClassifiedPeriod(at, "incident", promises),), pauses=tuple(pauses))


def running(record: Record, measure: Measure = "restore") -> Clock:
    return ticket_clocks(record)[measure]
