"""Compaction of the kept counts of active alerts, so that few rows have to be read."""

from typing import Final

from django.db import connection

COMPACT_COUNTS: Final = """
    WITH many AS (
        SELECT coalesce(customer_id, 0) AS customer, coalesce(service_id, 0) AS service, severity
        FROM events_standingcount GROUP BY 1, 2, 3 HAVING count(*) > 1 OR sum(number) = 0
    ), gone AS (
        DELETE FROM events_standingcount AS c USING many
        WHERE coalesce(c.customer_id, 0) = many.customer
          AND coalesce(c.service_id, 0) = many.service AND c.severity = many.severity
        RETURNING c.customer_id, c.service_id, c.severity, c.number
    )
    INSERT INTO events_standingcount (customer_id, service_id, severity, number)
    SELECT customer_id, service_id, severity, sum(number) FROM gone
    GROUP BY 1, 2, 3 HAVING sum(number) <> 0
"""
"""One statement: a reader sees either the deleted rows or the inserted ones, never both. Rows that
two of them want to delete are deleted by the first."""


def compact_alert_counts() -> None:
    with connection.cursor() as cursor:
        cursor.execute(COMPACT_COUNTS)
