"""Actions of Opsgenie's clients on alerts, beside raising and closing by alias."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from opale.connectors.opsgenie.calls import Call
from opale.connectors.opsgenie.events import labels_of_details, labels_of_tags, tags_in
from opale.connectors.opsgenie.responses import NO_ALERT, tags_of
from opale.kernel.actor import Actor
from opale.kernel.errors import IllegalMove, Invalid
from opale.organisation.models import Person
from opale.run.events.actions import alerts, assignments, corrections, shelving
from opale.run.events.domain.deliveries import Unreadable
from opale.run.events.models import Alert, AlertsQuerySet
from opale.run.events.ports.json_bodies import object_in, text_in
from opale.run.events.ports.severities import parse_severity
from opale.run.events.ports.timestamps import timestamp_in
from opale.run.events.queries import alerts as alert_queries
from opale.run.events.states import FIRING_STATES

OPEN_ALERT_ACTIONS: Final = frozenset({"acknowledge", "unacknowledge", "snooze", "close"})

RequestBody = Mapping[str, Any]
AlertAction = Callable[[Alert, RequestBody, Call, Actor, datetime], None]


class RequestFailed(Exception):
    """The request was understood and came to nothing: Opsgenie's words for it."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


def perform_action(
    alert: Alert | None, call: Call, said: RequestBody, *, by: Actor, at: datetime
) -> None:
    """Perform the action. Errors: RequestFailed, Unreadable."""
    if alert is None or (alert.state not in FIRING_STATES and call.act in OPEN_ALERT_ACTIONS):
        raise RequestFailed(NO_ALERT)
    if (act := ALERT_ACTIONS.get(call.act)) is None:
        raise RequestFailed(f"Opale knows no such act: {call.act}")
    try:
        act(alert, said, call, by, at)
        if call.act != "notes" and text_in(said, "note"):
            _note(alert, said, call, by, at)
    except IllegalMove:
        raise RequestFailed(f"Alert is already {alert.state}") from None
    except Invalid as error:
        raise RequestFailed(
            "; ".join(f"{name}: {why}" for name, why in error.fields.items())
        ) from None


def _rows(alert: Alert, by: Actor) -> AlertsQuerySet[Alert]:
    return alert_queries.alert_queryset(alert.pk, seen_by=by)


def _acknowledge(alert: Alert, said: RequestBody, call: Call, by: Actor, at: datetime) -> None:
    alerts.acknowledge_alerts(_rows(alert, by), by=by, at=at)


def _unacknowledge(alert: Alert, said: RequestBody, call: Call, by: Actor, at: datetime) -> None:
    alerts.unacknowledge_alerts(_rows(alert, by), by=by, at=at)


def _close(alert: Alert, said: RequestBody, call: Call, by: Actor, at: datetime) -> None:
    alerts.close_alerts(_rows(alert, by), by=by, at=at)


def _snooze(alert: Alert, said: RequestBody, call: Call, by: Actor, at: datetime) -> None:
    until = timestamp_in(said, "endTime")
    if until is None:
        raise Unreadable("endTime: can not be empty")
    shelving.shelve_alerts(_rows(alert, by), until, by=by, at=at)


def _assign(alert: Alert, said: RequestBody, call: Call, by: Actor, at: datetime) -> None:
    owner = object_in(said, "owner")
    name = text_in(owner, "username") or text_in(owner, "id")
    person = Person.objects.filter(email__iexact=name, left_on=None).first() if name else None
    if person is None:
        raise RequestFailed("No such user: an address of a person in Opale is expected")
    assignments.assign_alerts(_rows(alert, by), person, by=by, at=at)


def _note(alert: Alert, said: RequestBody, call: Call, by: Actor, at: datetime) -> None:
    note, user = text_in(said, "note"), text_in(said, "user")
    if not note:
        raise Unreadable("note: can not be empty")
    assignments.add_alert_note(alert, f"{user}: {note}" if user else note, by=by, at=at)


def _tag(alert: Alert, said: RequestBody, call: Call, by: Actor, at: datetime) -> None:
    tags = [*dict.fromkeys([*tags_of(alert), *tags_in(said)])]
    labels = {**alert.labels, **labels_of_tags(tags)}
    corrections.amend_alert(alert, labels=labels, by=by, at=at)


def _untag(alert: Alert, said: RequestBody, call: Call, by: Actor, at: datetime) -> None:
    gone = set(tags_in({"tags": call.said("tags")}))
    labels = dict(alert.labels)
    for name, value in labels_of_tags(sorted(gone)).items():
        if labels.get(name) == value:
            del labels[name]
    kept = [tag for tag in tags_of(alert) if tag not in gone]
    labels.pop("tags", None)
    corrections.amend_alert(alert, labels=labels | labels_of_tags(kept), by=by, at=at)


def _detail(alert: Alert, said: RequestBody, call: Call, by: Actor, at: datetime) -> None:
    corrections.amend_alert(alert, labels={**alert.labels, **labels_of_details(said)}, by=by, at=at)


def _remove_detail(alert: Alert, said: RequestBody, call: Call, by: Actor, at: datetime) -> None:
    gone = call.said("keys").split(",")
    labels = {name: text for name, text in alert.labels.items() if name not in gone}
    corrections.amend_alert(alert, labels=labels, by=by, at=at)


def _put_message(alert: Alert, said: RequestBody, call: Call, by: Actor, at: datetime) -> None:
    if not text_in(said, "message"):
        raise Unreadable("message: can not be empty")
    corrections.amend_alert(alert, title=text_in(said, "message"), by=by, at=at)


def _put_description(alert: Alert, said: RequestBody, call: Call, by: Actor, at: datetime) -> None:
    corrections.amend_alert(alert, text=text_in(said, "description"), by=by, at=at)


def _put_priority(alert: Alert, said: RequestBody, call: Call, by: Actor, at: datetime) -> None:
    if not text_in(said, "priority"):
        raise Unreadable("priority: can not be empty")
    severity = parse_severity(text_in(said, "priority"))
    corrections.amend_alert(alert, severity=severity, by=by, at=at)


ALERT_ACTIONS: Final[Mapping[str, AlertAction]] = {
    "acknowledge": _acknowledge,
    "unacknowledge": _unacknowledge,
    "close": _close,
    "snooze": _snooze,
    "assign": _assign,
    "notes": _note,
    "tags": _tag,
    "remove_tags": _untag,
    "details": _detail,
    "remove_details": _remove_detail,
    "put_message": _put_message,
    "put_description": _put_description,
    "put_priority": _put_priority,
}
