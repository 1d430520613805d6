"""Parser of what Prometheus posts to its Alertmanager: `POST /api/v2/alerts`.

Source: Alertmanager's OpenAPI document, version 2.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from opale.connectors.alertmanager.annotations import alert_title, parse_texts
from opale.connectors.alertmanager.fingerprints import fingerprint
from opale.run.events.domain.deliveries import (
    Delivery,
    NewEvent,
    NewEvents,
    Unreadable,
    UnreadablePart,
)
from opale.run.events.ports.severities import parse_severity
from opale.run.events.ports.timestamps import timestamp_in

RESOLVE_TIMEOUT: Final = timedelta(minutes=5)
"""Alertmanager's default, where the sender does not say how long an alert lasts."""

REQUIRED: Final = "in body is required"

_decoder = msgspec.json.Decoder()


def parse_alerts(delivery: Delivery) -> NewEvents:
    """Return each alert of a delivery; one that cannot be read leaves the others alone.

    Errors: Unreadable.
    """
    try:
        whole = _decoder.decode(delivery.body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unreadable(f"The body is not JSON: {error}") from None
    if not isinstance(whole, list):
        raise Unreadable("The body is not a list of alerts.")
    events: list[NewEvent] = []
    refused: list[UnreadablePart] = []
    for number, alert in enumerate(whole):
        try:
            events.append(_event(alert, number, delivery.received_at))
        except Unreadable as error:
            refused.append(UnreadablePart(error.reason, msgspec.json.encode(alert)))
    return NewEvents(tuple(events), tuple(refused))


def _event(alert: Any, number: int, received_at: datetime) -> NewEvent:
    if not isinstance(alert, dict):
        raise Unreadable("alerts: each one is an object.")
    if "labels" not in alert:
        raise Unreadable(f"{number}.labels {REQUIRED}")
    labels = {name: text for name, text in parse_texts(alert, "labels").items() if text}
    if not labels:
        raise Unreadable("at least one label pair required")
    annotations = parse_texts(alert, "annotations")
    started_at, ends_at = timestamp_in(alert, "startsAt"), timestamp_in(alert, "endsAt")
    if started_at and ends_at and ends_at < started_at:
        raise Unreadable("start time must be before end time")
    over = ends_at is not None and ends_at <= received_at
    began_at = started_at or min(received_at, ends_at or received_at)
    return NewEvent(
        identity=fingerprint(labels),
        firing=not over,
        severity=parse_severity(labels.get("severity", "")),
        title=alert_title(labels, annotations),
        text=annotations.get("description") or annotations.get("message") or "",
        labels=labels,
        raw=alert,
        source_url=_url_in(alert),
        occurred_at=ends_at if over and ends_at else began_at,
        started_at=started_at,
        # As at the server itself, the latest post counts, so an alert occurs when it is posted.
        said_after=received_at,
        lasts_until=None if over else ends_at or received_at + RESOLVE_TIMEOUT,
    )


def _url_in(alert: Mapping[str, Any]) -> str:
    return str(alert.get("generatorURL") or "")
