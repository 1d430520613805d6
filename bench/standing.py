"""A storm that stands, by SQL: so many open alerts, so many events behind them.

As a library: `build` fills the database of a demo company to a number of alerts and events.
"""

import time
from collections.abc import Callable
from typing import Final

import psycopg

ALERTS, EVENTS = 1_000_000, 50_000_000
DAYS: Final = 7
AT_ONCE: Final = 250_000
STEP_ALERTS: Final = 50_000

ADD_ALERTS: Final = """
    INSERT INTO events_alert (integration_id, identity, state, severity, title, text, labels, raw,
        source_url, item_id, service_id, customer_id, started_at, first_received_at,
        last_received_at, source_at, count)
    SELECT of.id, 'standing-' || n, CASE n %% 20 WHEN 0 THEN 'acknowledged' ELSE 'open' END,
        (ARRAY[2, 2, 2, 2, 3, 3, 3, 4, 4, 5])[1 + n %% 10], said.title, '', said.labels,
        jsonb_build_object('labels', said.labels), '', about.item_id, about.service_id,
        about.customer_id, said.at, said.at, said.at, said.at, 1 + n %% 50
    FROM generate_series(%(first)s::int, %(last)s::int) AS n
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS many
          FROM events_integration) AS of ON of.place = n %% of.many
    LEFT JOIN (
        SELECT i.id AS item_id, i.name, i.customer_id, min(l.service_id) AS service_id,
               row_number() OVER (ORDER BY i.id) - 1 AS place
        FROM infrastructure_configurationitem i
        LEFT JOIN infrastructure_serviceitem l ON l.item_id = i.id GROUP BY i.id
    ) AS about
      ON about.place = (n::bigint * 7919) %% (SELECT count(*) FROM infrastructure_configurationitem)
    CROSS JOIN LATERAL (
        SELECT (ARRAY['Interface down', 'BGP session lost', 'Disk almost full', 'Latency high',
                      'Power supply failed', 'Certificate expires', 'Queue too long',
                      'Backup missed'])[1 + n %% 8] || ' on ' || about.name || ' port ' || n
                   AS title,
               jsonb_build_object('alertname', 'Check' || n %% 500, 'instance', about.name,
                                  'port', n::text) AS labels,
               now() - (n %% 604800) * interval '1 second' AS at
    ) AS said
    ON CONFLICT DO NOTHING
"""
ADD_EVENTS: Final = """
    INSERT INTO events_event (received_at, integration_id, identity, firing, severity, occurred_at,
        raw)
    SELECT said.at, of.id, 'standing-' || alert, true, (ARRAY[2, 2, 3, 3, 4, 5])[1 + alert %% 6],
        said.at, jsonb_build_object('event', jsonb_build_object('labels', jsonb_build_object(
            'alertname', 'Check' || alert %% 500, 'port', alert::text), 'status', 'firing'),
            'delivery', jsonb_build_object('receiver', 'opale', 'version', '4'))
    FROM generate_series(%(first)s::int, %(last)s::int) AS n
    CROSS JOIN LATERAL (SELECT (n %% %(alerts)s::int) + 1 AS alert,
        now() - (n::float8 / %(events)s::float8) * interval '7 days' AS at) AS said
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS many
          FROM events_integration) AS of ON of.place = said.alert %% of.many
"""


def build(database: str, alerts: int, events: int, say: Callable[[str], None]) -> None:
    """As the superuser. What is there already is kept: a build that was cut short goes on."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")

        def found(query: str) -> int:
            row = connection.execute(query.encode()).fetchone()
            return int(row[0] or 0) if row else 0

        began = time.perf_counter()
        there = found("SELECT count(*) FROM events_alert WHERE identity LIKE 'standing-%'")
        for first in range(there + 1, alerts + 1, STEP_ALERTS):
            last = min(alerts, first + STEP_ALERTS - 1)
            connection.execute(ADD_ALERTS.encode(), {"first": first, "last": last})
            say(f"{last:>12,} alerts   {time.perf_counter() - began:5.0f} s")
        there = found("SELECT count(*) FROM events_event WHERE identity LIKE 'standing-%'")
        for first in range(there + 1, events + 1, AT_ONCE):
            last = min(events, first + AT_ONCE - 1)
            span = {"first": first, "last": last, "alerts": alerts, "events": events}
            connection.execute(ADD_EVENTS.encode(), span)
            say(f"{last:>12,} events   {time.perf_counter() - began:5.0f} s")
        connection.execute("VACUUM ANALYZE events_alert")
        connection.execute("ANALYZE events_event")
        say(f"ready          {time.perf_counter() - began:5.0f} s")
