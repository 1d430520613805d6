"""Facts: what became true, announced in the same transaction and handled by jobs.

A fact is a frozen dataclass in the past tense carrying ids and times. `announce` writes it to the
outbox and defers one job per listener; both exist exactly when the change does. A lower app never
knows the listeners: they register in the `apps.py` of the upper app.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

import msgspec
from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from opale.kernel import clock
from opale.kernel.actor import Actor, system
from opale.kernel.context_vars import override_var
from opale.kernel.models import Fact as FactRow
from opale.kernel.models import FactDelivery
from opale.kernel.prepared_statements import fetch_rows
from opale.kernel.reference_cache import pinned

DELIVERY_JOB = "kernel.deliver_fact"
KEPT_FOR = timedelta(days=90)
ANNOUNCE = """
    INSERT INTO kernel_fact (name, body, actor, actor_name)
    SELECT n.name, n.body, %s, %s
    FROM ROWS FROM (json_to_recordset(%s) AS (name text, body jsonb)) WITH ORDINALITY
        AS n(name, body, place)
    ORDER BY n.place
    RETURNING id
"""
"""Keys are given in the order of the rows."""
DELETED_AT_ONCE = 10_000


class UnknownListener(LookupError):
    """This process knows no such fact or listener: another version of Opale announced it."""


_kinds: dict[str, type["Fact"]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Base of all facts. `name` is stable and public: `<room>.<PastTense>`."""

    name: ClassVar[str]

    def __init_subclass__(cls) -> None:
        # With slots, the decorator makes the class a second time: the later one is the real one.
        known = _kinds.setdefault(cls.name, cls)
        if (known.__module__, known.__name__) != (cls.__module__, cls.__name__):
            raise TypeError(f"two facts are named {cls.name}")
        _kinds[cls.name] = cls


F = TypeVar("F", bound=Fact)
Listener = Callable[[Any, Actor], None]

_listeners: dict[str, dict[str, Listener]] = {}
_wanted: dict[tuple[str, str], Callable[[], bool]] = {}
_about: dict[tuple[str, str], Callable[[Any], bool]] = {}
_announced: ContextVar[list[int] | None] = ContextVar("announced", default=None)
_delivered: ContextVar[int] = ContextVar("delivered", default=0)


@contextmanager
def announced_keys() -> Iterator[list[int]]:
    """Collect the keys of the facts announced in this block."""
    found: list[int] = []
    with override_var(_announced, found):
        yield found


def delivered_key() -> int:
    """Return the key of the fact that is being delivered to a listener; 0 outside of one."""
    return _delivered.get()


def listen(
    kind: type[F],
    listener: str,
    action: Callable[[F, Actor], None],
    *,
    when: Callable[[], bool] | None = None,
    about: Callable[[F], bool] | None = None,
) -> None:
    """Register `action` under the stable name `listener`, such as `desk.open_ticket`.

    It is called in a job with the fact and the system actor named after the listener, in one
    transaction that also notes the delivery: its rows are written exactly once for each fact. It
    calls nothing outside the database; a mail is queued. Where `when` is false at the announcement,
    or `about` of the fact itself, it is not called.
    """
    _listeners.setdefault(kind.name, {})[listener] = action
    if when is not None:
        _wanted[kind.name, listener] = when
    if about is not None:
        _about[kind.name, listener] = about


def announce(fact: Fact, *, by: Actor) -> None:
    """Write the fact to the outbox and wake its listeners when the transaction commits."""
    announce_all([fact], by=by)


def announce_all(facts: Sequence[Fact], *, by: Actor) -> None:
    """Write many facts of one transaction and wake their listeners, in as few statements as one."""
    rows = [
        FactRow(name=fact.name, body=msgspec.to_builtins(fact), actor=by.key, actor_name=by.name)
        for fact in facts
    ]
    if not rows:
        return
    said = msgspec.json.encode([{"name": row.name, "body": row.body} for row in rows]).decode()
    keys = sorted(key for (key,) in fetch_rows(ANNOUNCE, by.key, by.name, said))
    for row, key in zip(rows, keys, strict=True):
        row.pk = key
    if (collected := _announced.get()) is not None:
        collected += keys
    _wake_listeners(rows)


def _wake_listeners(rows: Sequence[FactRow]) -> None:
    """Defer one job for each listener that wants a fact that was written."""
    heard = [(row, listener) for row in rows for listener in _listeners.get(row.name, {})]
    if not heard:
        return
    with pinned():  # cached: a thousand facts of one act need the same answer
        waiting: list[dict[str, JSONValue]] = [
            {"fact_id": row.pk, "listener": listener}
            for row, listener in heard
            if _has_to_do(listener, row)
        ]
    if waiting:
        app.configure_task(DELIVERY_JOB).batch_defer(*waiting)


def _has_to_do(listener: str, row: FactRow) -> bool:
    when, about = _wanted.get((row.name, listener)), _about.get((row.name, listener))
    if when is not None and not when():
        return False
    return about is None or about(msgspec.convert(row.body, _kinds[row.name]))


def deliver(fact_id: int, listener: str) -> bool:
    """Call one listener with one fact, at most once, and return whether it was called now.

    Errors: UnknownListener, and whatever the listener raises; nothing is then written, the job is
    tried again and finally marked as failed.
    """
    row = FactRow.objects.get(pk=fact_id)
    kind, action = _kinds.get(row.name), _listeners.get(row.name, {}).get(listener)
    if kind is None or action is None:
        raise UnknownListener(f"{row.name} for {listener}")
    fact = msgspec.convert(row.body, kind)
    with transaction.atomic():
        # Of two deliveries at the same moment the second waits here for the first one's end.
        _, first = FactDelivery.objects.get_or_create(fact=row, listener=listener)
        if first:
            with override_var(_delivered, fact_id):
                action(fact, system(listener))
    return first


def delete_expired() -> int:
    """Delete facts past their retention, with their deliveries."""
    old = FactRow.objects.filter(announced_at__lt=clock.now() - KEPT_FOR).order_by("announced_at")
    count, _ = FactRow.objects.filter(pk__in=old.values("pk")[:DELETED_AT_ONCE]).delete()
    return count


def catalogue() -> list[tuple[type[Fact], list[str]]]:
    """Return all facts with their listeners: the source of docs/reference/facts.md."""
    return [(kind, sorted(_listeners.get(name, {}))) for name, kind in sorted(_kinds.items())]
