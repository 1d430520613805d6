"""What an alert went through: the newest first, and no more of it than is asked for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from opale.kernel.actor import Actor
from opale.kernel.states import moves_of
from opale.run.events.models import Alert, AlertChange, AlertNote, Event
from opale.run.events.states import SHELVE, Severity

HAPPENINGS_SHOWN: Final = 100
MOST_HAPPENINGS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Happening:
    """One entry. `kind` is `received`, `note`, a kind of `AlertChange`, a move's name, or what a
    room above tells.

    `source` and `target` are states, severities, names of people, or the name of a rule; `url`
    leads to what `target` names. `until` is the end of a shelf.
    """

    at: datetime
    kind: str
    actor: str = ""
    source: str = ""
    target: str = ""
    firing: bool | None = None
    severity: Severity | None = None
    recorded_at: datetime | None = None
    until: datetime | None = None
    text: str = ""
    url: str = ""


Teller = Callable[[Alert, Actor], Iterable[Happening]]
_tellers: dict[str, Teller] = {}


def tell_of_alerts(name: str, teller: Teller) -> None:
    """Let a room above tell in the timeline what it knows of an alert; said in its `apps.py`."""
    _tellers[name] = teller


def timeline(
    alert: Alert, *, seen_by: Actor, limit: int = HAPPENINGS_SHOWN
) -> tuple[list[Happening], bool]:
    """The newest entries, and whether there are older ones. Each source is read to the limit."""
    most = limit + 1
    found = [
        *_moves(alert, most),
        *_changes(alert, most),
        *_notes(alert, most),
        *_received(alert, most),
        *(one for teller in _tellers.values() for one in teller(alert, seen_by)),
    ]
    # At the same moment what was received comes before what became of it.
    found.sort(key=lambda one: (one.at, one.kind != "received"), reverse=True)
    return found[:limit], len(found) > limit


def deliveries(alert: Alert) -> QuerySet[Event]:
    """The events received of the thing while this alert was live, newest first."""
    until = alert.closed_at or alert.last_received_at
    return Event.objects.filter(
        integration_id=alert.integration_id,
        identity=alert.identity,
        received_at__gte=alert.first_received_at,
        received_at__lte=max(until, alert.last_received_at) + timedelta(microseconds=1),
    ).order_by("-received_at", "-id")


def _moves(alert: Alert, most: int) -> Iterable[Happening]:
    # A shelf is told with its end, by its change.
    moves = moves_of(Alert, alert.pk).exclude(move=SHELVE.name).order_by("-id")
    return [
        Happening(
            move.at,
            move.move,
            move.actor_name,
            move.source,
            move.target,
            recorded_at=move.recorded_at,
        )
        for move in moves[:most]
    ]


def _changes(alert: Alert, most: int) -> Iterable[Happening]:
    return [
        Happening(
            change.at,
            change.kind,
            change.actor_name,
            change.source,
            change.target,
            recorded_at=change.recorded_at,
            until=change.until,
        )
        for change in AlertChange.objects.filter(alert=alert).order_by("-at", "-id")[:most]
    ]


def _notes(alert: Alert, most: int) -> Iterable[Happening]:
    return [
        Happening(note.at, "note", note.actor_name, recorded_at=note.recorded_at, text=note.text)
        for note in AlertNote.objects.filter(alert=alert).order_by("-at", "-id")[:most]
    ]


def _received(alert: Alert, most: int) -> Iterable[Happening]:
    return [
        Happening(
            event.received_at,
            "received",
            alert.integration.name,
            firing=event.firing,
            severity=Severity(event.severity),
            recorded_at=event.received_at,
        )
        for event in deliveries(alert)[:most]
    ]
