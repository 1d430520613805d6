"""What a client of Opsgenie does to an alert, beside raising it and closing it by its alias."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from opale.connectors.opsgenie.answers import NO_ALERT, tags_of
from opale.connectors.opsgenie.calls import Call
from opale.connectors.opsgenie.events import labels_of_details, labels_of_tags, tags_in
from opale.kernel.actor import Actor
from opale.kernel.errors import IllegalMove, Invalid
from opale.organisation.models import Person
from opale.run.events import actions, queries
from opale.run.events.models import Alert, AlertsQuerySet
from opale.run.events.ports import Unreadable
from opale.run.events.ports.bodies import object_in, text_in
from opale.run.events.ports.moments import moment_in
from opale.run.events.ports.severities import severity_of
from opale.run.events.states import BAD

OF_OPEN_ALERTS: Final = frozenset({"acknowledge", "unacknowledge", "snooze", "close"})

Said = Mapping[str, Any]
Act = Callable[[Alert, Said, Call, Actor, datetime], None]


class Failed(Exception):
    """The request was understood and came to nothing: Opsgenie's words for it."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


def act_on(alert: Alert | None, call: Call, said: Said, *, by: Actor, at: datetime) -> None:
    """Errors: Failed, Unreadable."""
    if alert is None or (alert.state not in BAD and call.act in OF_OPEN_ALERTS):
        raise Failed(NO_ALERT)
    if (act := ACTS.get(call.act)) is None:
        raise Failed(f"Opale knows no such act: {call.act}")
    try:
        act(alert, said, call, by, at)
        if call.act != "notes" and text_in(said, "note"):
            _note(alert, said, call, by, at)
    except IllegalMove:
        raise Failed(f"Alert is already {alert.state}") from None
    except Invalid as error:
        raise Failed("; ".join(f"{name}: {why}" for name, why in error.fields.items())) from None


def _rows(alert: Alert, by: Actor) -> AlertsQuerySet[Alert]:
    return queries.alert_as_rows(alert.pk, seen_by=by)


def _acknowledge(alert: Alert, said: Said, call: Call, by: Actor, at: datetime) -> None:
    actions.acknowledge_alerts(_rows(alert, by), by=by, at=at)


def _unacknowledge(alert: Alert, said: Said, call: Call, by: Actor, at: datetime) -> None:
    actions.unacknowledge_alerts(_rows(alert, by), by=by, at=at)


def _close(alert: Alert, said: Said, call: Call, by: Actor, at: datetime) -> None:
    actions.close_alerts(_rows(alert, by), by=by, at=at)


def _snooze(alert: Alert, said: Said, call: Call, by: Actor, at: datetime) -> None:
    until = moment_in(said, "endTime")
    if until is None:
        raise Unreadable("endTime: can not be empty")
    actions.shelve_alerts(_rows(alert, by), until, by=by, at=at)


def _assign(alert: Alert, said: Said, call: Call, by: Actor, at: datetime) -> None:
    owner = object_in(said, "owner")
    name = text_in(owner, "username") or text_in(owner, "id")
    person = Person.objects.filter(email__iexact=name, left_on=None).first() if name else None
    if person is None:
        raise Failed("No such user: an address of a person in Opale is expected")
    actions.assign_alerts(_rows(alert, by), person, by=by, at=at)


def _note(alert: Alert, said: Said, call: Call, by: Actor, at: datetime) -> None:
    note, user = text_in(said, "note"), text_in(said, "user")
    if not note:
        raise Unreadable("note: can not be empty")
    actions.note_alert(alert, f"{user}: {note}" if user else note, by=by, at=at)


def _tag(alert: Alert, said: Said, call: Call, by: Actor, at: datetime) -> None:
    tags = [*dict.fromkeys([*tags_of(alert), *tags_in(said)])]
    labels = {**alert.labels, **labels_of_tags(tags)}
    actions.amend_alert(alert, labels=labels, by=by, at=at)


def _untag(alert: Alert, said: Said, call: Call, by: Actor, at: datetime) -> None:
    gone = set(tags_in({"tags": call.said("tags")}))
    labels = dict(alert.labels)
    for name, value in labels_of_tags(sorted(gone)).items():
        if labels.get(name) == value:
            del labels[name]
    kept = [tag for tag in tags_of(alert) if tag not in gone]
    labels.pop("tags", None)
    actions.amend_alert(alert, labels=labels | labels_of_tags(kept), by=by, at=at)


def _detail(alert: Alert, said: Said, call: Call, by: Actor, at: datetime) -> None:
    actions.amend_alert(alert, labels={**alert.labels, **labels_of_details(said)}, by=by, at=at)


def _remove_detail(alert: Alert, said: Said, call: Call, by: Actor, at: datetime) -> None:
    gone = call.said("keys").split(",")
    labels = {name: text for name, text in alert.labels.items() if name not in gone}
    actions.amend_alert(alert, labels=labels, by=by, at=at)


def _put_message(alert: Alert, said: Said, call: Call, by: Actor, at: datetime) -> None:
    if not text_in(said, "message"):
        raise Unreadable("message: can not be empty")
    actions.amend_alert(alert, title=text_in(said, "message"), by=by, at=at)


def _put_description(alert: Alert, said: Said, call: Call, by: Actor, at: datetime) -> None:
    actions.amend_alert(alert, text=text_in(said, "description"), by=by, at=at)


def _put_priority(alert: Alert, said: Said, call: Call, by: Actor, at: datetime) -> None:
    if not text_in(said, "priority"):
        raise Unreadable("priority: can not be empty")
    severity = severity_of(text_in(said, "priority"))
    actions.amend_alert(alert, severity=severity, by=by, at=at)


ACTS: Final[Mapping[str, Act]] = {
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
