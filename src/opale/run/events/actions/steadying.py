"""What came and went and has stopped: looked for once a minute.

Source: docs/rules/alerts.md, "What comes and goes".
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Q

from opale.kernel.acting import acting
from opale.kernel.actor import Actor
from opale.run.events.actions.announcing import call, touch_alerts
from opale.run.events.actions.qualifying import watch
from opale.run.events.actions.recording import record_change
from opale.run.events.flapping import STEADY_FOR
from opale.run.events.models import Alert, AlertChange
from opale.run.events.states import AlertState

AT_ONCE: Final = 500
STEADY = """
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


def settle_flapping_alerts(*, by: Actor, at: datetime) -> list[int]:
    """Announce each that is steady again. What stayed bad may become an incident once more."""
    settled: list[int] = []
    while True:
        some = _settle_some(by=by, at=at)
        settled += some
        if len(some) < AT_ONCE:
            return settled


def _settle_some(*, by: Actor, at: datetime) -> list[int]:
    with acting(by):
        with connection.cursor() as cursor:
            cursor.execute(STEADY, [at - STEADY_FOR, AT_ONCE])
            ids = [row[0] for row in cursor.fetchall()]
        if ids:
            record_change(ids, AlertChange.Kind.STEADY, by=by, at=at)
            call(_told(ids), "steady", by=by, at=at)
            bad = (AlertState.OPEN, AlertState.ACKNOWLEDGED)
            watch(list(Alert.objects.filter(pk__in=ids, state__in=bad)), at=at)
            touch_alerts(ids)
    return ids


def _told(ids: Sequence[int]) -> list[int]:
    """Without what was held each time until it cleared: nobody was told that it began."""
    never = Q(state=AlertState.CLEARED, held_by__isnull=False)
    return list(Alert.objects.filter(pk__in=ids).exclude(never).values_list("pk", flat=True))
