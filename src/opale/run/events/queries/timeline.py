"""The timeline of an alert: newest first, and read no further than the limit."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from opale.kernel.actor import Actor
from opale.kernel.models import StateMove
from opale.kernel.states import moves_of
from opale.run.events.models import Alert, AlertChange, AlertNote, Event
from opale.run.events.states import SHELVE, Severity

ENTRIES_SHOWN: Final = 100
MAX_ENTRIES: Final = 2_000


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """An entry of a timeline.

    `kind` is `received`, `note`, a kind of `AlertChange`, a move's name, or what a room above adds.
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


TimelineSource = Callable[[Alert, Actor], Iterable[TimelineEntry]]
_tellers: dict[str, TimelineSource] = {}


def register_timeline_source(name: str, teller: TimelineSource) -> None:
    """Register a room above as a source of timeline entries; called in its `apps.py`."""
    _tellers[name] = teller


def alert_timeline(
    alert: Alert, *, seen_by: Actor, limit: int = ENTRIES_SHOWN
) -> tuple[list[TimelineEntry], bool]:
    """Return the newest entries, and whether older ones exist; each source is read to the limit."""
    most = limit + 1
    found = [
        *_moves(alert, most),
        *_changes(alert, most),
        *_notes(alert, most),
        *_received(alert, most),
        *(one for teller in _tellers.values() for one in teller(alert, seen_by)),
    ]
    # At the same moment an event comes before its effects.
    found.sort(key=lambda one: (one.at, one.kind != "received"), reverse=True)
    return found[:limit], len(found) > limit


def _live(alert: Alert) -> tuple[datetime, datetime]:
    until = alert.closed_at or alert.last_received_at
    return (
        alert.first_received_at,
        max(until, alert.last_received_at) + timedelta(microseconds=1),
    )


def _received_between(
    integration_id: int, identity: str, since: datetime, until: datetime
) -> QuerySet[Event]:
    rows = Event.objects.filter(integration_id=integration_id, identity=identity)
    rows = rows.filter(received_at__gte=since, received_at__lte=until)
    return rows.order_by("-received_at", "-id")


def _newest_deliveries(
    integration_id: int, identity: str, since: datetime, until: datetime, *, most: int
) -> QuerySet[Event]:
    return _received_between(integration_id, identity, since, until)[:most]


def _newest_moves(alert_id: int, *, most: int) -> QuerySet[StateMove]:
    # The change record of a shelf tells its end, so the move is left out.
    return moves_of(Alert, alert_id).exclude(move=SHELVE.name).order_by("-id")[:most]


def _newest_changes(alert_id: int, *, most: int) -> QuerySet[AlertChange]:
    return AlertChange.objects.filter(alert=alert_id).order_by("-at", "-id")[:most]


def _newest_notes(alert_id: int, *, most: int) -> QuerySet[AlertNote]:
    return AlertNote.objects.filter(alert=alert_id).order_by("-at", "-id")[:most]


def _moves(alert: Alert, most: int) -> Iterable[TimelineEntry]:
    return [
        TimelineEntry(
            move.at,
            move.move,
            move.actor_name,
            move.source,
            move.target,
            recorded_at=move.recorded_at,
        )
        for move in _newest_moves(alert.pk, most=most)
    ]


def _changes(alert: Alert, most: int) -> Iterable[TimelineEntry]:
    return [
        TimelineEntry(
            change.at,
            change.kind,
            change.actor_name,
            change.source,
            change.target,
            recorded_at=change.recorded_at,
            until=change.until,
        )
        for change in _newest_changes(alert.pk, most=most)
    ]


def _notes(alert: Alert, most: int) -> Iterable[TimelineEntry]:
    return [
        TimelineEntry(
            note.at, "note", note.actor_name, recorded_at=note.recorded_at, text=note.text
        )
        for note in _newest_notes(alert.pk, most=most)
    ]


def _received(alert: Alert, most: int) -> Iterable[TimelineEntry]:
    return [
        TimelineEntry(
            event.received_at,
            "received",
            alert.integration.name,
            firing=event.firing,
            severity=Severity(event.severity),
            recorded_at=event.received_at,
        )
        for event in _newest_deliveries(
            alert.integration_id, alert.identity, *_live(alert), most=most
        )
    ]
