"""Parser of what Alertmanager's `webhook_configs` posts. Unknown members are ignored.

Source: the webhook documentation of Alertmanager, payload version "4". Version "3", of 2016, names
the alerts alike; only `groupKey` is a number there.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from opale.connectors.alertmanager.annotations import alert_title, parse_texts
from opale.connectors.alertmanager.fingerprints import fingerprint
from opale.run.events.domain.deliveries import (
    Delivery,
    NewEvent,
    NewEvents,
    Tool,
    Unreadable,
    UnreadablePart,
)
from opale.run.events.ports.severities import parse_severity
from opale.run.events.ports.timestamps import timestamp_in

EXAMPLE: Final = """\
route:
  receiver: opale
receivers:
  - name: opale
    webhook_configs:
      - url: {url}
        send_resolved: true
        max_alerts: 0
"""

UNDERSTOOD_VERSIONS: Final = ("3", "4")

_decoder = msgspec.json.Decoder()


class Alertmanager(Tool):
    slug = "alertmanager"
    name = "Prometheus Alertmanager"

    def read(self, delivery: Delivery) -> NewEvents:
        """Return the events. Errors: Unreadable."""
        whole = _whole(delivery.body)
        context = {key: value for key, value in whole.items() if key != "alerts"}
        events: list[NewEvent] = []
        refused: list[UnreadablePart] = []
        for alert in whole["alerts"]:
            try:
                events.append(_event(alert, context, delivery.received_at))
            except Unreadable as error:
                refused.append(UnreadablePart(error.reason, msgspec.json.encode(alert)))
        return NewEvents(_dated(events), tuple(refused))

    def example(self, url: str, key: str) -> str:
        return EXAMPLE.format(url=url)


def _whole(body: bytes) -> dict[str, Any]:
    try:
        whole = _decoder.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Unreadable(f"The body is not JSON: {error}") from None
    if not isinstance(whole, dict):
        raise Unreadable("The body is not a JSON object.")
    if str(whole.get("version", "4")) not in UNDERSTOOD_VERSIONS:
        raise Unreadable("version: only 3 and 4 are understood.")
    if not isinstance(whole.get("alerts"), list):
        raise Unreadable("alerts: a list is expected.")
    return whole


def _event(alert: Any, context: Mapping[str, Any], received_at: datetime) -> NewEvent:
    if not isinstance(alert, dict):
        raise Unreadable("alerts: each one is an object.")
    status = alert.get("status")
    if status not in ("firing", "resolved"):
        raise Unreadable("status: firing or resolved is expected.")
    labels = parse_texts(alert, "labels")
    annotations = parse_texts(alert, "annotations")
    if not labels:
        raise Unreadable("labels: at least one is expected.")
    started_at = timestamp_in(alert, "startsAt")
    ended_at = timestamp_in(alert, "endsAt") if status == "resolved" else None
    occurred_at = ended_at if status == "resolved" else started_at
    return NewEvent(
        identity=str(alert.get("fingerprint") or "") or fingerprint(labels),
        firing=status == "firing",
        severity=parse_severity(labels.get("severity", "")),
        title=alert_title(labels, annotations),
        text=annotations.get("description") or annotations.get("message") or "",
        labels=labels,
        raw=alert,
        context=context,
        source_url=str(alert.get("generatorURL") or ""),
        occurred_at=occurred_at or received_at,
        started_at=started_at,
        said_after=ended_at or started_at,
    )


def _dated(events: Sequence[NewEvent]) -> tuple[NewEvent, ...]:
    """Return the events with the newest time of any in their group, after which it was sent."""
    newest = max((event.said_after for event in events if event.said_after), default=None)
    if newest is None or len(events) == 1:
        return tuple(events)
    return tuple(
        event if event.said_after == newest else replace(event, said_after=newest)
        for event in events
    )
