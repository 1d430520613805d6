"""Received events of alerts, for connectors that stand in for a server."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from opale.run.events.models import Alert

SELECT_NEWEST = """
    SELECT k.id, e.received_at, e.occurred_at, e.firing, e.raw -> 'event'
    FROM unnest(%s::bigint[]) AS k(id)
    JOIN events_alert a ON a.id = k.id
    CROSS JOIN LATERAL (
        SELECT id, received_at, occurred_at, firing, raw
        FROM events_event
        WHERE integration_id = a.integration_id AND identity = a.identity
          AND received_at >= a.first_received_at
          AND received_at <= greatest(a.last_received_at, a.closed_at)
        ORDER BY received_at DESC, id DESC
        LIMIT %s
    ) e
    ORDER BY k.id, e.received_at DESC, e.id DESC
"""


@dataclass(frozen=True, slots=True)
class ReceivedEvent:
    """One event of an alert; `said` is what its tool said, as received."""

    received_at: datetime
    occurred_at: datetime
    firing: bool
    said: dict[str, Any]


def newest_events(alerts: Sequence[Alert], limit: int) -> dict[int, list[ReceivedEvent]]:
    """Return the newest events of each of these alerts, newest first, by the alert's id."""
    found: dict[int, list[ReceivedEvent]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(SELECT_NEWEST, [[alert.pk for alert in alerts], limit])
        for alert_id, received_at, occurred_at, firing, said in cursor.fetchall():
            event = ReceivedEvent(received_at, occurred_at, firing, said)
            found[alert_id].append(event)
    return found
