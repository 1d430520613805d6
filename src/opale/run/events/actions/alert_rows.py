"""Alerts by the set: locked, inserted and updated in the order of their keys.

Two batches that concern the same alerts wait for each other in one order. Two that open the same
alert at the same moment collide on its key: the second one is tried again from the start.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import msgspec
import msgspec.structs

from opale.kernel.arrays import number_array, text_array
from opale.kernel.prepared import rows_of
from opale.run.events.enrichment import NOBODY, Subject
from opale.run.events.life import CUSTOMER, FLAPPING, End, Life
from opale.run.events.ruling import Done
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
ENDS = """
    SELECT a.integration_id, a.identity, max(a.cleared_at),
           max(coalesce(a.end_received_at, a.cleared_at))
    FROM events_alert a
    JOIN unnest(%s::bigint[], %s::text[]) AS k(integration_id, identity)
      ON a.integration_id = k.integration_id AND a.identity = k.identity
    WHERE a.state = 'closed' AND a.cleared_at IS NOT NULL
    GROUP BY 1, 2
"""
RULED: Final = (
    "suppressed_by_id",
    "held_by_id",
    "held_until",
    "team_id",
    "routed_by_id",
    "qualifies_by_id",
)
"""Where each member of `Done` stands."""
COLUMNS = """
    state text, source_at timestamptz, started_at timestamptz, cleared_at timestamptz,
    end_received_at timestamptz, count int, peak_severity smallint, openings timestamptz[],
    flapping_since timestamptz, lasts_until timestamptz, severity smallint, title text, text text,
    labels jsonb, raw json, source_url text, item_id bigint, service_id bigint,
    customer_id bigint, site_id bigint, received_at timestamptz
"""
INSERT = f"""
    INSERT INTO events_alert (integration_id, identity, {", ".join(RULED)},
        state, source_at, started_at, cleared_at, end_received_at, count, peak_severity, openings,
        flapping_since, lasts_until, severity, title, text, labels, raw, source_url,
        item_id, service_id, customer_id, site_id, first_received_at, last_received_at)
    SELECT n.*, n.received_at
    FROM json_to_recordset(%s) AS n(integration_id bigint, identity text,
        suppressed_by_id bigint, held_by_id bigint, held_until timestamptz, team_id bigint,
        routed_by_id bigint, qualifies_by_id bigint, {COLUMNS})
    ORDER BY n.integration_id, n.identity
    RETURNING integration_id, identity, id
"""  # noqa: S608  # made of constants
UPDATE = f"""
    UPDATE events_alert a SET
        state = n.state, source_at = n.source_at, started_at = n.started_at,
        cleared_at = n.cleared_at, end_received_at = n.end_received_at, count = a.count + n.count,
        last_received_at = greatest(a.last_received_at, n.received_at),
        peak_severity = n.peak_severity, openings = coalesce(n.openings, a.openings),
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
    FROM json_to_recordset(%s) AS n(id bigint, renewed boolean, {COLUMNS})
    WHERE a.id = n.id
    RETURNING a.id, a.customer_id, a.severity
"""  # noqa: S608  # made of constants

NOTHING_DONE: Final = Done()
_encoder = msgspec.json.Encoder()
Row = dict[str, Any]


class WrittenAlert(msgspec.Struct, frozen=True):
    id: int
    integration_id: int
    customer_id: int | None
    severity: int
    life: Life
    about: Subject = NOBODY

    @property
    def is_new(self) -> bool:
        """Whether all that is stored of it is what this batch wrote."""
        return self.life.id is None

    @property
    def started_at(self) -> datetime:
        return self.life.started_at

    @property
    def call(self) -> str:
        """Why somebody has to be woken for it, as it stands after the batch; or ""."""
        life = self.life
        if life.call == FLAPPING or (life.call and life.state == AlertState.OPEN):
            return life.call
        seen_to = life.state in (AlertState.OPEN, AlertState.ACKNOWLEDGED)
        newly_hit = life.id is not None and self.customer_id not in (None, life.customer_id)
        return CUSTOMER if newly_hit and seen_to else ""


@dataclass(slots=True)
class Written:
    """What a batch did: every alert that it concerned.

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
        return [a for a in self.alerts if any(m.name == "clear" for m in a.life.moves)]

    def worth_a_rule(self) -> list[WrittenAlert]:
        """Those that a rule may make an incident, and could not before."""
        return [a for a in self.alerts if a.life.raised or a.life.changes]

    def changed(self) -> list[WrittenAlert]:
        """Those of which a page would show something else than a counter."""
        return [a for a in self.alerts if a.life.raised or a.life.moves or a.life.content]


def lock(keys: Sequence[Key]) -> dict[Key, Life]:
    """The live alerts of these keys, locked until the end of the transaction."""
    return {
        (row[0], row[1]): Life(
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


def ends_of_closed(keys: Sequence[Key]) -> dict[Key, End]:
    """How the closed alerts of these keys had last ended."""
    return {(row[0], row[1]): End(row[2], row[3]) for row in _by_keys(ENDS, keys)} if keys else {}


def write(
    lives: Mapping[Key, Life],
    received_at: Mapping[Key, datetime],
    subjects: Mapping[Key, Subject],
    ruled: Mapping[Key, Done],
) -> Written:
    """Insert the alerts that are new and update the others, keys in order.

    `ruled` is what rules do to the new ones.
    """
    new = {key: life for key, life in lives.items() if life.id is None}
    old = {key: life for key, life in lives.items() if life.id is not None}
    written = Written()

    def about(key: Key) -> Subject:
        return subjects.get(key, NOBODY)

    if new:
        rows = [
            _row(
                life,
                received_at[key],
                about(key),
                integration_id=key[0],
                identity=key[1],
                **_ruled(ruled.get(key)),
            )
            for key, life in new.items()
        ]
        found = {(row[0], row[1]): row[2] for row in rows_of(INSERT, _json(rows))}
        written.ids |= found
        written.alerts += [
            WrittenAlert(found[key], key[0], row["customer_id"], row["severity"], life, about(key))
            for (key, life), row in zip(new.items(), rows, strict=True)
        ]
    if old:
        rows = [
            _row(life, received_at[key], about(key), id=life.id, renewed=_is_renewed(life))
            for key, life in old.items()
        ]
        after = {row[0]: (row[1], row[2]) for row in rows_of(UPDATE, _json(rows))}
        written.ids |= {key: life.id for key, life in old.items() if life.id is not None}
        written.alerts += [
            WrittenAlert(life.id, key[0], *after[life.id], life)
            for key, life in old.items()
            if life.id is not None
        ]
    return written


def _row(life: Life, received_at: datetime, about: Subject, **key: Any) -> Row:
    """What both statements read; what is absent or null keeps what is stored."""
    row: Row = {
        **key,
        "state": life.state,
        "source_at": life.source_at,
        "started_at": life.started_at,
        "cleared_at": life.cleared_at,
        "end_received_at": life.end_received_at,
        "count": life.count,
        "peak_severity": life.peak,
        "openings": life.openings if life.raised else None,
        "flapping_since": life.flapping_since,
        "received_at": received_at,
    }
    event = life.content
    if event is None:
        return row
    return row | {
        "lasts_until": event.lasts_until,
        "severity": int(event.severity),
        "title": event.title,
        "text": event.text,
        "labels": event.labels,
        "raw": event.raw,
        "source_url": event.source_url,
        "item_id": about.item_id,
        "service_id": about.service_id,
        "customer_id": about.customer_id,
        "site_id": about.site_id,
    }


def _ruled(done: Done | None) -> Row:
    if done is None or done == NOTHING_DONE:
        return {}
    return dict(zip(RULED, msgspec.structs.astuple(done), strict=True))


def _is_renewed(life: Life) -> bool:
    """Whether a rule may make an incident of it once more: not while it comes and goes."""
    return life.raised and life.flapping_since is None


def _json(rows: Sequence[Row]) -> str:
    # One text is quoted and sent far faster than an array for each column.
    return _encoder.encode(rows).decode()


def _by_keys(query: str, keys: Sequence[Key]) -> list[tuple[Any, ...]]:
    return rows_of(query, number_array(key[0] for key in keys), text_array(key[1] for key in keys))
