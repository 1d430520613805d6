"""Alerts by the set: locked, inserted and updated in the order of their keys.

Two batches that concern the same alerts wait for each other in one order. Two that open the same
alert at the same moment collide on its key: the second one is tried again from the start.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from django.db import connection

from opale.infrastructure.queries import ItemMatch
from opale.run.events.enrichment import MATCHES, names_in
from opale.run.events.life import Life

Key = tuple[int, str]

LOCK = """
    SELECT a.integration_id, a.identity, a.id, a.state, a.source_at, a.started_at, a.cleared_at
    FROM events_alert a
    JOIN unnest(%s::bigint[], %s::text[]) AS k(integration_id, identity)
      ON a.integration_id = k.integration_id AND a.identity = k.identity
    WHERE a.state <> 'closed'
    ORDER BY a.integration_id, a.identity
    FOR NO KEY UPDATE OF a
"""
ENDS = """
    SELECT a.integration_id, a.identity, max(a.cleared_at)
    FROM events_alert a
    JOIN unnest(%s::bigint[], %s::text[]) AS k(integration_id, identity)
      ON a.integration_id = k.integration_id AND a.identity = k.identity
    WHERE a.state = 'closed' AND a.cleared_at IS NOT NULL
    GROUP BY 1, 2
"""
INSERT = """
    INSERT INTO events_alert (integration_id, identity, state, source_at, started_at, cleared_at,
        count, severity, title, text, labels, raw, source_url, item_id, service_id, customer_id,
        first_received_at, last_received_at)
    SELECT n.*, n.received_at FROM unnest(%s::bigint[], %s::text[], %s::text[],
        %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::int[], %s::smallint[],
        %s::text[], %s::text[], %s::jsonb[], %s::jsonb[], %s::text[], %s::bigint[], %s::bigint[],
        %s::bigint[], %s::timestamptz[]) AS n(integration_id, identity, state, source_at,
        started_at, cleared_at, count, severity, title, text, labels, raw, source_url, item_id,
        service_id, customer_id, received_at)
    ORDER BY n.integration_id, n.identity
    RETURNING integration_id, identity, id
"""
UPDATE = """
    UPDATE events_alert a SET
        state = n.state, source_at = n.source_at, started_at = n.started_at,
        cleared_at = n.cleared_at, count = a.count + n.count,
        last_received_at = greatest(a.last_received_at, n.received_at),
        severity = coalesce(n.severity, a.severity), title = coalesce(n.title, a.title),
        text = coalesce(n.text, a.text), labels = coalesce(n.labels, a.labels),
        raw = coalesce(n.raw, a.raw), source_url = coalesce(n.source_url, a.source_url),
        item_id = coalesce(n.item_id, a.item_id),
        service_id = coalesce(n.service_id, a.service_id),
        customer_id = coalesce(n.customer_id, a.customer_id),
        qualified_at = CASE WHEN n.raised THEN NULL ELSE a.qualified_at END
    FROM unnest(%s::bigint[], %s::boolean[], %s::text[], %s::timestamptz[], %s::timestamptz[],
        %s::timestamptz[], %s::int[], %s::smallint[], %s::text[], %s::text[], %s::jsonb[],
        %s::jsonb[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[])
        AS n(id, raised, state, source_at, started_at, cleared_at, count, severity, title, text,
        labels, raw, source_url, item_id, service_id, customer_id, received_at)
    WHERE a.id = n.id
    RETURNING a.id, a.customer_id, a.severity
"""

_encoder = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class WrittenAlert:
    id: int
    integration_id: int
    customer_id: int | None
    severity: int
    life: Life


@dataclass(slots=True)
class Written:
    """What a batch did: every alert that it concerned."""

    alerts: list[WrittenAlert] = field(default_factory=list)

    def raised(self) -> list[WrittenAlert]:
        return [alert for alert in self.alerts if alert.life.raised]

    def cleared(self) -> list[WrittenAlert]:
        return [a for a in self.alerts if any(m.name == "clear" for m in a.life.moves)]

    def changed(self) -> list[WrittenAlert]:
        """Those of which a page would show something else than a counter."""
        return [a for a in self.alerts if a.life.raised or a.life.moves or a.life.content]


def lock(keys: Sequence[Key]) -> dict[Key, Life]:
    """The live alerts of these keys, locked until the end of the transaction."""
    return {
        (row[0], row[1]): Life(row[3], row[4], row[5], row[6], id=row[2])
        for row in _by_keys(LOCK, keys)
    }


def ends_of_closed(keys: Sequence[Key]) -> dict[Key, datetime]:
    """When the closed alerts of these keys had last cleared."""
    return {(row[0], row[1]): row[2] for row in _by_keys(ENDS, keys)} if keys else {}


def write(
    lives: Mapping[Key, Life], received_at: Mapping[Key, datetime], *, enrich: bool
) -> Written:
    """Insert the alerts that are new and update the others, keys in order."""
    new = {key: life for key, life in lives.items() if life.id is None}
    old = {key: life for key, life in lives.items() if life.id is not None}
    written = Written()
    if new:
        rows = [_values(life, enrich) for life in new.values()]
        columns = _columns([(*key, *row) for key, row in zip(new, rows, strict=True)])
        ids = _run(INSERT, [*columns, [received_at[key] for key in new]])
        found = {(integration_id, identity): pk for integration_id, identity, pk in ids}
        written.alerts += [
            WrittenAlert(found[key], key[0], row[-1], row[5], life)
            for (key, life), row in zip(new.items(), rows, strict=True)
        ]
    if old:
        values = [(life.id, life.raised, *_values(life, enrich)) for life in old.values()]
        changed = _run(UPDATE, [*_columns(values), [received_at[key] for key in old]])
        after = {pk: (customer_id, severity) for pk, customer_id, severity in changed}
        written.alerts += [
            WrittenAlert(life.id, key[0], *after[life.id], life)
            for key, life in old.items()
            if life.id is not None
        ]
    return written


def _values(life: Life, enrich: bool) -> tuple[Any, ...]:
    """From state to customer, in the order of both statements; None keeps what is stored."""
    state = (life.state, life.source_at, life.started_at, life.cleared_at, life.count)
    event = life.content
    if event is None:
        return (*state, *[None] * 9)
    match: ItemMatch | None = MATCHES.first(names_in(event.labels)) if enrich else None
    about = (match.item_id, match.service_id, match.customer_id) if match else (None,) * 3
    return (
        *state,
        int(event.severity),
        event.title,
        event.text,
        _encoder.encode(event.labels).decode(),
        _encoder.encode(event.raw).decode(),
        event.source_url,
        *about,
    )


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def _by_keys(query: str, keys: Sequence[Key]) -> list[tuple[Any, ...]]:
    return _run(query, [[key[0] for key in keys], [key[1] for key in keys]])


def _run(query: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()
