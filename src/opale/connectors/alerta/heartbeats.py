"""Heartbeats, and the status that Alerta derives from their age.

Source: alerta/models/heartbeat.py of alerta-server 9.1.0.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet

from opale.connectors.alerta.api_request import AlertaRequest, created_reply, ok_reply
from opale.connectors.alerta.errors import AlertaError, alerta_errors
from opale.connectors.alerta.identifiers import number_in, uuid_of
from opale.connectors.alerta.parser import check_attributes, check_timeout
from opale.connectors.alerta.serializers import iso
from opale.connectors.alerta.vocabulary import HEARTBEAT_TIMEOUT, MAX_LATENCY_MS
from opale.run.events.actions import heartbeats as heartbeat_actions
from opale.run.events.domain.deliveries import Reply, Unreadable
from opale.run.events.models import Heartbeat
from opale.run.events.ports.timestamps import timestamp_in
from opale.run.events.queries import alerts
from opale.run.events.queries.heartbeats import heartbeats

HEARTBEAT: Final = "heartbeat"
KEPT_FIELDS: Final = ("tags", "attributes", "createTime", "customer")
SHORTEST: Final = timedelta(seconds=10)


def receive_heartbeat(asked: AlertaRequest) -> Reply:
    kept = _kept(asked)
    body = heartbeat_body(kept, asked.endpoint, asked.at)
    return created_reply(201, id=body["id"], heartbeat=body)


def receive_heartbeat_alert(asked: AlertaRequest) -> Reply:
    """Record an alert of the event Heartbeat as a sign of life."""
    kept = _kept(asked)
    return created_reply(
        202, id=uuid_of(HEARTBEAT, kept.pk), message="Alert converted to Heartbeat"
    )


def list_heartbeats(asked: AlertaRequest) -> Reply:
    wanted = asked.params.get("status", ())
    bodies = [heartbeat_body(kept, asked.endpoint, asked.at) for kept in _all(asked)[:1_000]]
    shown = [body for body in bodies if not wanted or body["status"] in wanted]
    paging = {"page": 1, "pageSize": 1_000, "pages": 1, "more": False}
    return ok_reply(heartbeats=shown, total=len(shown), **paging)


def get_heartbeat_reply(asked: AlertaRequest) -> Reply:
    return ok_reply(total=1, heartbeat=heartbeat_body(_named(asked), asked.endpoint, asked.at))


def delete_heartbeat(asked: AlertaRequest) -> Reply:
    heartbeat_actions.remove_heartbeat(_named(asked), by=asked.by, at=asked.at)
    return ok_reply()


def heartbeat_body(kept: Heartbeat, endpoint: str, at: datetime) -> dict[str, Any]:
    id_ = uuid_of(HEARTBEAT, kept.pk)
    received_at = kept.last_beat_at or kept.created_at
    sent_at = timestamp_in(kept.said, "createTime") or received_at
    latency = int((received_at - sent_at) / timedelta(milliseconds=1))
    return {
        "id": id_,
        "href": f"{endpoint}/heartbeat/{id_}",
        "origin": kept.name,
        "tags": kept.said.get("tags") or [],
        "attributes": kept.said.get("attributes") or {},
        "type": "Heartbeat",
        "createTime": iso(sent_at),
        "timeout": int((kept.every + kept.grace).total_seconds()),
        "maxLatency": MAX_LATENCY_MS,
        "receiveTime": iso(received_at),
        "customer": kept.said.get("customer"),
        "latency": latency,
        "since": int((at - received_at).total_seconds()),
        "status": status_of(kept, latency, at),
    }


def status_of(kept: Heartbeat, latency_ms: int, at: datetime) -> str:
    if kept.missing_since is not None or (kept.due_at is not None and at > kept.due_at):
        return "expired"
    return "slow" if latency_ms > MAX_LATENCY_MS else "ok"


def _kept(asked: AlertaRequest) -> Heartbeat:
    said = asked.said
    try:
        if not isinstance(said.get("tags") or [], list):
            raise Unreadable("tags must be a list")
        check_timeout(said)
        check_attributes(said)
        timestamp_in(said, "createTime")
    except Unreadable as error:
        raise AlertaError(400, error.reason) from None
    timeout = timedelta(seconds=asked.seconds("timeout", HEARTBEAT_TIMEOUT))
    integration = alerts.get_integration_of_call(asked.integration_id)
    with alerta_errors():
        return heartbeat_actions.record_heartbeat(
            integration,
            asked.text("origin") or "unknown",
            every=max(timeout, SHORTEST),
            grace=timedelta(),
            said={name: said.get(name) for name in KEPT_FIELDS},
            by=asked.by,
            at=asked.handed.delivery.received_at,
        )


def _all(asked: AlertaRequest) -> QuerySet[Heartbeat]:
    return heartbeats(seen_by=asked.by).filter(integration=asked.integration_id)


def _named(asked: AlertaRequest) -> Heartbeat:
    kept = _all(asked).filter(pk=number_in(HEARTBEAT, asked.parts["id"]) or 0).first()
    if kept is None:
        raise AlertaError(404, "not found")
    return kept
