"""Actions on every alert that a query selects."""

from collections.abc import Callable
from typing import Any, Final

from opale.connectors.alerta import alert_actions
from opale.connectors.alerta.alerts import matching_alerts
from opale.connectors.alerta.api_request import AlertaRequest, created_reply, ok_reply
from opale.connectors.alerta.errors import AlertaError, alerta_errors
from opale.connectors.alerta.identifiers import uuid_of
from opale.connectors.alerta.serializers import ALERT
from opale.run.events.actions import annotations
from opale.run.events.domain.deliveries import Reply
from opale.run.events.models import Alert

MAX_ALERTS: Final = 1_000


def bulk_action(asked: AlertaRequest) -> Reply:
    """Perform the action before answering; Alerta queues it for later."""
    action = asked.text("action")
    if not action:
        raise AlertaError(400, "must supply 'action' as json data")
    done = _each(asked, lambda alert: _perform(action, alert, asked))
    return created_reply(202, message=f"{len(done)} alerts queued for action")


def bulk_set_status(asked: AlertaRequest) -> Reply:
    status = asked.text("status")
    if not status:
        raise AlertaError(400, "must supply 'status' as json data")
    done = _each(asked, lambda alert: alert_actions.set_alert_status(status, alert, asked))
    return ok_reply(updated=done, count=len(done))


def bulk_add_tags(asked: AlertaRequest) -> Reply:
    return _marked(asked, tags=asked.words("tags"))


def bulk_remove_tags(asked: AlertaRequest) -> Reply:
    return _marked(asked, without=asked.words("tags"))


def bulk_set_attributes(asked: AlertaRequest) -> Reply:
    attributes = asked.said.get("attributes")
    if not isinstance(attributes, dict) or not attributes:
        raise AlertaError(400, "must supply 'attributes' as json data")
    return _marked(asked, attributes=attributes)


def bulk_delete(asked: AlertaRequest) -> Reply:
    done = _each(asked, lambda alert: alert_actions.set_alert_status("closed", alert, asked))
    return ok_reply(deleted=done, count=len(done))


def _perform(action: str, alert: Alert, asked: AlertaRequest) -> None:
    try:
        alert_actions.perform_action_on(action, alert, asked)
    except AlertaError as refusal:
        # As Alerta does: alerts that are so already, or cannot be, are passed over.
        if refusal.status != 409:
            raise


def _each(asked: AlertaRequest, do: Callable[[Alert], None]) -> list[str]:
    found = list(matching_alerts(asked).order_by("pk")[:MAX_ALERTS])
    if not found:
        raise AlertaError(404, "not found")
    for alert in found:
        do(alert)
    return [uuid_of(ALERT, alert.pk) for alert in found]


def _marked(asked: AlertaRequest, **marks: Any) -> Reply:
    ids = list(matching_alerts(asked).order_by("pk").values_list("pk", flat=True)[:MAX_ALERTS])
    if not ids:
        return ok_reply(updated=[], count=0)
    rows = asked.rows().filter(pk__in=ids)
    with alerta_errors():
        done = annotations.annotate_alerts(rows, by=asked.by, **marks)
    return ok_reply(updated=[uuid_of(ALERT, pk) for pk in done], count=len(done))
