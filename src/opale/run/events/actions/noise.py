"""The noise report, counted in one look at the alerts of a week: a job, whatever their number.

Source: docs/rules/noise.md.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction

from opale.kernel import live_topics
from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed
from opale.kernel.job_queue import defer_unless_waiting
from opale.run.events.models import NoiseReport
from opale.run.events.rights import WORK

JOB: Final = "events.count_noise"
TOPIC: Final = "events.noise"
SPAN: Final = timedelta(days=7)
MAX_LINES: Final = 50
MIN_OCCURRENCES: Final = 5
"""Occurrences from which an alert that was never acted on counts as noise."""

NAMED: Final = "coalesce(nullif(a.labels->>'alertname', ''), a.title)"
BY_LABEL: Final = "bool_and(coalesce(a.labels->>'alertname', '') <> '')"
SELECT_NOISIEST = """
    SELECT a.id AS alert_id, a.integration_id, i.name AS integration, a.title AS name,
           a.count AS number, a.count AS alerts, false AS named
    FROM events_alert a JOIN events_integration i ON i.id = a.integration_id
    WHERE a.last_received_at >= %(since)s AND a.count >= %(often)s
    ORDER BY a.count DESC, a.id DESC LIMIT %(most)s
"""
SELECT_IGNORED = f"""
    WITH acted AS (
        SELECT DISTINCT subject_id AS id FROM kernel_statemove
        WHERE subject = 'events.alert' AND at >= %(since)s
          AND (actor LIKE 'user:%%' OR actor LIKE 'token:%%')
        UNION SELECT alert_id FROM events_alertnote WHERE at >= %(since)s
        UNION SELECT record_id FROM discussions_comment
        WHERE record_type = 'alert' AND created_at >= %(since)s AND deleted_at IS NULL
    )
    SELECT max(a.id) AS alert_id, a.integration_id, i.name AS integration, {NAMED} AS name,
           count(*) AS number, count(*) AS alerts, {BY_LABEL} AS named
    FROM events_alert a
    JOIN events_integration i ON i.id = a.integration_id
    LEFT JOIN acted ON acted.id = a.id
    WHERE a.first_received_at >= %(since)s
    GROUP BY a.integration_id, i.name, {NAMED}
    HAVING count(*) >= %(often)s AND count(acted.id) = 0 AND count(a.qualified_at) = 0
       AND count(a.owner_id) = 0
    ORDER BY count(*) DESC, max(a.id) DESC LIMIT %(most)s
"""  # noqa: S608  # made of constants
SELECT_FLAPPING = f"""
    SELECT max(a.id) AS alert_id, a.integration_id, i.name AS integration, {NAMED} AS name,
           count(*) AS number, count(DISTINCT a.id) AS alerts,
           {BY_LABEL} AS named
    FROM kernel_statemove m
    JOIN events_alert a ON a.id = m.subject_id
    JOIN events_integration i ON i.id = a.integration_id
    WHERE m.subject = 'events.alert' AND m.move = 'reopen' AND m.at >= %(since)s
      AND m.actor LIKE 'connector:%%'
    GROUP BY a.integration_id, i.name, {NAMED}
    HAVING count(*) >= %(often)s
    ORDER BY count(*) DESC, max(a.id) DESC LIMIT %(most)s
"""  # noqa: S608  # made of constants


def request_noise_report(*, by: Actor) -> None:
    """Request a new noise report, shown when it is counted. Errors: NotAllowed."""
    if not by.can(WORK):
        raise NotAllowed
    defer_unless_waiting(JOB)


def create_noise_report(*, at: datetime) -> NoiseReport:
    """Count the noise, and keep the newest report alone."""
    since = at - SPAN
    with transaction.atomic():
        made = NoiseReport.objects.create(
            computed_at=at,
            since=since,
            talkers=_rows(SELECT_NOISIEST, since),
            ignored=_rows(SELECT_IGNORED, since),
            flapping=_rows(SELECT_FLAPPING, since),
        )
        NoiseReport.objects.exclude(pk=made.pk).delete()
        live_topics.publish(TOPIC)
    return made


def _rows(query: str, since: datetime) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, {"since": since, "often": MIN_OCCURRENCES, "most": MAX_LINES})
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
