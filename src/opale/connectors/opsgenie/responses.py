"""Answers of Opsgenie's server: alerts in its words, and the outcome of a request by its id.

Opsgenie works on a request after it has answered; here all is done by then. So the id of a request
carries its outcome, and nothing has to be stored for later questions.
"""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from opale.connectors.opsgenie.events import (
    PRIORITIES,
    labels_beside_details,
    labels_of_details,
)
from opale.run.events.domain.deliveries import Reply
from opale.run.events.models import Alert, AlertNote
from opale.run.events.queries.timeline import TimelineEntry
from opale.run.events.states import FIRING_STATES, AlertState, Severity

NO_ALERT: Final = "There is no open alert matching request"
TOOK_SECONDS: Final = 0.01


def json_reply(content: Mapping[str, Any], status: int = 200, request: str = "") -> Reply:
    whole = {**content, "took": TOOK_SECONDS, "requestId": request or str(uuid4())}
    return Reply(json.dumps(whole).encode(), status=status)


def accepted_reply(
    act: str, *, identity: str = "", alert_id: int | None = None, fault: str = ""
) -> Reply:
    """Return the answer with the outcome; `identity` where the alert is to be looked for."""
    outcome = {"act": act, "identity": identity, "alert": alert_id, "fault": fault}
    packed = (
        base64.urlsafe_b64encode(json.dumps(outcome, ensure_ascii=False).encode())
        .decode()
        .rstrip("=")
    )
    return json_reply({"result": "Request will be processed"}, 202, packed)


def read_request_id(request: str) -> Mapping[str, Any] | None:
    """Return the outcome that a request's id carries; None for an id that is not ours."""
    try:
        found = json.loads(base64.urlsafe_b64decode(request + "=" * (-len(request) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    return found if isinstance(found, dict) and isinstance(found.get("act"), str) else None


def request_status(found: Mapping[str, Any], alert: Alert | None, request: str) -> Reply:
    """Return the status of a request: it is done, or it failed for good."""
    fault = str(found.get("fault") or "")
    if not fault and alert is None:
        fault = NO_ALERT
    act = str(found["act"])
    return json_reply(
        {
            "data": {
                "success": not fault,
                "isSuccess": not fault,
                "action": act.capitalize(),
                "processedAt": format_time(alert.last_received_at if alert else datetime.now(UTC)),
                "status": fault or {"create": "Created alert"}.get(act, f"Done: {act}"),
                "alertId": str(alert.pk) if alert else "",
                "alias": alert.identity if alert else "",
                "integrationId": str(alert.integration_id) if alert else "",
            }
        },
        200,
        request,
    )


def alert_summary(alert: Alert) -> dict[str, Any]:
    """Return an alert as in Opsgenie's lists."""
    standing = alert.state in FIRING_STATES
    return {
        "id": str(alert.pk),
        "tinyId": str(alert.pk),
        "alias": alert.identity,
        "message": alert.title,
        "status": "open" if standing else "closed",
        "acknowledged": alert.state == AlertState.ACKNOWLEDGED,
        "isSeen": alert.state != AlertState.OPEN,
        "tags": tags_of(alert),
        "snoozed": alert.state == AlertState.SHELVED,
        "snoozedUntil": format_time(alert.shelved_until),
        "count": alert.count,
        "lastOccurredAt": format_time(alert.last_received_at),
        "createdAt": format_time(alert.started_at),
        "updatedAt": format_time(alert.closed_at or alert.cleared_at or alert.last_received_at),
        "source": alert.labels.get("source") or alert.source_url,
        "owner": alert.owner.email if alert.owner else "",
        "priority": PRIORITIES[Severity(alert.severity)],
        "responders": [],
        "integration": {
            "id": str(alert.integration_id),
            "name": alert.integration.name,
            "type": "API",
        },
    }


def alert_detail(alert: Alert) -> dict[str, Any]:
    return {
        **alert_summary(alert),
        "actions": [],
        "entity": alert.labels.get("entity", ""),
        "description": alert.text,
        "details": details_of(alert),
    }


def details_of(alert: Alert) -> dict[str, str]:
    """Return the labels that were sent as details, then or since; not those made of other members.

    A label of a tag, of the entity or of the source is no detail, unless a detail gave it anew.
    """
    sent = labels_of_details(alert.raw)
    others = labels_beside_details(alert.raw, tags_of(alert))
    return {
        name: text
        for name, text in alert.labels.items()
        if name in sent or others.get(name) != text
    }


def tags_of(alert: Alert) -> list[str]:
    return [tag for tag in alert.labels.get("tags", "").split(",") if tag]


def note_summary(note: AlertNote) -> dict[str, Any]:
    return {
        "note": note.text,
        "owner": note.actor_name,
        "createdAt": format_time(note.at),
        "offset": str(note.pk),
    }


def log_summary(number: int, happening: TimelineEntry) -> dict[str, Any]:
    return {
        "log": f"{happening.kind} {happening.source} {happening.target}".strip(),
        "type": "system",
        "owner": happening.actor,
        "createdAt": format_time(happening.at),
        "offset": str(number),
    }


def format_time(at: datetime | None) -> str | None:
    return (
        at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None
    )
