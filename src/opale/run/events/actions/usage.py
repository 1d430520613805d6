"""Usage of integrations: when, by which key, how many events, and a sample."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from opale.run.events.actions.ingestion import MAX_KEPT_BYTES
from opale.run.events.domain.received_deliveries import ReceivedDelivery
from opale.run.events.models import IntegrationKey, Sample

UPSERT_USAGE = """
    INSERT INTO events_integrationhour AS h (integration_id, hour, events, refused)
    SELECT i.id, n.hour, n.events, n.refused
    FROM unnest(%s::bigint[], %s::timestamptz[], %s::int[], %s::int[])
        AS n(integration_id, hour, events, refused)
    JOIN events_integration i ON i.id = n.integration_id
    ORDER BY i.id, n.hour
    ON CONFLICT (integration_id, hour) DO UPDATE
    SET events = h.events + excluded.events, refused = h.refused + excluded.refused
"""


@dataclass(slots=True)
class HourlyUsage:
    events: int = 0
    refused: int = 0


def record_usage(
    deliveries: Sequence[ReceivedDelivery], counts: Mapping[tuple[int, datetime], HourlyUsage]
) -> None:
    """Record the newest delivery of each key, and the hourly counts of each integration.

    Called every few seconds, not for each delivery.
    """
    if deliveries:
        _note_keys(deliveries)
        _keep_samples(deliveries)
    if counts:
        with connection.cursor() as cursor:
            cursor.execute(
                UPSERT_USAGE,
                [
                    [integration_id for integration_id, _hour in counts],
                    [hour for _integration_id, hour in counts],
                    [count.events for count in counts.values()],
                    [count.refused for count in counts.values()],
                ],
            )


def _note_keys(deliveries: Sequence[ReceivedDelivery]) -> None:
    at = max(delivery.received_at for delivery in deliveries)
    used = {delivery.sender.key_id for delivery in deliveries}
    IntegrationKey.objects.filter(pk__in=used).update(last_used_at=at)


def _keep_samples(deliveries: Sequence[ReceivedDelivery]) -> None:
    latest = {d.sender.integration_id: d for d in deliveries if 0 < len(d.body) <= MAX_KEPT_BYTES}
    Sample.objects.bulk_create(
        [
            Sample(integration_id=pk, received_at=latest[pk].received_at, body=latest[pk].body)
            for pk in sorted(latest)
        ],
        update_conflicts=True,
        unique_fields=["integration"],
        update_fields=["received_at", "body"],
    )
