"""Actions of Alerta's clients on alerts, done by our corresponding actions.

Source: alerta/models/alarms/alerta.py of alerta-server 9.1.0.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.db.models import Q

from opale.connectors.alerta.api_request import AlertaRequest, created_reply, ok_reply
from opale.connectors.alerta.errors import AlertaError, alerta_errors
from opale.connectors.alerta.serializers import note_body, status_of
from opale.connectors.alerta.vocabulary import SHELVE_TIMEOUT, STATUSES
from opale.kernel.states import moves_of
from opale.organisation.queries.people import people
from opale.run.events.actions import alerts, annotations, assignments, shelving
from opale.run.events.domain.deliveries import Reply
from opale.run.events.models import Alert, AlertsQuerySet
from opale.run.events.states import SHELVE, AlertState

Alerts = AlertsQuerySet[Alert]
DEFAULT_TEXTS: Final = ("operator action", "bulk status update")
"""The texts that clients and Alerta itself send where nobody wrote anything."""


def set_status(asked: AlertaRequest) -> Reply:
    status = asked.text("status")
    if not status:
        raise AlertaError(400, "must supply 'status' as json data")
    alert = asked.alert()
    set_alert_status(status, alert, asked)
    _note(asked, alert)
    return ok_reply()


def perform_action(asked: AlertaRequest) -> Reply:
    action = asked.text("action")
    if not action:
        raise AlertaError(400, "must supply 'action' as json data")
    alert = asked.alert()
    perform_action_on(action, alert, asked)
    _note(asked, alert)
    return ok_reply()


def perform_action_on(action: str, alert: Alert, asked: AlertaRequest) -> None:
    """Perform an action of Alerta. Errors: AlertaError."""
    if action not in STATUS_AFTER_ACTION:
        raise AlertaError(400, f"Action ({action}) is not one of {', '.join(STATUS_AFTER_ACTION)}")
    status = status_of(alert)
    if STATUS_AFTER_ACTION[action] == status and action not in ("unack", "unshelve"):
        raise AlertaError(409, f"alert is already in {status} status")
    if status not in ALLOWED_STATUSES.get(action, STATUSES):
        raise AlertaError(409, f"invalid action for current {status} status")
    set_alert_status(STATUS_AFTER_ACTION[action], alert, asked)


def delete_alert(asked: AlertaRequest) -> Reply:
    alert = asked.alert()
    if alert.state != AlertState.CLOSED:
        with alerta_errors():
            _close(asked.only(alert), alert, asked)
    return ok_reply()


def add_note(asked: AlertaRequest) -> Reply:
    text = asked.text("text") or asked.text("note")
    if not text.strip():
        raise AlertaError(400, "must supply 'note' text")
    with alerta_errors():
        written = assignments.add_alert_note(asked.alert(), text, by=asked.by, at=asked.at)
    body = note_body(written)
    return created_reply(201, id=body["id"], note=body)


def add_tags(asked: AlertaRequest) -> Reply:
    return _marked(asked, tags=asked.words("tags"))


def remove_tags(asked: AlertaRequest) -> Reply:
    return _marked(asked, without=asked.words("tags"))


def set_attributes(asked: AlertaRequest) -> Reply:
    attributes = asked.said.get("attributes")
    if not isinstance(attributes, dict) or not attributes:
        raise AlertaError(400, "must supply 'attributes' as json data")
    with alerta_errors():
        annotations.annotate_alerts(asked.only(asked.alert()), attributes=attributes, by=asked.by)
    return ok_reply()


def _marked(asked: AlertaRequest, **marks: Any) -> Reply:
    with alerta_errors():
        annotations.annotate_alerts(asked.only(asked.alert()), by=asked.by, **marks)
    return ok_reply()


def set_alert_status(status: str, alert: Alert, asked: AlertaRequest) -> None:
    """Set the status, unless it is so already. Errors: AlertaError."""
    if status not in STATUS_ACTIONS:
        raise AlertaError(400, f"Status ({status}) is not one of {', '.join(STATUSES)}")
    current = status_of(alert)
    if status != current:
        with alerta_errors(current):
            STATUS_ACTIONS[status](asked.only(alert), alert, asked)


def _open(rows: Alerts, alert: Alert, asked: AlertaRequest) -> None:
    by, at = asked.by, asked.at
    if alert.state == AlertState.CLOSED:
        alerts.reopen_alert(alert, to=AlertState.OPEN, by=by, at=at)
    elif alert.state == AlertState.SHELVED:
        shelving.unshelve_alerts(rows, by=by, at=at, to=_before_shelf(alert))
    elif alert.state == AlertState.OPEN:
        assignments.assign_alerts(rows, None, by=by, at=at)
    else:
        alerts.unacknowledge_alerts(rows, by=by, at=at)


def _before_shelf(alert: Alert) -> AlertState:
    """Return the state before it was shelved, to which Alerta unshelves."""
    shelved = [move for move in moves_of(Alert, alert.pk) if move.move == SHELVE.name]
    acknowledged = bool(shelved) and shelved[-1].source == AlertState.ACKNOWLEDGED
    return AlertState.ACKNOWLEDGED if acknowledged else AlertState.OPEN


def _acknowledge(rows: Alerts, alert: Alert, asked: AlertaRequest) -> None:
    alerts.acknowledge_alerts(rows, by=asked.by, at=asked.at)


def _shelve(rows: Alerts, alert: Alert, asked: AlertaRequest) -> None:
    seconds = asked.seconds("timeout", SHELVE_TIMEOUT)
    until = asked.at + timedelta(seconds=seconds) if seconds else None
    shelving.shelve_alerts(rows, until, by=asked.by, at=asked.at)


def _close(rows: Alerts, alert: Alert, asked: AlertaRequest) -> None:
    alerts.close_alerts(rows, by=asked.by, at=asked.at)


def _assign(rows: Alerts, alert: Alert, asked: AlertaRequest) -> None:
    """Assign to the person that the text names by mail address or name."""
    named = asked.text("text").strip()
    here = people(seen_by=asked.by).filter(Q(email__iexact=named) | Q(name__iexact=named))
    found = list(here[:2]) if named else []
    if len(found) != 1:
        raise AlertaError(400, "text: the mail address or the name of one person is expected")
    assignments.assign_alerts(rows, found[0], by=asked.by, at=asked.at)


STATUS_ACTIONS: Final[dict[str, Callable[[Alerts, Alert, AlertaRequest], None]]] = {
    "open": _open,
    "assign": _assign,
    "ack": _acknowledge,
    "shelved": _shelve,
    "closed": _close,
    "expired": _close,
}
STATUS_AFTER_ACTION: Final = {
    "open": "open",
    "assign": "assign",
    "ack": "ack",
    "unack": "open",
    "shelve": "shelved",
    "unshelve": "open",
    "close": "closed",
    "expired": "expired",
}
ALLOWED_STATUSES: Final = {
    "ack": ("open", "assign", "blackout"),
    "unack": ("ack",),
    "shelve": ("open", "assign", "ack", "blackout"),
    "unshelve": ("shelved",),
}
"""The statuses in which an action is possible; the others are possible in all."""


def _note(asked: AlertaRequest, alert: Alert) -> None:
    """Store the text that came with an action as a note; Alerta has it in its history."""
    text = asked.text("text").strip()
    if text and not text.endswith(DEFAULT_TEXTS):
        with alerta_errors():
            assignments.add_alert_note(alert, text, by=asked.by, at=asked.at)
