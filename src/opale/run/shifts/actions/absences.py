"""Import of absences from a calendar file."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.concurrency_limits import ConcurrencyLimit
from opale.kernel.errors import Invalid
from opale.kernel.limited_process import CPU_SECONDS
from opale.organisation.actions.people import record_absence
from opale.organisation.models import Absence, Person
from opale.run.shifts.actions.roster import AHEAD
from opale.run.shifts.domain.cycles import Span
from opale.run.shifts.domain.icalendar_reader import InvalidCalendar, read_away_times

READINGS: Final = ConcurrencyLimit(2, timedelta(seconds=CPU_SECONDS))
"""Calendars that requests read at the same time: each holds a thread until its process ends."""


@dataclass(frozen=True, slots=True)
class ImportedAbsences:
    """How many absences were new, and how many known (or overlapping a known one)."""

    made: int
    known: int


def import_absences(person: Person, raw: bytes, *, by: Actor, at: datetime) -> ImportedAbsences:
    """Create a person's absences of the next 52 weeks from a calendar.

    Idempotent. Absences gone from the calendar stay and are cancelled by hand, as other programs
    leave out what is past or private.
    Errors: NotFound, NotAllowed, Invalid (no calendar), Unavailable (others are being read).
    """
    within = Span(at, at + AHEAD)
    try:
        with READINGS.place():
            found = read_away_times(raw, zone=ZoneInfo(person.time_zone), within=within)
    except InvalidCalendar as bad:
        raise Invalid(file=_("Not a readable calendar file (iCalendar, at most 1 MiB).")) from bad
    made = 0
    with attributed(by):
        for away in found:
            span = away.span
            known = Absence.objects.filter(person=person, period__overlap=(span.starts, span.ends))
            if known.exists():
                continue
            record_absence(
                person, by=by, kind=Absence.Kind.OTHER, starts=span.starts, ends=span.ends
            )
            made += 1
    return ImportedAbsences(made, len(found) - made)
