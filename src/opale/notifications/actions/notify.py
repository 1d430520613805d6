"""Telling people that something happened, in the transaction in which it does."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone, translation

from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.notifications import ports
from opale.notifications.domain.kinds import Kind, Pace
from opale.notifications.domain.quiet_hours import mail_due
from opale.notifications.domain.things import is_known
from opale.notifications.models import (
    Notification,
    NotificationChoice,
    NotificationQuerySet,
    NotificationTimes,
)
from opale.notifications.queries import times_of
from opale.organisation.models import Person

LONGEST_VALUE: Final = 200
BUNDLE: Final = """
    INSERT INTO notifications_notification AS kept (
        person_id, kind, thing, url, "values", by_name, made_at, mail_due_at, count
    )
    SELECT said.person_id, said.kind, said.thing, said.url, said."values"::jsonb, said.by_name,
           said.made_at, said.mail_due_at, 1
    FROM unnest(
        %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
        %s::timestamptz[], %s::timestamptz[]
    ) WITH ORDINALITY AS said (
        person_id, kind, thing, url, "values", by_name, made_at, mail_due_at, place
    )
    ORDER BY said.place
    ON CONFLICT (person_id, kind, thing) WHERE read_at IS NULL DO UPDATE SET
        url = excluded.url,
        "values" = excluded."values",
        by_name = excluded.by_name,
        made_at = excluded.made_at,
        count = kept.count + 1,
        mail_due_at = CASE
            WHEN kept.mailed_at IS NULL THEN least(kept.mail_due_at, excluded.mail_due_at)
            ELSE excluded.mail_due_at
        END,
        mailed_at = NULL
    RETURNING id, person_id, kind, thing, pushed_at
"""
"""What was mailed is mailed again with its news; what waits is not put off by them."""
LOCK_ORDER: Final = ("person_id", "kind", "thing", "id")
"""In which whoever changes several notifications locks them, so that two never wait for each other;
`BUNDLE` is given them so.
"""


@dataclass(frozen=True, slots=True)
class News:
    """What one person is told: a kind, the thing it is about, its page, the values of its text.

    Units: `values` that are days or moments are named `…_on` and `…_at`.
    """

    kind: Kind
    person: Person
    thing: str
    url: str
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def key(self) -> tuple[int, str, str]:
        return self.person.pk, self.kind.name, self.thing

    @property
    def texts(self) -> dict[str, str]:
        return {name: _as_text(value) for name, value in self.values.items()}


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
    """Tell people the same about one thing: `notify_each` with a news for each of them."""
    news = [News(kind, person, thing, url, values) for person in people]
    return notify_each(news, by=by, at=at, once=once)


def notify_each(
    news: Iterable[News], *, by: Actor, at: datetime | None = None, once: bool = False
) -> int:
    """Tell people news, and return how many are told.

    Nobody is told of what they did themselves, nor who has left; what their automation did is told.
    While a notification of the same
    kind about the same thing is unread, it is that one which says the news. Mails and pushes follow
    by each person's choice. `once`: who was ever told of this kind about this thing is not told
    again. An action that has several news tells them by one call.
    Errors: ValueError (a thing that no app declares).
    """
    own = by.person_at_work
    said = {one.key: one for one in news if one.person.pk != own and not one.person.left_on}
    for one in said.values():
        if not is_known(one.thing):
            raise ValueError(f"{one.thing}: its app declares no such thing in notification_kinds")
    if once and said:
        before = Notification.objects.filter(
            person__in={one.person for one in said.values()},
            thing__in={one.thing for one in said.values()},
        ).values_list("person_id", "kind", "thing")
        for key in before:
            said.pop(key, None)
    if not said:
        return 0
    wants = _wants(said.values())
    wanted = [said[key] for key in sorted(said) if wants[key][0] != Pace.OFF]
    if wanted:
        with attributed(by, savepoint=False):
            _tell(wanted, wants, by, at or clock.now())
    return len({one.person.pk for one in wanted})


def settle(
    kind: Kind,
    *,
    thing: str,
    by: Actor,
    at: datetime | None = None,
    person: Person | None = None,
) -> int:
    """Mark as read for everybody, or one person, what asked for something that is done; return how
    many were not.
    """
    rows = Notification.objects.filter(kind=kind.name, thing=thing, read_at=None)
    if person is not None:
        rows = rows.filter(person=person)
    return change(rows, by, read_at=at or clock.now())


def settle_things(things: Iterable[str], *, by: Actor) -> int:
    """Mark as read for everybody all that is said of things which are over; return how many."""
    rows = Notification.objects.filter(thing__in=list(things), read_at=None)
    return change(rows, by, read_at=clock.now())


def withdraw(thing: str, *, by: Actor, keeping: Iterable[Person] = ()) -> None:
    """Delete what people but `keeping` were told about a thing that they are to read no longer."""
    kept = [person.pk for person in keeping]
    rows = Notification.objects.filter(thing=thing).exclude(person__in=kept)
    with attributed(by, savepoint=False):
        if found := locked(rows):
            Notification.objects.filter(pk__in=found).delete()
            live_topics.publish(*map(inbox_topic, sorted(set(found.values()))))


def reword(thing: str, values: Mapping[str, object], *, by: Actor) -> None:
    """Let what was told about a thing, and is neither read nor mailed, say other values."""
    texts = {name: _as_text(value) for name, value in values.items()}
    with attributed(by, savepoint=False):
        waiting = locked(Notification.objects.filter(thing=thing, read_at=None))
        for row in Notification.objects.filter(pk__in=waiting):
            row.values |= texts
            row.save(update_fields=["values"])
        live_topics.publish(*map(inbox_topic, sorted(set(waiting.values()))))


def change(rows: NotificationQuerySet, by: Actor, **values: object) -> int:
    """Change these notifications, in the order of locks, and return how many."""
    with attributed(by, savepoint=False):
        found = locked(rows)
        if found:
            Notification.objects.filter(pk__in=found).update(**values)
            live_topics.publish(*map(inbox_topic, sorted(set(found.values()))))
    return len(found)


def locked(rows: NotificationQuerySet) -> dict[int, int]:
    """Lock notifications in the order of locks, and return their people by their ids."""
    ordered = rows.order_by(*LOCK_ORDER).select_for_update()
    return dict(ordered.values_list("pk", "person_id"))


def _as_text(value: object) -> str:
    text = value.isoformat() if hasattr(value, "isoformat") else str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _wants(news: Iterable[News]) -> dict[tuple[int, str, str], tuple[str, bool]]:
    """Return how each person wants the kind of each news: by mail, and whether on devices."""
    said = list(news)
    rows = NotificationChoice.objects.filter(
        kind__in={one.kind.name for one in said}, person__in={one.person for one in said}
    )
    chosen = {(row.person_id, row.kind): (row.pace, row.push) for row in rows}
    default = {one.key: (one.kind.pace, one.kind.push) for one in said}
    return {key: chosen.get(key[:2], default[key]) for key in default}


def _tell(
    news: Sequence[News],
    wants: Mapping[tuple[int, str, str], tuple[str, bool]],
    by: Actor,
    at: datetime,
) -> None:
    """Store news, or let unread ones about the same things say them; push those never pushed."""
    wanted = {one.person.pk for one in news}
    people = Person.objects.select_related("user", "company").in_bulk(wanted)
    rows = NotificationTimes.objects.filter(person__in=people)
    kept = {row.person_id: row for row in rows}
    times = {pk: times_of(person, kept.get(pk)) for pk, person in people.items()}
    on_duty = ports.on_duty(list(people), at)

    def due(one: News) -> datetime | None:
        pk = one.person.pk
        if wants[one.key][0] == Pace.DIGEST:
            return times[pk].next_digest(at)
        if wants[one.key][0] == Pace.AT_ONCE:
            last = kept[pk].last_mail_at if pk in kept else None
            return mail_due(times[pk], at, last_mail=last, disturbs=pk in on_duty)
        return None

    with connection.cursor() as cursor:
        cursor.execute(
            BUNDLE,
            [
                [one.person.pk for one in news],
                [one.kind.name for one in news],
                [one.thing for one in news],
                [one.url for one in news],
                [json.dumps(one.texts) for one in news],
                [by.signature] * len(news),
                [at] * len(news),
                [due(one) for one in news],
            ],
        )
        fresh = {tuple(key): pk for pk, *key, pushed_at in cursor if pushed_at is None}
    pushed: list[int] = []
    for one in news:
        awake = one.person.pk in on_duty or not times[one.person.pk].is_quiet(at)
        if one.key in fresh and wants[one.key][1] and awake:
            _push(one, people[one.person.pk], fresh[one.key])
            pushed.append(fresh[one.key])
    Notification.objects.filter(pk__in=pushed).update(pushed_at=at)
    live_topics.publish(*(inbox_topic(pk) for pk in sorted(people)))


def _push(news: News, person: Person, notification_id: int) -> None:
    with reading_as(person):
        text = news.kind.text(news.texts)
    page = reverse("notifications_open", args=[notification_id])
    ports.push(person.pk, text, f"{settings.BASE_URL}{page}")


@contextmanager
def reading_as(person: Person) -> Iterator[None]:
    """Write texts within the block in a person's language and time zone."""
    with translation.override(person.reading_language), timezone.override(person.reading_zone):
        yield
