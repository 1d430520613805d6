"""Rules that qualify an alert as an incident: severe enough, for long enough.

One timer job serves every alert that falls due in the same second; it looks at what is open then.
A sweep each minute finds what a lost timer would have missed.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

from django.db import connection

from opale.kernel import live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.bulk_sql import insert_many
from opale.kernel.facts import announce_all
from opale.kernel.reference_cache import cached
from opale.kernel.timers import Timers
from opale.run.events.actions.alert_changes import alert_change_values
from opale.run.events.facts import AlertQualified
from opale.run.events.models import AlertChange, QualificationRule

TIMER_JOB: Final = "events.qualify_due_alerts"
QUALIFY = """
    UPDATE events_alert a SET qualified_at = %(at)s
    FROM (
        SELECT b.id, earliest.id AS rule_id, earliest.name AS rule
        FROM (
            SELECT DISTINCT found.id
            FROM events_qualificationrule r
            CROSS JOIN LATERAL (
                SELECT id FROM events_alert
                WHERE integration_id = r.integration_id AND severity >= r.minimum_severity
                  AND started_at <= %(at)s - r.open_for
                  AND state IN ('open', 'acknowledged') AND qualified_at IS NULL
                  AND silence_id IS NULL AND suppressed_by_id IS NULL AND held_until IS NULL
                LIMIT %(limit)s
            ) found
            WHERE r.active
            LIMIT %(limit)s
        ) due_ones
        JOIN events_alert b ON b.id = due_ones.id
        CROSS JOIN LATERAL (
            SELECT r.id, r.name FROM events_qualificationrule r
            WHERE r.integration_id = b.integration_id AND r.active
              AND b.severity >= r.minimum_severity AND b.started_at <= %(at)s - r.open_for
            ORDER BY r.open_for, r.id
            LIMIT 1
        ) earliest
    ) due
    WHERE a.id = due.id AND a.qualified_at IS NULL AND a.state IN ('open', 'acknowledged')
      AND a.silence_id IS NULL AND a.suppressed_by_id IS NULL AND a.held_until IS NULL
    RETURNING a.id, a.customer_id, due.rule_id, due.rule
"""
"""From the rules to the few alerts that each fits, never from the active alerts to the rules."""
BY_CONDITION = """
    UPDATE events_alert a SET qualified_at = %(at)s
    FROM events_eventrule r
    WHERE r.id = a.qualifies_by_id AND a.id IN (
        SELECT b.id FROM events_alert b JOIN events_eventrule o ON o.id = b.qualifies_by_id
        WHERE b.qualifies_by_id IS NOT NULL AND b.qualified_at IS NULL
          AND b.state IN ('open', 'acknowledged') AND b.silence_id IS NULL
          AND b.suppressed_by_id IS NULL AND b.held_until IS NULL
          AND o.active AND o.broken = '' AND o.removed_at IS NULL
        ORDER BY b.integration_id, b.identity LIMIT %(limit)s
        FOR NO KEY UPDATE OF b SKIP LOCKED
    )
    RETURNING a.id, a.customer_id, r.id, r.name
"""
"""Qualifies what a rule of events makes an incident, as soon as nothing keeps it quiet."""
AT_ONCE: Final = 500


TIMERS: Final = Timers(TIMER_JOB)


class QualifiableAlert(Protocol):
    """An alert that a qualification rule may fit."""

    @property
    def integration_id(self) -> int: ...
    @property
    def severity(self) -> int: ...
    @property
    def started_at(self) -> datetime: ...


def schedule_qualification(alerts: Sequence[QualifiableAlert], *, at: datetime) -> None:
    """Set the timers of the rules that these open alerts may fit."""
    falls_due = {
        alert.started_at + rule.open_for
        for rule in _active_rules()
        for alert in alerts
        if alert.integration_id == rule.integration_id and alert.severity >= rule.minimum_severity
    }
    TIMERS.set(falls_due, at=at)


@cached(1)
def _active_rules() -> list[QualificationRule]:
    return list(QualificationRule.objects.filter(active=True).order_by("pk"))


def qualify_due_alerts(*, by: Actor, at: datetime) -> list[int]:
    """Announce each open alert that a rule makes an incident, once per opening; return the ids."""
    qualified: list[int] = []
    while True:
        found = _qualify_some(BY_CONDITION, by=by, at=at)
        found_by_age = _qualify_some(QUALIFY, by=by, at=at)
        qualified += [*found, *found_by_age]
        if max(len(found), len(found_by_age)) < AT_ONCE:
            return qualified


def _qualify_some(query: str, *, by: Actor, at: datetime) -> list[int]:
    with attributed(by):
        with connection.cursor() as cursor:
            cursor.execute(query, {"at": at, "limit": AT_ONCE})
            rows = cursor.fetchall()
        changed = [
            alert_change_values(alert_id, AlertChange.Kind.QUALIFIED, by=by, at=at, target=rule)
            for alert_id, _customer_id, _rule_id, rule in rows
        ]
        insert_many(AlertChange, changed)
        announce_all(
            [
                AlertQualified(alert_id=row[0], rule_id=row[2], at=at, joins=query == BY_CONDITION)
                for row in rows
            ],
            by=by,
        )
        for alert_id, customer_id, _rule_id, _rule in rows:
            live_topics.publish(f"events.alert:{alert_id}", customer_id=customer_id)
    return [row[0] for row in rows]
