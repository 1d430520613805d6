"""Subscribed calendars of other programs, read regularly for the absences of their person.

Network access happens outside of any transaction, and never inside a private network.
Source: docs/rules/rosters.md, "Calendars".
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from cryptography.fernet import InvalidToken
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.encryption import decrypt, encrypt
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.kernel.http_client import (
    BadAddress,
    PrivateAddress,
    UnknownName,
    check_address,
    fetch,
    parse,
)
from opale.organisation.actions.people import cancel_absence, edit_absence, record_absence
from opale.organisation.models import Absence, Person
from opale.run.shifts import rights
from opale.run.shifts.actions.roster import AHEAD
from opale.run.shifts.domain.cycles import Span
from opale.run.shifts.domain.icalendar_reader import MAX_BYTES, InvalidCalendar, read_away_times
from opale.run.shifts.models import AbsenceCalendar, AbsenceCalendarQuerySet, ToldAbsence

READ_JOB: Final = "shifts.read_absence_calendar"
READER: Final = system("calendars")
PURPOSE: Final = "shifts.calendars"
READ_INTERVAL: Final = timedelta(hours=1)
MAX_RETRY_INTERVAL: Final = timedelta(hours=24)
"""The longest interval between attempts to read a calendar that fails."""
MIN_READ_INTERVAL: Final = timedelta(minutes=1)
TIMEOUT: Final = 20.0
AT_ONCE: Final = 200


def subscribe_calendar(address: str, *, by: Actor) -> AbsenceCalendar:
    """Read one's absences from this address from now on, instead of another.

    Errors: NotAllowed, Invalid (no address, an unknown name, one inside a private network).
    """
    person = _own(by)
    address = _checked(address.strip())
    with attributed(by):
        AbsenceCalendar.objects.filter(person=person).delete()
        made = AbsenceCalendar.objects.create(
            person=person,
            address=encrypt(address, purpose=PURPOSE),
            host=parse(address).hostname or "",
            next_at=clock.now() + READ_INTERVAL,
        )
        _defer(made.pk)
        _tell(made)
    return made


def unsubscribe_calendar(*, by: Actor) -> None:
    """Stop reading; absences already read stay. Errors: NotAllowed, NotFound."""
    person = _own(by)
    with attributed(by):
        found = AbsenceCalendar.objects.filter(person=person).first()
        if found is None:
            raise NotFound
        _tell(found)
        found.delete()


def read_calendar_now(*, by: Actor) -> None:
    """Read one's calendar now. Errors: NotAllowed, NotFound, Conflict (it was tried just now)."""
    person = _own(by)
    with attributed(by):
        held = AbsenceCalendar.objects.select_for_update().filter(person=person).first()
        if held is None:
            raise NotFound
        if held.read_at and held.read_at > clock.now() - MIN_READ_INTERVAL:
            raise Conflict(_("This calendar was read less than a minute ago. Wait a minute."))
        _defer(held.pk)


def queue_due_calendars(*, at: datetime) -> int:
    """Queue the calendars that are due; return how many."""
    with attributed(READER):
        due = AbsenceCalendar.objects.filter(next_at__lte=at, person__left_on=None)
        rows = due.select_for_update(of=("self",), skip_locked=True).order_by("next_at", "pk")
        found = list(rows[:AT_ONCE])
        for one in found:
            one.next_at = at + READ_INTERVAL
            _defer(one.pk)
        AbsenceCalendar.objects.bulk_update(found, ["next_at"])
    return len(found)


def read_calendar(calendar_id: int, *, at: datetime) -> None:
    """Fetch a calendar once and update its person's absences. Idempotent."""
    rows = AbsenceCalendar.objects.filter(pk=calendar_id, person__left_on=None)
    calendar = rows.select_related("person").first()
    if calendar is None:
        return
    zone, within = ZoneInfo(calendar.person.time_zone), Span(at, at + AHEAD)
    try:
        raw = fetch(decrypt(calendar.address, purpose=PURPOSE), most=MAX_BYTES, timeout=TIMEOUT)
        spans = {away.span for away in read_away_times(raw, zone=zone, within=within)}
    except (InvalidToken, InvalidCalendar, BadAddress, OSError) as bad:
        _note_failure(rows, _code(bad), at)
    else:
        _follow(rows, spans, at)


def _follow(rows: AbsenceCalendarQuerySet, spans: Collection[Span], at: datetime) -> None:
    with attributed(READER):
        held = rows.select_for_update(of=("self",)).select_related("person").first()
        if held is None:
            return
        wanted = set(spans)
        for told in ToldAbsence.objects.filter(calendar=held).select_related("absence"):
            starts, ends = told.span
            if Span(starts, ends) in wanted or ends <= at:
                continue
            if starts > at:
                cancel_absence(told.absence, by=READER)
            elif moved := [one for one in wanted if one.starts == starts]:
                kind = told.absence.kind
                edit_absence(told.absence, by=READER, kind=kind, starts=starts, ends=moved[0].ends)
        for span in sorted(wanted):
            _write_down(held, span)
        held.read_at, held.found, held.error, held.failures = at, len(wanted), "", 0
        held.save(update_fields=["read_at", "found", "error", "failures"])
        _tell(held)


def _write_down(held: AbsenceCalendar, span: Span) -> None:
    """Record an absence, unless it overlaps one recorded already."""
    person = held.person
    if Absence.objects.filter(person=person, period__overlap=(span.starts, span.ends)).exists():
        return
    absence = record_absence(
        person, by=READER, kind=Absence.Kind.OTHER, starts=span.starts, ends=span.ends
    )
    ToldAbsence.objects.create(calendar=held, absence=absence)


def _note_failure(rows: AbsenceCalendarQuerySet, code: str, at: datetime) -> None:
    with attributed(READER):
        held = rows.select_for_update(of=("self",)).first()
        if held is None:
            return
        held.read_at, held.error, held.failures = at, code[:300], held.failures + 1
        held.next_at = at + min(MAX_RETRY_INTERVAL, READ_INTERVAL * held.failures)
        held.save(update_fields=["read_at", "error", "failures", "next_at"])
        _tell(held)


def _code(bad: Exception) -> str:
    """Return why nothing was read: a known code, else the text of the error."""
    for kind, code in KNOWN.items():
        if isinstance(bad, kind):
            return code
    return str(bad) or type(bad).__name__


KNOWN: Final[dict[type[Exception], str]] = {
    InvalidToken: "key",
    InvalidCalendar: "unreadable",
    BadAddress: "address",
    UnknownName: "unknown",
    PrivateAddress: "private",
}


def _checked(address: str) -> str:
    """Return the web address; `webcal` counts as a web address too. Errors: Invalid."""
    if address.lower().startswith(("webcal://", "webcals://")):
        address = "https://" + address.partition("://")[2]
    try:
        check_address(address)
    except BadAddress:
        raise Invalid(address=_("Not a valid calendar URL.")) from None
    except UnknownName:
        raise Invalid(address=_("Unknown host.")) from None
    except PrivateAddress:
        raise Invalid(address=_("This address is on a private network.")) from None
    return address


def _own(by: Actor) -> Person:
    person = Person.objects.filter(pk__in=[by.person_id] if by.person_id else []).first()
    if person is None or not by.can(rights.SWAP):
        raise NotAllowed
    return person


def _defer(calendar_id: int) -> None:
    app.configure_task(READ_JOB).defer(calendar_id=calendar_id)


def _tell(calendar: AbsenceCalendar) -> None:
    live_topics.publish(f"shifts.calendar:{calendar.person_id}")
