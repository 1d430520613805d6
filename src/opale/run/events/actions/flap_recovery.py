"""Announcements of alerts that have stopped flapping: looked for once a minute.

Source: docs/rules/alerts.md, "Flapping".
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Q

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.run.events.actions.alert_changes import record_alert_changes
from opale.run.events.actions.announcements import announce_call, touch_alerts
from opale.run.events.actions.qualification import schedule_qualification
from opale.run.events.domain.flapping import STABLE_AFTER
from opale.run.events.models import Alert, AlertChange
from opale.run.events.states import AlertState

AT_ONCE: Final = 500
CLEAR_FLAPPING = """
    UPDATE events_alert a SET flapping_since = NULL, openings = NULL, peak_severity = a.severity,
        qualified_at = CASE WHEN a.state IN ('open', 'acknowledged') THEN NULL
                            ELSE a.qualified_at END
    WHERE a.id IN (
        SELECT b.id FROM events_alert b
        WHERE b.flapping_since IS NOT NULL AND b.state <> 'closed'
          AND greatest(b.openings[cardinality(b.openings)], b.end_received_at) <= %s
        ORDER BY b.integration_id, b.identity
        LIMIT %s
        FOR NO KEY UPDATE SKIP LOCKED
    )
    RETURNING a.id
"""


def clear_flapping_alerts(*, by: Actor, at: datetime) -> list[int]:
    """Announce each alert that is steady again. Those still bad may become an incident again."""
    settled: list[int] = []
    while True:
        some = _settle_some(by=by, at=at)
        settled += some
        if len(some) < AT_ONCE:
            return settled


def _settle_some(*, by: Actor, at: datetime) -> list[int]:
    with attributed(by):
        with connection.cursor() as cursor:
            cursor.execute(CLEAR_FLAPPING, [at - STABLE_AFTER, AT_ONCE])
            ids = [row[0] for row in cursor.fetchall()]
        if ids:
            record_alert_changes(ids, AlertChange.Kind.STEADY, by=by, at=at)
            announce_call(_told(ids), "steady", by=by, at=at)
            bad = (AlertState.OPEN, AlertState.ACKNOWLEDGED)
            schedule_qualification(list(Alert.objects.filter(pk__in=ids, state__in=bad)), at=at)
            touch_alerts(ids)
    return ids


def _told(ids: Sequence[int]) -> list[int]:
    """Return those that were announced: not those held each time until they cleared."""
    never = Q(state=AlertState.CLEARED, held_by__isnull=False)
    return list(Alert.objects.filter(pk__in=ids).exclude(never).values_list("pk", flat=True))
