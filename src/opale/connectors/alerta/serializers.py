"""Alerts in Alerta's form: the newest event, with what its events make of it.

Source: alerta/models/alert.py of alerta-server 9.1.0.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final
from zlib import crc32

from opale.connectors.alerta.identifiers import uuid_of
from opale.connectors.alerta.parser import severity_in, text_in
from opale.connectors.alerta.vocabulary import ALERT_TIMEOUT, BEFORE_ANY, NORMAL, OVER, RANKS, trend
from opale.kernel.states import moves_of
from opale.run.events.domain.deliveries import NewEvent
from opale.run.events.models import Alert, AlertNote
from opale.run.events.queries.received_events import ReceivedEvent
from opale.run.events.states import AlertState, Severity

ALERT, NOTE = "alert", "note"
MAX_EVENTS: Final = 50
"""The newest events of an alert that are read; a longer repetition counts them all."""
ACTION_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "acknowledge": ("ack", "ack"),
    "unacknowledge": ("unack", "open"),
    "shelve": ("shelve", "shelved"),
    "unshelve": ("unshelve", "open"),
    "close": ("close", "closed"),
    "clear": ("status", "closed"),
    "reopen": ("open", "open"),
}
"""The name of each of our moves in Alerta, and the status after it."""


def status_of(alert: Alert) -> str:
    if alert.state in OVER:
        return "closed"
    if alert.state == AlertState.ACKNOWLEDGED:
        return "ack"
    if alert.state == AlertState.SHELVED:
        return "shelved"
    if alert.silence_id is not None:
        return "blackout"
    return "assign" if alert.owner_id is not None else "open"


@dataclass(frozen=True, slots=True)
class AlertCourse:
    """The course of an alert by its newest events, the newest first."""

    events: Sequence[ReceivedEvent]
    run: int

    @classmethod
    def of(cls, alert: Alert, events: Sequence[ReceivedEvent]) -> "AlertCourse":
        if not events:
            moment = alert.last_received_at
            events = [ReceivedEvent(moment, alert.source_at, firing=True, said=alert.raw)]
        events = [event if "resource" in event.said else _ours(event, alert) for event in events]
        pairs = [_pair(event) for event in events]
        changed = next((n for n, pair in enumerate(pairs) if pair != pairs[0]), len(pairs))
        return cls(events, changed)

    @property
    def said(self) -> dict[str, Any]:
        return self.events[0].said

    @property
    def first_of_run(self) -> ReceivedEvent:
        return self.events[self.run - 1]

    def severity(self, alert: Alert) -> str:
        """Return the newest event's severity; an alert closed by a person is normal."""
        word = severity_word(self.said)
        return NORMAL if alert.state in OVER and self.events[0].firing else word

    def previous(self, alert: Alert) -> str:
        if alert.state in OVER and self.events[0].firing:
            return severity_word(self.said)
        return self._before_run

    @property
    def trend(self) -> str:
        """Return the trend of the received events; a closing by a person does not change it."""
        return trend(self._before_run, severity_word(self.said))

    @property
    def _before_run(self) -> str:
        return (
            severity_word(self.events[self.run].said) if self.run < len(self.events) else BEFORE_ANY
        )

    def duplicates(self, alert: Alert) -> int:
        if self.run == len(self.events) == MAX_EVENTS:
            return alert.count - 1
        return self.run - 1


def alert_body(
    alert: Alert,
    events: Sequence[ReceivedEvent],
    endpoint: str,
    *,
    history: bool = True,
    raw_data: bool = True,
) -> dict[str, Any]:
    course = AlertCourse.of(alert, events)
    id_ = uuid_of(ALERT, alert.pk)
    duplicates = course.duplicates(alert)
    return {
        **_said(course.said),
        "id": id_,
        "href": f"{endpoint}/alert/{id_}",
        "severity": course.severity(alert),
        "status": status_of(alert),
        "correlate": _family(course.events[-1].said),
        **_marked(alert, course.events),
        "createTime": iso(_created(course.first_of_run)),
        "rawData": course.said.get("rawData") if raw_data else None,
        "duplicateCount": duplicates,
        "repeat": duplicates > 0,
        "previousSeverity": course.previous(alert),
        "trendIndication": course.trend,
        "receiveTime": iso(course.first_of_run.received_at),
        "lastReceiveId": id_,
        "lastReceiveTime": iso(alert.last_received_at),
        "updateTime": iso(alert.last_received_at),
        "history": alert_history(alert, course, endpoint) if history else [],
    }


def body_without_alert(event: NewEvent, endpoint: str, moment: datetime) -> dict[str, Any]:
    """Return the body for a clear without an alert, of which Alerta makes a closed alert."""
    id_ = uuid_of("event", crc32(event.identity.encode(errors="replace")))
    said = dict(event.raw)
    return {
        **_said(said),
        "id": id_,
        "href": f"{endpoint}/alert/{id_}",
        "severity": severity_word(said),
        "status": "closed",
        "correlate": _family(said),
        "tags": list(said.get("tags") or ()),
        "attributes": dict(said.get("attributes") or {}),
        "createTime": iso(event.occurred_at),
        "rawData": said.get("rawData"),
        "duplicateCount": 0,
        "repeat": False,
        "previousSeverity": BEFORE_ANY,
        "trendIndication": trend(BEFORE_ANY, severity_word(said)),
        "receiveTime": iso(moment),
        "lastReceiveId": id_,
        "lastReceiveTime": iso(moment),
        "updateTime": iso(moment),
        "history": [],
    }


def alert_history(alert: Alert, course: AlertCourse, endpoint: str) -> list[dict[str, Any]]:
    """Return the changes by its newest events, and what people did, the oldest first."""
    id_ = uuid_of(ALERT, alert.pk)

    def entry(said: Mapping[str, Any], at: datetime, **more: Any) -> tuple[datetime, Any]:
        return at, {
            "id": id_,
            "href": f"{endpoint}/alert/{id_}",
            "event": text_in(said, "event"),
            "severity": severity_word(said),
            "value": said.get("value"),
            "text": text_in(said, "text"),
            "updateTime": iso(at),
            "user": None,
            "timeout": _timeout(said),
            **more,
        }

    found = []
    before: tuple[str, str] | None = None
    for event in reversed(course.events):
        if _pair(event) != before:
            status = "open" if event.firing else "closed"
            kind = "new" if before is None else "severity"
            found.append(entry(event.said, _created(event), status=status, type=kind))
        before = _pair(event)
    for move in moves_of(Alert, alert.pk):
        if move.move in ACTION_WORDS and not (move.move == "reopen" and move.source == "cleared"):
            kind, status = ACTION_WORDS[move.move]
            said = {"status": status, "type": kind, "user": move.actor_name, "text": ""}
            found.append(entry(course.said, move.at, **said))
    return [one for _at, one in sorted(found, key=lambda pair: pair[0])]


def note_body(note: AlertNote) -> dict[str, Any]:
    return {
        "id": uuid_of(NOTE, note.pk),
        "text": note.text,
        "user": note.actor_name,
        "attributes": {},
        "type": "alert",
        "createTime": iso(note.at),
        "updateTime": None,
        "related": {"alert": uuid_of(ALERT, note.alert_id)},
        "customer": None,
    }


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def severity_word(said: Mapping[str, Any]) -> str:
    """Return the severity in Alerta's words."""
    return severity_in(said)


def _pair(event: ReceivedEvent) -> tuple[str, str]:
    return text_in(event.said, "event"), severity_word(event.said)


def _ours(event: ReceivedEvent, alert: Alert) -> ReceivedEvent:
    """Return an event of Opale's own under this integration, such as a missing heartbeat."""
    severity = Severity(alert.severity).name.lower() if event.firing else NORMAL
    said = {
        "resource": str(alert.labels.get("host") or alert.identity),
        "event": "HeartbeatFail" if "heartbeat" in event.said else alert.identity,
        "severity": severity if severity in RANKS else "warning",
        "text": alert.title,
    }
    return replace(event, said=said)


def _created(event: ReceivedEvent) -> datetime:
    return event.occurred_at


def _said(said: Mapping[str, Any]) -> dict[str, Any]:
    value = said.get("value")
    return {
        "resource": said.get("resource"),
        "event": said.get("event"),
        "environment": said.get("environment") or "",
        "service": list(said.get("service") or ()),
        "group": said.get("group") or "Misc",
        "value": None if value is None else str(value),
        "text": text_in(said, "text"),
        "origin": said.get("origin"),
        "type": said.get("type") or "exceptionAlert",
        "timeout": _timeout(said),
        "customer": said.get("customer"),
    }


def _timeout(said: Mapping[str, Any]) -> int:
    timeout = said.get("timeout")
    return ALERT_TIMEOUT if timeout is None else int(timeout)


def _family(said: Mapping[str, Any]) -> list[str]:
    named = [str(name) for name in said.get("correlate") or ()]
    event = text_in(said, "event")
    return [*named, event] if named and event not in named else named


def _marked(alert: Alert, events: Sequence[ReceivedEvent]) -> dict[str, Any]:
    """Return tags and attributes: of all events together, then those written on the alert."""
    marks = alert.marks or {}
    tags: dict[str, None] = {}
    attributes: dict[str, Any] = {}
    for event in reversed(events):
        tags |= dict.fromkeys(str(tag) for tag in event.said.get("tags") or ())
        attributes |= event.said.get("attributes") or {}
    tags |= dict.fromkeys(marks.get("tags", ()))
    attributes |= marks.get("attributes", {})
    gone = set(marks.get("without", ()))
    return {
        "tags": [tag for tag in tags if tag not in gone],
        "attributes": {name: value for name, value in attributes.items() if value is not None},
    }
