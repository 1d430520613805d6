"""A storm that stands, by SQL: so many open alerts, so many events behind them.

As a library: `build` fills the database of a demo company to a number of alerts and events.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Final

import psycopg
from psycopg.sql import SQL, Identifier, Literal

ALERTS, EVENTS = 1_000_000, 50_000_000
DAYS: Final = 7
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
# A day is filled beside its partition, and takes its place once its indexes are built: to keep them
# while events of any identity come in costs much more.
ADD_EVENTS: Final = """
    INSERT INTO {day}
        (received_at, integration_id, identity, firing, severity, occurred_at, raw, id)
    SELECT said.at, of.id, 'standing-' || alert, true, (ARRAY[2, 2, 3, 3, 4, 5])[1 + alert %% 6],
        said.at, jsonb_build_object('event', jsonb_build_object('labels', jsonb_build_object(
            'alertname', 'Check' || alert %% 500, 'port', alert::text), 'status', 'firing'),
            'delivery', jsonb_build_object('receiver', 'opale', 'version', '4')),
        nextval(pg_get_serial_sequence('events_event', 'id'))
    FROM generate_series(1, %(many)s::int) AS n
    CROSS JOIN LATERAL (SELECT (n::bigint * 7919 + %(salt)s) %% %(alerts)s::int + 1 AS alert,
        %(begins)s::timestamptz + (n - 1)::float8 / %(many)s * %(lasts)s::interval AS at) AS said
    JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS many
          FROM events_integration) AS of ON of.place = said.alert %% of.many
"""
TAKE_PLACE: Final = """
    SELECT events_open_day({at});
    INSERT INTO {day} SELECT * FROM {partition};
    DROP TABLE {partition};
    ALTER TABLE {day} RENAME TO {partition};
    ALTER TABLE events_event ATTACH PARTITION {partition} FOR VALUES FROM ({begins}) TO ({ends});
    ANALYZE {partition}
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
        connection.execute("VACUUM ANALYZE events_alert")

    def add(day: date, many: int) -> None:
        _day(database, day, many, alerts)
        say(f"{many:>12,} events of {day}   {time.perf_counter() - began:5.0f} s")

    today = datetime.now(UTC).date()
    days = [today - timedelta(days=back) for back in range(1, DAYS + 1)]
    with ThreadPoolExecutor(2) as both:
        list(both.map(add, days, [-(-events // DAYS)] * DAYS))
    say(f"ready          {time.perf_counter() - began:5.0f} s")


def _day(database: str, day: date, many: int, alerts: int) -> None:
    """Events of one whole day in the past; nothing where so many are there already."""
    begins = datetime(day.year, day.month, day.day, tzinfo=UTC)
    ends = begins + timedelta(days=1)
    names = {
        "day": Identifier(f"standing_{day:%Y%m%d}"),
        "partition": Identifier(f"events_event_{day:%Y%m%d}"),
        "at": Literal(day),
        "begins": Literal(begins),
        "ends": Literal(ends),
    }
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("SET synchronous_commit = off")
        connection.execute("SET maintenance_work_mem = '1GB'")
        there = connection.execute(
            "SELECT count(*) FROM events_event WHERE received_at >= %s AND received_at < %s"
            " AND identity LIKE 'standing-%%'",
            (begins, ends),
        ).fetchone()
        if there and there[0] >= many:
            return
        connection.execute(SQL("DROP TABLE IF EXISTS {day}").format(**names))
        like = "CREATE TABLE {day} (LIKE events_event INCLUDING DEFAULTS INCLUDING CONSTRAINTS)"
        connection.execute(SQL(like).format(**names))
        span = {
            "many": many,
            "alerts": alerts,
            "salt": day.toordinal() * 104_729,
            "begins": begins,
            "lasts": ends - begins,
        }
        connection.execute(SQL(ADD_EVENTS).format(**names), span)
        key = "ALTER TABLE {day} ADD PRIMARY KEY (received_at, id)"
        connection.execute(SQL(key).format(**names))
        by_identity = "CREATE INDEX ON {day} (integration_id, identity, received_at)"
        connection.execute(SQL(by_identity).format(**names))
        with connection.transaction():
            for step in TAKE_PLACE.split(";"):
                connection.execute(SQL(step).format(**names))
