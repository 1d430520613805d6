"""What clients do to alerts: by the actions of ours that mean the same.

Source: alerta/models/alarms/alerta.py of alerta-server 9.1.0.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, Final

from django.db.models import Q

from opale.connectors.alerta.asked import Asked, made, ok
from opale.connectors.alerta.bodies import note_body, status_of
from opale.connectors.alerta.refusals import Refuse, refusing
from opale.connectors.alerta.vocabulary import SHELVE_TIMEOUT, STATUSES
from opale.kernel.states import moves_of
from opale.organisation.queries import people
from opale.run.events import actions
from opale.run.events.models import Alert, AlertsQuerySet
from opale.run.events.ports import Reply
from opale.run.events.states import SHELVE, AlertState

Alerts = AlertsQuerySet[Alert]
DEFAULT_TEXTS: Final = ("operator action", "bulk status update")
"""What clients and Alerta itself put where nobody wrote anything."""


def set_status(asked: Asked) -> Reply:
    status = asked.text("status")
    if not status:
        raise Refuse(400, "must supply 'status' as json data")
    alert = asked.alert()
    become(status, alert, asked)
    _note(asked, alert)
    return ok()


def act(asked: Asked) -> Reply:
    action = asked.text("action")
    if not action:
        raise Refuse(400, "must supply 'action' as json data")
    alert = asked.alert()
    perform(action, alert, asked)
    _note(asked, alert)
    return ok()


def perform(action: str, alert: Alert, asked: Asked) -> None:
    """Errors: Refuse."""
    if action not in PERFORMED:
        raise Refuse(400, f"Action ({action}) is not one of {', '.join(PERFORMED)}")
    status = status_of(alert)
    if PERFORMED[action] == status and action not in ("unack", "unshelve"):
        raise Refuse(409, f"alert is already in {status} status")
    if status not in REACHED.get(action, STATUSES):
        raise Refuse(409, f"invalid action for current {status} status")
    become(PERFORMED[action], alert, asked)


def delete(asked: Asked) -> Reply:
    alert = asked.alert()
    if alert.state != AlertState.CLOSED:
        with refusing():
            _close(asked.only(alert), alert, asked)
    return ok()


def note(asked: Asked) -> Reply:
    text = asked.text("text") or asked.text("note")
    if not text.strip():
        raise Refuse(400, "must supply 'note' text")
    with refusing():
        written = actions.note_alert(asked.alert(), text, by=asked.by, at=asked.at)
    body = note_body(written)
    return made(201, id=body["id"], note=body)


def tag(asked: Asked) -> Reply:
    return _marked(asked, tags=asked.words("tags"))


def untag(asked: Asked) -> Reply:
    return _marked(asked, without=asked.words("tags"))


def set_attributes(asked: Asked) -> Reply:
    attributes = asked.said.get("attributes")
    if not isinstance(attributes, dict) or not attributes:
        raise Refuse(400, "must supply 'attributes' as json data")
    with refusing():
        actions.mark_alerts(asked.only(asked.alert()), attributes=attributes, by=asked.by)
    return ok()


def _marked(asked: Asked, **marks: Any) -> Reply:
    with refusing():
        actions.mark_alerts(asked.only(asked.alert()), by=asked.by, **marks)
    return ok()


def become(status: str, alert: Alert, asked: Asked) -> None:
    """Nothing, if it is so already. Errors: Refuse."""
    if status not in BECOMING:
        raise Refuse(400, f"Status ({status}) is not one of {', '.join(STATUSES)}")
    current = status_of(alert)
    if status != current:
        with refusing(current):
            BECOMING[status](asked.only(alert), alert, asked)


def _open(rows: Alerts, alert: Alert, asked: Asked) -> None:
    by, at = asked.by, asked.at
    if alert.state == AlertState.CLOSED:
        actions.reopen_alert(alert, to=AlertState.OPEN, by=by, at=at)
    elif alert.state == AlertState.SHELVED:
        actions.unshelve_alerts(rows, by=by, at=at, to=_before_shelf(alert))
    elif alert.state == AlertState.OPEN:
        actions.assign_alerts(rows, None, by=by, at=at)
    else:
        actions.unacknowledge_alerts(rows, by=by, at=at)


def _before_shelf(alert: Alert) -> AlertState:
    """What it was when it was shelved: that is where Alerta puts it back to."""
    shelved = [move for move in moves_of(Alert, alert.pk) if move.move == SHELVE.name]
    acknowledged = bool(shelved) and shelved[-1].source == AlertState.ACKNOWLEDGED
    return AlertState.ACKNOWLEDGED if acknowledged else AlertState.OPEN


def _acknowledge(rows: Alerts, alert: Alert, asked: Asked) -> None:
    actions.acknowledge_alerts(rows, by=asked.by, at=asked.at)


def _shelve(rows: Alerts, alert: Alert, asked: Asked) -> None:
    seconds = asked.seconds("timeout", SHELVE_TIMEOUT)
    until = asked.at + timedelta(seconds=seconds) if seconds else None
    actions.shelve_alerts(rows, until, by=asked.by, at=asked.at)


def _close(rows: Alerts, alert: Alert, asked: Asked) -> None:
    actions.close_alerts(rows, by=asked.by, at=asked.at)


def _assign(rows: Alerts, alert: Alert, asked: Asked) -> None:
    """To whom the text names: the mail address or the name of one person."""
    named = asked.text("text").strip()
    here = people(seen_by=asked.by).filter(Q(email__iexact=named) | Q(name__iexact=named))
    found = list(here[:2]) if named else []
    if len(found) != 1:
        raise Refuse(400, "text: the mail address or the name of one person is expected")
    actions.assign_alerts(rows, found[0], by=asked.by, at=asked.at)


BECOMING: Final[dict[str, Callable[[Alerts, Alert, Asked], None]]] = {
    "open": _open,
    "assign": _assign,
    "ack": _acknowledge,
    "shelved": _shelve,
    "closed": _close,
    "expired": _close,
}
PERFORMED: Final = {
    "open": "open",
    "assign": "assign",
    "ack": "ack",
    "unack": "open",
    "shelve": "shelved",
    "unshelve": "open",
    "close": "closed",
    "expired": "expired",
}
REACHED: Final = {
    "ack": ("open", "assign", "blackout"),
    "unack": ("ack",),
    "shelve": ("open", "assign", "ack", "blackout"),
    "unshelve": ("shelved",),
}
"""From where an action is possible; the others from everywhere."""


def _note(asked: Asked, alert: Alert) -> None:
    """What somebody wrote beside the act is a note; Alerta has it in its history."""
    text = asked.text("text").strip()
    if text and not text.endswith(DEFAULT_TEXTS):
        with refusing():
            actions.note_alert(alert, text, by=asked.by, at=asked.at)
