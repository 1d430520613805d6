"""Who answers which call, and in which form."""

import re
from collections.abc import Callable
from typing import Any, Final

from django.db import DataError

from opale.connectors.alerta import acts, blackouts, bulk, heartbeats, listing
from opale.connectors.alerta.asked import Asked, error_reply, json_reply, made, ok
from opale.connectors.alerta.bodies import EVENTS_SEEN, body_of, body_without_alert
from opale.connectors.alerta.reading import event_in
from opale.connectors.alerta.refusals import Refuse
from opale.run.events import queries
from opale.run.events.ports import Handed, Reply
from opale.run.events.queries.received import newest_events

Answer = Callable[[Asked], Reply]
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
ROUTES: Final[tuple[tuple[str, str, Answer], ...]] = (
    ("POST", "alert", heartbeats.beat_by_alert),
    ("GET", f"alert/{ID}", listing.one),
    ("DELETE", f"alert/{ID}", acts.delete),
    ("PUT", f"alert/{ID}/status", acts.set_status),
    ("PUT", f"alert/{ID}/action", acts.act),
    ("PUT", f"alert/{ID}/tag", acts.tag),
    ("PUT", f"alert/{ID}/untag", acts.untag),
    ("PUT", f"alert/{ID}/attributes", acts.set_attributes),
    ("PUT", f"alert/{ID}/note", acts.note),
    ("GET", f"alert/{ID}/notes", listing.notes),
    ("GET", "alerts", listing.alerts),
    ("GET", "alerts/count", listing.count),
    ("GET", "alerts/history", listing.history),
    ("GET", "alerts/top(?:10|n)/(?P<kind>count|flapping|standing)", listing.top),
    ("GET", "environments", listing.environments),
    ("GET", "(?P<words>services|alerts/groups|alerts/tags)", listing.words),
    ("POST", "heartbeat", heartbeats.beat),
    ("GET", "heartbeats", heartbeats.listed),
    ("GET", f"heartbeat/{ID}", heartbeats.one),
    ("DELETE", f"heartbeat/{ID}", heartbeats.delete),
    ("POST", "blackout", blackouts.make),
    ("GET", "blackouts", blackouts.listed),
    ("GET", f"blackout/{ID}", blackouts.one),
    ("PUT", f"blackout/{ID}", blackouts.change),
    ("DELETE", f"blackout/{ID}", blackouts.delete),
    ("PUT", "_bulk/alerts/status", bulk.set_status),
    ("PUT", "_bulk/alerts/action", bulk.act),
    ("PUT", "_bulk/alerts/tag", bulk.tag),
    ("PUT", "_bulk/alerts/untag", bulk.untag),
    ("PUT", "_bulk/alerts/attributes", bulk.set_attributes),
    ("DELETE", "_bulk/alerts", bulk.delete),
    ("GET", "management/manifest", lambda _asked: json_reply(MANIFEST)),
    ("GET", "management/status", lambda _asked: json_reply(STATUS)),
    ("GET", "management/housekeeping", lambda _asked: ok()),
    ("POST", "management/housekeeping", lambda _asked: ok()),
)
COMPILED: Final = tuple((method, re.compile(path), answer) for method, path, answer in ROUTES)
BEGINNINGS: Final = frozenset(
    {re.split(r"[/(]", path)[0] for _method, path, _answer in ROUTES}
    | {"config", "services", "alerts"}
) - {""}


def knows(path: str) -> bool:
    """Whether an address begins as one of Alerta's, and not with a key."""
    return path.partition("/")[0] in BEGINNINGS


def answer(handed: Handed) -> Reply:
    delivery = handed.delivery
    other_method = False
    for method, pattern, answering in COMPILED:
        if (found := pattern.fullmatch(delivery.path)) is None:
            continue
        if method != delivery.method:
            other_method = True
            continue
        return _answered(answering, Asked.of(handed, found.groupdict()))
    if other_method:
        return error_reply(405, "The method is not allowed for the requested URL.")
    return error_reply(404, "The requested URL was not found on the server.")


def received(handed: Handed) -> Reply:
    """What was posted is committed: the alert as it is now."""
    asked = Asked.of(handed, {})
    told = [alert_id for alert_id in handed.alert_ids if alert_id is not None]
    if not told:
        event = event_in(handed.delivery.body, handed.delivery.received_at)
        body = body_without_alert(event, asked.endpoint, handed.delivery.received_at)
        return made(201, id=body["id"], alert=body)
    alert = queries.get_alert(told[0], seen_by=asked.by)
    body = body_of(alert, newest_events([alert], EVENTS_SEEN)[alert.pk], asked.endpoint)
    return made(201, id=body["id"], alert=body)


def _answered(answering: Answer, asked: Asked) -> Reply:
    try:
        return answering(asked)
    except Refuse as refusal:
        return error_reply(refusal.status, refusal.message)
    except DataError:
        return error_reply(400, "Failed to parse query string.")
