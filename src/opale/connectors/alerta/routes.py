"""The routes of Alerta's API, and the form of their answers."""

import re
from collections.abc import Callable
from typing import Any, Final

from django.db import DataError

from opale.connectors.alerta import alert_actions, alerts, blackouts, bulk_actions, heartbeats
from opale.connectors.alerta.api_request import (
    AlertaRequest,
    created_reply,
    error_reply,
    json_reply,
    ok_reply,
)
from opale.connectors.alerta.errors import AlertaError
from opale.connectors.alerta.parser import parse_event
from opale.connectors.alerta.serializers import MAX_EVENTS, alert_body, body_without_alert
from opale.run.events.domain.deliveries import Reply, ToolCall
from opale.run.events.queries import alerts as alert_queries
from opale.run.events.queries.received_events import newest_events

RouteFunction = Callable[[AlertaRequest], Reply]
ID: Final = r"(?P<id>[^/]+)"
MANIFEST: Final[dict[str, Any]] = {
    "release": "9.1.0",
    "build": "PROD",
    "date": None,
    "revision": None,
}
STATUS: Final[dict[str, Any]] = {
    "application": "alerta",
    "version": "9.1.0",
    "time": None,
    "uptime": None,
    "metrics": [],
}
ROUTES: Final[tuple[tuple[str, str, RouteFunction], ...]] = (
    ("POST", "alert", heartbeats.receive_heartbeat_alert),
    ("GET", f"alert/{ID}", alerts.get_alert),
    ("DELETE", f"alert/{ID}", alert_actions.delete_alert),
    ("PUT", f"alert/{ID}/status", alert_actions.set_status),
    ("PUT", f"alert/{ID}/action", alert_actions.perform_action),
    ("PUT", f"alert/{ID}/tag", alert_actions.add_tags),
    ("PUT", f"alert/{ID}/untag", alert_actions.remove_tags),
    ("PUT", f"alert/{ID}/attributes", alert_actions.set_attributes),
    ("PUT", f"alert/{ID}/note", alert_actions.add_note),
    ("GET", f"alert/{ID}/notes", alerts.list_notes),
    ("GET", "alerts", alerts.list_alerts),
    ("GET", "alerts/count", alerts.count_alerts),
    ("GET", "alerts/history", alerts.list_history),
    ("GET", "alerts/top(?:10|n)/(?P<kind>count|flapping|standing)", alerts.list_top),
    ("GET", "environments", alerts.list_environments),
    ("GET", "(?P<words>services|alerts/groups|alerts/tags)", alerts.list_words),
    ("POST", "heartbeat", heartbeats.receive_heartbeat),
    ("GET", "heartbeats", heartbeats.list_heartbeats),
    ("GET", f"heartbeat/{ID}", heartbeats.get_heartbeat_reply),
    ("DELETE", f"heartbeat/{ID}", heartbeats.delete_heartbeat),
    ("POST", "blackout", blackouts.create_blackout),
    ("GET", "blackouts", blackouts.list_blackouts),
    ("GET", f"blackout/{ID}", blackouts.get_blackout),
    ("PUT", f"blackout/{ID}", blackouts.update_blackout),
    ("DELETE", f"blackout/{ID}", blackouts.delete_blackout),
    ("PUT", "_bulk/alerts/status", bulk_actions.bulk_set_status),
    ("PUT", "_bulk/alerts/action", bulk_actions.bulk_action),
    ("PUT", "_bulk/alerts/tag", bulk_actions.bulk_add_tags),
    ("PUT", "_bulk/alerts/untag", bulk_actions.bulk_remove_tags),
    ("PUT", "_bulk/alerts/attributes", bulk_actions.bulk_set_attributes),
    ("DELETE", "_bulk/alerts", bulk_actions.bulk_delete),
    ("GET", "management/manifest", lambda _asked: json_reply(MANIFEST)),
    ("GET", "management/status", lambda _asked: json_reply(STATUS)),
    ("GET", "management/housekeeping", lambda _asked: ok_reply()),
    ("POST", "management/housekeeping", lambda _asked: ok_reply()),
)
COMPILED: Final = tuple((method, re.compile(path), answer) for method, path, answer in ROUTES)
BEGINNINGS: Final = frozenset(
    {re.split(r"[/(]", path)[0] for _method, path, _answer in ROUTES}
    | {"config", "services", "alerts"}
) - {""}


def is_alerta_path(path: str) -> bool:
    """Return whether an address begins as one of Alerta's, and not with a key."""
    return path.partition("/")[0] in BEGINNINGS


def answer_call(handed: ToolCall) -> Reply:
    delivery = handed.delivery
    other_method = False
    for method, pattern, answering in COMPILED:
        if (found := pattern.fullmatch(delivery.path)) is None:
            continue
        if method != delivery.method:
            other_method = True
            continue
        return _answered(answering, AlertaRequest.of(handed, found.groupdict()))
    if other_method:
        return error_reply(405, "The method is not allowed for the requested URL.")
    return error_reply(404, "The requested URL was not found on the server.")


def answer_received(handed: ToolCall) -> Reply:
    """Answer a committed post with the alert as it is now."""
    asked = AlertaRequest.of(handed, {})
    told = [alert_id for alert_id in handed.alert_ids if alert_id is not None]
    if not told:
        event = parse_event(handed.delivery.body, handed.delivery.received_at)
        body = body_without_alert(event, asked.endpoint, handed.delivery.received_at)
        return created_reply(201, id=body["id"], alert=body)
    alert = alert_queries.get_alert(told[0], seen_by=asked.by)
    body = alert_body(alert, newest_events([alert], MAX_EVENTS)[alert.pk], asked.endpoint)
    return created_reply(201, id=body["id"], alert=body)


def _answered(answering: RouteFunction, asked: AlertaRequest) -> Reply:
    try:
        return answering(asked)
    except AlertaError as refusal:
        return error_reply(refusal.status, refusal.message)
    except DataError:
        return error_reply(400, "Failed to parse query string.")
