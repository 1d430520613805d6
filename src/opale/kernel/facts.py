"""Facts: what became true, announced in the same transaction, listened to by jobs.

A fact is a frozen dataclass in the past tense carrying ids and times. `announce` writes it to the
outbox and defers one job per listener; both exist exactly when the change does. A lower room never
knows who listens: listeners register in the `apps.py` of the upper room.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import msgspec
from procrastinate.contrib.django import app

from opale.kernel.actor import Actor
from opale.kernel.models import Fact as FactRow

DELIVERY_JOB = "kernel.deliver_fact"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Base of all facts. `name` is stable and public: `<room>.<PastTense>`."""

    name: ClassVar[str]


F = TypeVar("F", bound=Fact)
Listener = Callable[[Any, Actor], None]

_kinds: dict[str, type[Fact]] = {}
_listeners: dict[str, dict[str, Listener]] = {}


def listen(kind: type[F], listener: str, action: Callable[[F, Actor], None]) -> None:
    """Register `action` under the stable name `listener`; called once per fact, in a job, idempotent."""
    _kinds[kind.name] = kind
    _listeners.setdefault(kind.name, {})[listener] = action


def announce(fact: Fact, *, by: Actor) -> None:
    """Write the fact to the outbox and wake its listeners when the transaction commits."""
    row = FactRow.objects.create(
        name=fact.name, body=msgspec.to_builtins(fact), actor=by.key, actor_name=by.name
    )
    for listener in _listeners.get(fact.name, {}):
        app.configure_task(DELIVERY_JOB).defer(fact_id=row.pk, listener=listener)


def deliver(fact_id: int, listener: str) -> None:
    """Hand one fact to one listener, acting as the listener's own system actor.

    Errors: whatever the listener raises; the job is then retried and finally marked as failed.
    """
    row = FactRow.objects.get(pk=fact_id)
    action = _listeners[row.name][listener]
    announced_by = Actor("system", row.actor, row.actor_name)
    action(msgspec.convert(row.body, _kinds[row.name]), announced_by)


def catalogue() -> list[tuple[str, type[Fact], list[str]]]:
    """Who says what, and who listens: the source of docs/reference/facts.md."""
    return sorted(
        ((name, kind, sorted(_listeners.get(name, {}))) for name, kind in _kinds.items()),
        key=lambda row: row[0],
    )
