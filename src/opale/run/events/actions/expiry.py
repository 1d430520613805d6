"""Clearing of alerts whose source said until when they last, and has not repeated them by then.

Source: docs/rules/alerts.md, "What holds only until".
"""

from collections import defaultdict
from datetime import datetime
from typing import Final

from django.db import transaction

from opale.run.events.actions.ingestion import ingest
from opale.run.events.domain.deliveries import NewEvent
from opale.run.events.domain.received_deliveries import ReceivedDelivery, Sender
from opale.run.events.models import Alert
from opale.run.events.states import FIRING_STATES, Severity

AT_ONCE: Final = 1_000


def clear_expired_alerts(*, at: datetime) -> int:
    """Clear each alert whose given end has passed, by an event as if its source had said so."""
    cleared = 0
    while True:
        found = _clear_some(at)
        cleared += found
        if found < AT_ONCE:
            return cleared


def _clear_some(at: datetime) -> int:
    by_source: dict[Sender, list[NewEvent]] = defaultdict(list)
    due = Alert.objects.filter(state__in=FIRING_STATES, lasts_until__lte=at).select_related(
        "integration"
    )
    with transaction.atomic():
        # Locked as a batch locks them: a repetition meanwhile prolongs, or is read after the end.
        held = due.order_by(*Alert.lock_order).select_for_update(
            of=("self",), no_key=True, skip_locked=True
        )
        for alert in held[:AT_ONCE]:
            of = alert.integration
            by_source[Sender(of.pk, of.name, of.format, 0, of.naming)].append(_end_of(alert))
        if by_source:
            ingest(
                [ReceivedDelivery(sender, at, tuple(ends)) for sender, ends in by_source.items()]
            )
    return sum(len(ends) for ends in by_source.values())


def _end_of(alert: Alert) -> NewEvent:
    lasted_until = alert.lasts_until or alert.last_received_at
    return NewEvent(
        identity=alert.identity,
        firing=False,
        severity=Severity(alert.severity),
        title="",
        # An end is never earlier than the start that it ends.
        occurred_at=max(lasted_until, alert.source_at),
        raw={"outlasted": lasted_until.isoformat()},
    )
