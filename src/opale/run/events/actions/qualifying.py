"""Rules that make an incident of an alert: severe enough, for long enough.

One timer job serves every alert that falls due in the same second; it looks at what is open then.
A sweep each minute finds what a lost timer would have missed.
"""

import math
import threading
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import connection, transaction
from procrastinate.contrib.django import app

from opale.kernel import changes
from opale.kernel.acting import acting
from opale.kernel.actor import Actor
from opale.kernel.facts import announce
from opale.run.events.actions.alert_rows import WrittenAlert
from opale.run.events.facts import AlertQualified
from opale.run.events.models import QualificationRule

TIMER_JOB: Final = "events.qualify_due_alerts"
AHEAD: Final = timedelta(seconds=2)
"""A timer this near may already have run: a new one is set."""

QUALIFY = """
    UPDATE events_alert a SET qualified_at = %(at)s
    FROM (
        SELECT DISTINCT ON (b.id) b.id, r.id AS rule_id
        FROM events_alert b
        JOIN events_qualificationrule r ON r.integration_id = b.integration_id
        WHERE b.state IN ('open', 'acknowledged') AND b.qualified_at IS NULL
          AND b.silence_id IS NULL AND r.active
          AND b.severity >= r.minimum_severity AND b.started_at + r.open_for <= %(at)s
        ORDER BY b.id, r.open_for, r.id
        LIMIT %(limit)s
    ) due
    WHERE a.id = due.id AND a.qualified_at IS NULL AND a.state IN ('open', 'acknowledged')
      AND a.silence_id IS NULL
    RETURNING a.id, a.customer_id, due.rule_id
"""
AT_ONCE: Final = 500


class Timers:
    """The seconds for which this process has set a timer, as far as it remembers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._set: set[int] = set()

    def missing(self, seconds: Iterable[int], *, at: datetime) -> list[int]:
        near = math.ceil((at + AHEAD).timestamp())
        with self._lock:
            self._set = {second for second in self._set if second >= near}
            return sorted(second for second in set(seconds) if second not in self._set)

    def remember(self, seconds: Iterable[int]) -> None:
        with self._lock:
            self._set.update(seconds)


TIMERS = Timers()


def watch(alerts: Sequence[WrittenAlert], *, at: datetime) -> None:
    """Set the timers of the rules that these open alerts may fall under."""
    rules = QualificationRule.objects.filter(
        integration_id__in={alert.integration_id for alert in alerts}, active=True
    )
    falls_due = {
        math.ceil((alert.life.started_at + rule.open_for).timestamp())
        for rule in rules
        for alert in alerts
        if alert.integration_id == rule.integration_id and alert.severity >= rule.minimum_severity
    }
    present = math.floor(at.timestamp())
    wanted = TIMERS.missing({max(second, present) for second in falls_due}, at=at)
    for second in wanted:
        due = datetime.fromtimestamp(second, UTC)
        app.configure_task(TIMER_JOB, schedule_at=due if due > at else None).defer()
    transaction.on_commit(lambda: TIMERS.remember(wanted))


def qualify_due_alerts(*, by: Actor, at: datetime) -> list[int]:
    """Announce each open alert that a rule makes an incident: once each time that it opens."""
    qualified: list[int] = []
    while True:
        found = _qualify_some(by=by, at=at)
        qualified += found
        if len(found) < AT_ONCE:
            return qualified


def _qualify_some(*, by: Actor, at: datetime) -> list[int]:
    with acting(by):
        with connection.cursor() as cursor:
            cursor.execute(QUALIFY, {"at": at, "limit": AT_ONCE})
            rows = cursor.fetchall()
        for alert_id, customer_id, rule_id in rows:
            announce(AlertQualified(alert_id=alert_id, rule_id=rule_id, at=at), by=by)
            changes.touch(f"events.alert:{alert_id}", customer_id=customer_id)
    return [row[0] for row in rows]
