"""Queries of Opsgenie's clients on the alerts of their integration."""

import re
from typing import Final

from opale.connectors.opsgenie.calls import Call
from opale.connectors.opsgenie.events import identity_of
from opale.connectors.opsgenie.responses import (
    alert_detail,
    alert_summary,
    json_reply,
    log_summary,
    note_summary,
    read_request_id,
    request_status,
)
from opale.kernel.actor import Actor
from opale.run.events.domain.deliveries import Reply, ToolCall
from opale.run.events.models import Alert, AlertNote, AlertsQuerySet
from opale.run.events.queries import alerts
from opale.run.events.queries.search import alerts_matching
from opale.run.events.queries.timeline import alert_timeline
from opale.run.events.states import FIRING_STATES, AlertState

USUAL, MOST = 20, 100
MAX_TERMS: Final = 20
LONGEST_NUMBER: Final = 18
TERM: Final = re.compile(r"(?:(\w+)\s*[:=]\s*)?(\"[^\"]*\"|\S+)")
NOT_FOUND: Final = {"message": "Alert does not exist with given identifier"}


def alerts_of(integration_id: int, by: Actor) -> AlertsQuerySet[Alert]:
    rows = alerts.alerts(alerts.AlertFilters(integration_id=integration_id), seen_by=by)
    return rows.select_related("integration", "owner")


def find_alert(call: Call, integration_id: int, by: Actor) -> Alert | None:
    """Return the newest alert of that id or alias; of an alias, unclosed ones first."""
    rows = alerts_of(integration_id, by)
    if call.by == "alias":
        rows = rows.filter(identity=identity_of(call.identifier)).order_by("-id")
        return rows.exclude(state=AlertState.CLOSED).first() or rows.first()
    number = call.identifier
    if not (number.isascii() and number.isdigit() and len(number) <= LONGEST_NUMBER):
        return None
    return rows.filter(pk=int(number)).first()


def answer_query(handed: ToolCall, call: Call, by: Actor) -> Reply:
    rows = alerts_of(handed.integration_id, by)
    if call.act == "request":
        return _request(call.identifier, rows)
    if call.act == "count":
        return json_reply({"data": {"count": _found(rows, call).count()}})
    if call.act == "list":
        return _list(rows, call)
    alert = find_alert(call, handed.integration_id, by)
    if alert is None:
        return json_reply(NOT_FOUND, 404)
    if call.act == "get_notes":
        notes = AlertNote.objects.filter(alert=alert).order_by("-id")[:MOST]
        return json_reply({"data": [note_summary(note) for note in notes]})
    if call.act == "get_logs":
        logs, _older = alert_timeline(alert, seen_by=by, limit=MOST)
        return json_reply({"data": [log_summary(number, one) for number, one in enumerate(logs)]})
    if call.act == "get_recipients":
        return json_reply({"data": []})
    return json_reply({"data": alert_detail(alert)})


def _request(request: str, rows: AlertsQuerySet[Alert]) -> Reply:
    found = read_request_id(request)
    if found is None:
        return json_reply({"message": "Request not found. It might not be processed, yet."}, 404)
    number, identity = found.get("alert"), found.get("identity")
    if isinstance(number, int):
        return request_status(found, rows.filter(pk=number).first(), request)
    named = rows.filter(identity=str(identity or "")).order_by("-id")
    return request_status(found, named.first() if identity else None, request)


def _list(rows: AlertsQuerySet[Alert], call: Call) -> Reply:
    limit, offset = min(_number(call, "limit", USUAL), MOST), _number(call, "offset", 0)
    order = "id" if call.said("order") == "asc" else "-id"
    found = _found(rows, call).order_by(order)[offset : offset + limit]
    return json_reply({"data": [alert_summary(alert) for alert in found], "paging": {}})


def _number(call: Call, name: str, usual: int) -> int:
    text = call.said(name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else usual


def _found(rows: AlertsQuerySet[Alert], call: Call) -> AlertsQuerySet[Alert]:
    """Return the matches of the search terms that clients use: status and alias, else words."""
    for name, value in TERM.findall(call.said("query"))[:MAX_TERMS]:
        word = value.strip('"')
        if name == "status":
            standing = rows.filter(state__in=FIRING_STATES)
            rows = standing if word == "open" else rows.exclude(state__in=FIRING_STATES)
        elif name == "alias":
            rows = rows.filter(identity=identity_of(word))
        elif word not in ("AND", "OR"):
            rows = alerts_matching(rows, word)
    return rows
