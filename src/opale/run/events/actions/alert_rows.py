"""Reads and writes of alerts in sets: locked and updated in key order, inserted by item.

Two batches that concern the same alerts wait for each other in one order. Two that open the same
alert at the same moment collide on its key: the second one is tried again from the start.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec
from django.db import transaction

from opale.kernel.array_literals import (
    column,
    json_array,
    json_texts_array,
    moment_array,
    moments_text,
    number_array,
    rows_in_arrays,
    text_array,
    truth_array,
)
from opale.kernel.prepared_statements import fetch_rows
from opale.run.events.domain.alert_state_machine import CUSTOMER, FLAPPING, LastEnd, TrackedAlert
from opale.run.events.domain.rules import NO_EFFECTS, AppliedEffects
from opale.run.events.queries.enrichment import NO_SUBJECT, Subject
from opale.run.events.states import AlertState

Key = tuple[int, str]

LOCK = """
    SELECT a.integration_id, a.identity, a.id, a.state, a.source_at, a.started_at, a.cleared_at,
           a.end_received_at, a.severity, coalesce(a.peak_severity, a.severity), a.customer_id,
           a.openings, a.flapping_since
    FROM events_alert a
    JOIN unnest(%s::bigint[], %s::text[]) AS k(integration_id, identity)
      ON a.integration_id = k.integration_id AND a.identity = k.identity
    WHERE a.state <> 'closed'
    ORDER BY a.integration_id, a.identity
    FOR NO KEY UPDATE OF a
"""
LIVE = """
    SELECT FROM events_alert a
    JOIN unnest(%s::bigint[], %s::text[]) AS k(integration_id, identity)
      ON a.integration_id = k.integration_id AND a.identity = k.identity
    WHERE a.state <> 'closed'
    LIMIT 1
"""
ENDS = """
    SELECT a.integration_id, a.identity, max(a.cleared_at),
           max(coalesce(a.end_received_at, a.cleared_at))
    FROM events_alert a
    JOIN unnest(%s::bigint[], %s::text[]) AS k(integration_id, identity)
      ON a.integration_id = k.integration_id AND a.identity = k.identity
    WHERE a.state = 'closed' AND a.cleared_at IS NOT NULL
    GROUP BY 1, 2
"""
LOCK_ATTEMPTS: Final = 5
"""Attempts to lock anew; what is opened even after them is a collision, and all is tried again."""
RULE_COLUMNS: Final = {
    "suppressed_by_id": "bigint",
    "held_by_id": "bigint",
    "held_until": "timestamptz",
    "team_id": "bigint",
    "routed_by_id": "bigint",
    "qualifies_by_id": "bigint",
}
"""The columns of the members of `AppliedEffects`, with their types."""
COLUMN_TYPES: Final = {
    "state": "text",
    "source_at": "timestamptz",
    "started_at": "timestamptz",
    "cleared_at": "timestamptz",
    "end_received_at": "timestamptz",
    "count": "int",
    "peak_severity": "smallint",
    "openings": "text",
    "flapping_since": "timestamptz",
    "lasts_until": "timestamptz",
    "severity": "smallint",
    "title": "text",
    "text": "text",
    "labels": "jsonb",
    "raw": "json",
    "source_url": "text",
    "item_id": "bigint",
    "service_id": "bigint",
    "customer_id": "bigint",
    "site_id": "bigint",
    "received_at": "timestamptz",
}
"""What both statements read of an alert; `openings` are the text of an array, `started_at` is null
where it equals `source_at`."""
INSERT_COLUMNS: Final = {
    "integration_id": "bigint",
    "identity": "text",
    **RULE_COLUMNS,
    **COLUMN_TYPES,
}
UPDATE_COLUMNS: Final = {"id": "bigint", "renewed": "boolean", **COLUMN_TYPES}
INSERT = f"""
    INSERT INTO events_alert (integration_id, identity, {", ".join(RULE_COLUMNS)},
        state, source_at, started_at, cleared_at, end_received_at, count, peak_severity, openings,
        flapping_since, lasts_until, severity, title, text, labels, raw, source_url,
        item_id, service_id, customer_id, site_id, first_received_at, last_received_at)
    SELECT integration_id, identity, {", ".join(RULE_COLUMNS)},
        state, source_at, coalesce(started_at, source_at), cleared_at, end_received_at, count,
        peak_severity,
        coalesce(openings::timestamptz[], ARRAY[received_at]), flapping_since, lasts_until,
        severity, title, text, labels, raw, source_url, item_id, service_id, customer_id, site_id,
        received_at, received_at
    FROM {rows_in_arrays(INSERT_COLUMNS)}
    RETURNING integration_id, identity, id
"""  # noqa: S608  # made of constants
"""In the order that they are given: alerts about one item, and with it about one service and
customer, go to the same pages of five indexes. So PostgreSQL needs a tenth less for all of it.
Two batches that hold the same new alerts hold them in one order, unless one knows an item that the
other does not know yet: then one of them may be told of a deadlock, and is tried again."""
UPDATE = f"""
    UPDATE events_alert a SET
        state = n.state, source_at = n.source_at,
        started_at = coalesce(n.started_at, n.source_at),
        cleared_at = n.cleared_at, end_received_at = n.end_received_at, count = a.count + n.count,
        last_received_at = greatest(a.last_received_at, n.received_at),
        peak_severity = n.peak_severity,
        openings = coalesce(n.openings::timestamptz[], a.openings),
        flapping_since = n.flapping_since,
        held_until = CASE WHEN n.state = 'open' THEN a.held_until END,
        shelved_until = CASE WHEN n.state = 'shelved' THEN a.shelved_until END,
        lasts_until = CASE WHEN n.title IS NULL THEN a.lasts_until ELSE n.lasts_until END,
        severity = coalesce(n.severity, a.severity), title = coalesce(n.title, a.title),
        text = coalesce(n.text, a.text), labels = coalesce(n.labels, a.labels),
        raw = coalesce(n.raw, a.raw), source_url = coalesce(n.source_url, a.source_url),
        item_id = coalesce(n.item_id, a.item_id),
        service_id = coalesce(n.service_id, a.service_id),
        customer_id = coalesce(n.customer_id, a.customer_id),
        site_id = coalesce(n.site_id, a.site_id),
        qualified_at = CASE WHEN n.renewed THEN NULL ELSE a.qualified_at END
    FROM {rows_in_arrays(UPDATE_COLUMNS)}
    WHERE a.id = n.id
    RETURNING a.id, a.customer_id, a.severity
"""  # noqa: S608  # made of constants


class WrittenAlert(msgspec.Struct, frozen=True, gc=False):
    id: int
    integration_id: int
    customer_id: int | None
    severity: int
    life: TrackedAlert
    about: Subject = NO_SUBJECT

    @property
    def is_new(self) -> bool:
        """Return whether all that is stored of the alert was written by this batch."""
        return self.life.id is None

    @property
    def started_at(self) -> datetime:
        return self.life.started_at

    @property
    def call(self) -> str:
        """Return why somebody has to be woken for the alert after the batch; or ""."""
        life = self.life
        if life.call == FLAPPING or (life.call and life.state == AlertState.OPEN):
            return life.call
        seen_to = life.state in (AlertState.OPEN, AlertState.ACKNOWLEDGED)
        newly_hit = life.id is not None and self.customer_id not in (None, life.customer_id)
        return CUSTOMER if newly_hit and seen_to else ""


@dataclass(slots=True)
class BatchResult:
    """The result of a batch: every alert that it concerned.

    `muted` are those that a silence or a rule keeps quiet. `ids` are the alerts by what they are
    about; `told` those of the deliveries that asked for them, by the delivery's place in the batch.
    """

    alerts: list[WrittenAlert] = field(default_factory=list)
    ids: dict[Key, int] = field(default_factory=dict)
    told: dict[int, tuple[int | None, ...]] = field(default_factory=dict)
    muted: set[int] = field(default_factory=set)

    def raised(self) -> list[WrittenAlert]:
        return [alert for alert in self.alerts if alert.life.raised]

    def cleared(self) -> list[WrittenAlert]:
        moved = [alert for alert in self.alerts if alert.life.moves]
        return [a for a in moved if any(move.name == "clear" for move in a.life.moves)]

    def worth_a_rule(self) -> list[WrittenAlert]:
        """Return the alerts that a rule may make an incident now, and could not before."""
        return [a for a in self.alerts if a.life.raised or a.life.changes]

    def changed(self) -> list[WrittenAlert]:
        """Return the alerts of which a page would show something else than a counter."""
        return [a for a in self.alerts if a.life.raised or a.life.moves or a.life.content]


def lock_alerts_by_key(keys: Sequence[Key]) -> dict[Key, TrackedAlert]:
    """Lock the live alerts of these keys until the end of the transaction, and return them."""
    return {
        (row[0], row[1]): TrackedAlert(
            row[3],
            row[4],
            row[5],
            severity=row[8],
            peak=row[9],
            cleared_at=row[6],
            end_received_at=row[7],
            id=row[2],
            customer_id=row[10],
            openings=tuple(row[11] or ()),
            flapping_since=row[12],
        )
        for row in _by_keys(LOCK, keys)
    }


def lock_alerts_opened_meanwhile(keys: Sequence[Key]) -> dict[Key, TrackedAlert]:
    """Lock and return also the alerts that another batch opened while this one waited for a lock.

    Only the next statement sees them, and locking them after the others would break the order:
    whoever holds one of them may wait for one that is held here. So all locks are released first.
    """
    for _ in range(LOCK_ATTEMPTS):
        begun = transaction.savepoint()
        known = lock_alerts_by_key(keys)
        if not _by_keys(LIVE, [key for key in keys if key not in known]):
            transaction.savepoint_commit(begun)
            return known
        transaction.savepoint_rollback(begun)
    return lock_alerts_by_key(keys)


def last_ends(keys: Sequence[Key]) -> dict[Key, LastEnd]:
    """Return how the closed alerts of these keys had last ended."""
    return (
        {(row[0], row[1]): LastEnd(row[2], row[3]) for row in _by_keys(ENDS, keys)} if keys else {}
    )


def write_alerts(
    lives: Mapping[Key, TrackedAlert],
    received_at: Mapping[Key, datetime],
    subjects: Mapping[Key, Subject],
    ruled: Mapping[Key, AppliedEffects],
) -> BatchResult:
    """Insert the new alerts in the order of their items, and update the others in key order.

    `ruled` is what rules do to the new ones.
    """

    def about(key: Key) -> Subject:
        return subjects.get(key, NO_SUBJECT)

    opened = [key for key, life in lives.items() if life.id is None]
    opened.sort(key=lambda key: about(key).item_id or 0)
    new = {key: lives[key] for key in opened}
    old = {key: life for key, life in lives.items() if life.id is not None}
    written = BatchResult()
    if new:
        given = [integration_id for integration_id, _ in new], [identity for _, identity in new]
        done = [ruled.get(key, NO_EFFECTS) for key in new]
        values = number_array(given[0]), text_array(given[1]), *_ruled(done)
        rows = fetch_rows(INSERT, *values, *_columns(new, received_at, about))
        written.ids |= {(row[0], row[1]): row[2] for row in rows}
        written.alerts += [
            WrittenAlert(
                written.ids[key], key[0], about(key).customer_id, life.severity, life, about(key)
            )
            for key, life in new.items()
        ]
    if old:
        values = (
            number_array(life.id for life in old.values()),
            truth_array(_is_renewed(life) for life in old.values()),
        )
        rows = fetch_rows(UPDATE, *values, *_columns(old, received_at, about))
        after = {row[0]: (row[1], row[2]) for row in rows}
        written.ids |= {key: life.id for key, life in old.items() if life.id is not None}
        written.alerts += [
            WrittenAlert(life.id, key[0], *after[life.id], life)
            for key, life in old.items()
            if life.id is not None
        ]
    return written


def _columns(
    lives: Mapping[Key, TrackedAlert],
    received_at: Mapping[Key, datetime],
    about: Callable[[Key], Subject],
) -> Sequence[str]:
    """Return an array for each of `KINDS`; null keeps what is stored.

    Without an event, all that an event says is null.
    """
    alerts = lives.values()
    events = [life.content for life in alerts]
    subjects = [about(key) if life.content else NO_SUBJECT for key, life in lives.items()]
    return (
        text_array([life.state for life in alerts]),
        moment_array([life.source_at for life in alerts]),
        column(moment_array, [_began(life) for life in alerts]),
        column(moment_array, [life.cleared_at for life in alerts]),
        column(moment_array, [life.end_received_at for life in alerts]),
        number_array([life.count for life in alerts]),
        number_array([life.peak for life in alerts]),
        column(text_array, [_openings(life, received_at[key]) for key, life in lives.items()]),
        column(moment_array, [life.flapping_since for life in alerts]),
        column(moment_array, [one.lasts_until if one else None for one in events]),
        column(number_array, [one.severity if one else None for one in events]),
        column(text_array, [one.title if one else None for one in events]),
        column(text_array, [one.text if one else None for one in events]),
        column(json_array, [one.labels if one else None for one in events]),
        column(json_texts_array, [life.raw_json if life.content else None for life in alerts]),
        column(text_array, [one.source_url if one else None for one in events]),
        column(number_array, [one.item_id for one in subjects]),
        column(number_array, [one.service_id for one in subjects]),
        column(number_array, [one.customer_id for one in subjects]),
        column(number_array, [one.site_id for one in subjects]),
        moment_array([received_at[key] for key in lives]),
    )


def _began(life: TrackedAlert) -> datetime | None:
    """Return the start, or None where it is the newest event's time, as for most new alerts."""
    return None if life.started_at == life.source_at else life.started_at


def _openings(life: TrackedAlert, received_at: datetime) -> str | None:
    """Return the openings, or None where the alert opened once or what is stored stays."""
    if not life.raised or (life.id is None and life.openings == (received_at,)):
        return None
    return moments_text(life.openings)


def _ruled(done: Sequence[AppliedEffects]) -> Sequence[str]:
    """Return an array for each of `RULED`."""
    return (
        column(number_array, [one.suppressed for one in done]),
        column(number_array, [one.held for one in done]),
        column(moment_array, [one.until for one in done]),
        column(number_array, [one.team for one in done]),
        column(number_array, [one.routed for one in done]),
        column(number_array, [one.qualifies for one in done]),
    )


def _is_renewed(life: TrackedAlert) -> bool:
    """Return whether a rule may make an incident of the alert again: not while it flaps."""
    return life.raised and life.flapping_since is None


def _by_keys(query: str, keys: Sequence[Key]) -> list[tuple[Any, ...]]:
    return fetch_rows(
        query, number_array(key[0] for key in keys), text_array(key[1] for key in keys)
    )
