"""The calendars that programs read at secret addresses."""

import hashlib
from datetime import datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor, system
from opale.kernel.errors import NotFound
from opale.organisation.models import Person
from opale.organisation.queries.identity import actor_of
from opale.run.shifts import rights
from opale.run.shifts.domain.cycles import Span
from opale.run.shifts.domain.icalendar_writer import CalendarEntry, write_calendar
from opale.run.shifts.models import AbsenceCalendar, CalendarFeed, Duty
from opale.run.shifts.queries.entries import Entry, entries
from opale.ui.work_items import WorkItem, work_of

BEHIND, AHEAD = timedelta(weeks=4), timedelta(weeks=52)
MOST_DEADLINES = 1000
LAST_CALL = timedelta(minutes=30)


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def feeds_of(actor: Actor) -> list[CalendarFeed]:
    """Return the actor's feed addresses."""
    own = [actor.person_id] if actor.person_id else []
    found = CalendarFeed.objects.filter(person__in=own).select_related("team")
    return list(found.order_by("team__name"))


def followed_calendar(actor: Actor) -> AbsenceCalendar | None:
    """Return the address at which the actor's absences are read."""
    return AbsenceCalendar.objects.filter(person_id=actor.person_id or 0).first()


def feed_text(secret: str, *, at: datetime) -> str:
    """Return the calendar of an address, in its person's language.

    It shows what that person may see now: nothing for one who left, or may not log in any more.
    Errors: NotFound.
    """
    found = CalendarFeed.objects.filter(digest=digest_of(secret), person__left_on=None)
    feed = found.select_related("person__user", "person__company", "team").first()
    if feed is None:
        raise NotFound
    person, team = feed.person, feed.team
    reader = _reader(person)
    span = Span(at - BEHIND, at + AHEAD)
    if team is None:
        seen = entries(span, seen_by=reader, people=[person.pk])
    elif reader.can(rights.READ):
        seen = entries(span, seen_by=reader, team_id=team.pk)
    else:
        raise NotFound
    language = person.reading_language
    with translation.override(language):
        shown = [_occasion(entry, named=team is not None) for entry in seen]
        if team is not None:
            return write_calendar(_("Shifts: %(name)s") % {"name": team.name}, shown, at=at)
        due = work_of(reader, at, each=MOST_DEADLINES).items if person.user else []
        shown += [_deadline(item, item.due) for item in due if item.due is not None]
        return write_calendar(_("Shifts and work: %(name)s") % {"name": person.name}, shown, at=at)


def _reader(person: Person) -> Actor:
    """Return the reader: the person's login; without one, only the own roster is seen."""
    if person.user is None:
        return system("calendar-feed")
    if not person.user.is_active:
        raise NotFound
    return actor_of(person.user)


def _occasion(entry: Entry, *, named: bool) -> CalendarEntry:
    words = [str(entry.role_label), str(entry.kind_label), entry.team]
    if named:
        words.insert(0, entry.name)
    free = entry.kind == Duty.Kind.STANDBY
    return CalendarEntry(
        f"duty-{entry.key}@opale", entry.span.starts, entry.span.ends, ", ".join(words), free=free
    )


def _deadline(item: WorkItem, due: datetime) -> CalendarEntry:
    """Return the last half hour before something is due; the person is free meanwhile."""
    said = f"{item.kind}: {item.name}" + (f" ({item.reason})" if item.reason else "")
    return CalendarEntry(f"{item.thing}@opale", due - LAST_CALL, due, said, free=True)
