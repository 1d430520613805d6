"""Telling people that something happened, in the transaction in which it does."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection
from django.utils import timezone, translation

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.notifications import ports
from opale.notifications.domain.kinds import Kind, Pace
from opale.notifications.domain.quiet_hours import Times, mail_due
from opale.notifications.models import Notification, NotificationChoice, NotificationTimes
from opale.notifications.queries import times_of
from opale.organisation.models import Person

LONGEST_VALUE: Final = 200
BUNDLE: Final = """
    INSERT INTO notifications_notification AS kept (
        person_id, kind, thing, url, "values", by_name, made_at, mail_due_at, count
    ) VALUES (%s, %s, %s, %s, %s::jsonb, %s, %s, %s, 1)
    ON CONFLICT (person_id, kind, thing) WHERE read_at IS NULL DO UPDATE SET
        url = excluded.url,
        "values" = excluded."values",
        by_name = excluded.by_name,
        made_at = excluded.made_at,
        count = kept.count + 1,
        mail_due_at = CASE
            WHEN kept.mailed_at IS NULL THEN coalesce(kept.mail_due_at, excluded.mail_due_at)
            ELSE excluded.mail_due_at
        END,
        mailed_at = NULL
    RETURNING xmax = 0
"""
"""What was mailed is mailed again with its news; what waits is not put off by them."""


def inbox_topic(person_id: int | None) -> str:
    """Return the live topic of a person's inbox, which is sent to that person alone."""
    return f"own.person:{person_id or 0}"


def notify(
    kind: Kind,
    people: Iterable[Person],
    *,
    thing: str,
    url: str,
    values: Mapping[str, object],
    by: Actor,
    at: datetime | None = None,
    once: bool = False,
) -> int:
    """Tell people about a thing, and return how many are told.

    Nobody is told of what they did themselves, nor who has left. While a notification of the same
    kind about the same thing is unread, it is that one which says the news. Mails and pushes follow
    by each person's choice. `once`: who was ever told of this kind about this thing is not told
    again.
    Units: `values` that are days or moments are named `…_on` and `…_at`.
    """
    moment = at or clock.now()
    told = [one for one in _once(people) if one.pk != by.person_id and one.left_on is None]
    if once:
        same = Notification.objects.filter(kind=kind.name, thing=thing, person__in=told)
        before = set(same.values_list("person_id", flat=True))
        told = [one for one in told if one.pk not in before]
    if not told:
        return 0
    wants = _wants(kind, told)
    told = [one for one in told if wants[one.pk][0] != Pace.OFF]
    kept = {row.person_id: row for row in NotificationTimes.objects.filter(person__in=told)}
    said = {name: _as_text(value) for name, value in values.items()}
    with attributed(by, savepoint=False):
        for person in sorted(told, key=lambda one: one.pk):
            pace, is_pushed = wants[person.pk]
            times, own = times_of(person, kept.get(person.pk)), kept.get(person.pk)
            awake = not times.is_quiet(moment) or ports.is_on_duty(person.pk, moment)
            made = Notification(
                person=person, kind=kind.name, thing=thing, url=url, values=said, by_name=by.name,
                made_at=moment,
                mail_due_at=_due(pace, times, moment, own.last_mail_at if own else None, awake),
            )  # fmt: skip
            if _bundle(made) and is_pushed and awake:
                _push(kind, person, said, url)
        live_topics.publish(*(inbox_topic(one.pk) for one in told))
    return len(told)


def settle(kind: Kind, *, thing: str, by: Actor, at: datetime | None = None) -> int:
    """Mark as read for everybody what asked for something that is done, and return how many."""
    rows = Notification.objects.filter(kind=kind.name, thing=thing, read_at=None)
    told = list(rows.order_by("person_id").values_list("person_id", flat=True))
    if told:
        with attributed(by, savepoint=False):
            rows.update(read_at=at or clock.now())
            live_topics.publish(*map(inbox_topic, told))
    return len(told)


def withdraw(thing: str, *, by: Actor) -> None:
    """Delete what people were told about a thing whose text is to be read no longer."""
    rows = Notification.objects.filter(thing=thing)
    told = set(rows.values_list("person_id", flat=True))
    if told:
        with attributed(by, savepoint=False):
            rows.delete()
            live_topics.publish(*map(inbox_topic, sorted(told)))


def _once(people: Iterable[Person]) -> list[Person]:
    return list({one.pk: one for one in people}.values())


def _as_text(value: object) -> str:
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _wants(kind: Kind, people: Sequence[Person]) -> dict[int, tuple[str, bool]]:
    """Return how each person wants the kind: by mail, and whether on devices."""
    rows = NotificationChoice.objects.filter(kind=kind.name, person__in=people)
    chosen = {row.person_id: (row.pace, row.push) for row in rows}
    return {one.pk: chosen.get(one.pk, (kind.pace, kind.push)) for one in people}


def _due(
    pace: str, times: Times, at: datetime, last_mail: datetime | None, awake: bool
) -> datetime | None:
    if pace == Pace.DIGEST:
        return times.next_digest(at)
    if pace == Pace.AT_ONCE:
        return mail_due(times, at, last_mail=last_mail, disturbs=awake)
    return None


def _bundle(made: Notification) -> bool:
    """Store a notification, or let the unread one about the same thing say the news; return
    whether it is a new one.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            BUNDLE,
            [
                made.person_id, made.kind, made.thing, made.url, json.dumps(made.values),
                made.by_name, made.made_at, made.mail_due_at,
            ],
        )  # fmt: skip
        (is_new,) = cursor.fetchone()
    return bool(is_new)


def _push(kind: Kind, person: Person, values: Mapping[str, str], url: str) -> None:
    with reading_as(person):
        ports.push(person.pk, kind.text(values), f"{settings.BASE_URL}{url}")


@contextmanager
def reading_as(person: Person) -> Iterator[None]:
    """Write texts within the block in a person's language and time zone."""
    with translation.override(person.reading_language), timezone.override(person.time_zone):
        yield
