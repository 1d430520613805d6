"""The dated record of tickets as their clocks read it, one ticket or ten thousand at once.

It is read again after every action on a ticket, so the statements are prepared once.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, cast

from opale.kernel.business_time import Pause as Stop
from opale.kernel.prepared_statements import fetch_rows
from opale.run.desk.domain import clocks
from opale.run.desk.domain.clocks import CustomerUpdate
from opale.run.desk.models import Assignment, Pause, Ticket
from opale.run.desk.states import ENDED_STATES, TicketState

RESTING_STATES = [TicketState.RESOLVED, *sorted(ENDED_STATES)]
SUBJECT = Ticket._meta.label_lower


class ClassificationRow(TypedDict):
    """A row of the classification record, with the columns that clocks read."""

    at: datetime
    kind: str
    customer_id: int | None
    service_id: int | None
    plan_version_id: int | None
    plan_version__stream: str | None
    premium: bool
    priority: int
    wanted_at: datetime | None


_WRITTEN = """
    SELECT 'said', row.ticket_id, row.at, row.id, row.kind, row.customer_id, row.service_id,
           row.plan_version_id, version.stream, row.premium, row.priority,
           row.wanted_at, NULL::timestamptz
    FROM desk_classification AS row
    LEFT JOIN customers_supportplanversion AS version ON version.id = row.plan_version_id
    WHERE row.ticket_id = ANY (%s)
    UNION ALL
    SELECT 'moved', subject_id, at, id, target, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
    FROM kernel_statemove WHERE subject = %s AND subject_id = ANY (%s)
    UNION ALL
    SELECT 'told', ticket_id, at, id, outcome, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
           next_update_at
    FROM desk_message WHERE ticket_id = ANY (%s) AND direction = 'sent'
        AND (NOT is_notice OR outcome <> '')
"""


@dataclass(frozen=True, slots=True)
class StoredRecords:
    """By ticket: its classifications, its state moves in the order they were made, and the updates
    that the customer was sent, oldest first."""

    said: dict[int, list[ClassificationRow]]
    moves: dict[int, list[tuple[datetime, str]]]
    told: dict[int, list[CustomerUpdate]]


def read_records(keys: Sequence[int], *, updates: bool) -> StoredRecords:
    """Read the records in one query, because it runs after each action. Without `updates`, customer
    updates are left out."""
    found = StoredRecords(defaultdict(list), defaultdict(list), defaultdict(list))
    rows = fetch_rows(_WRITTEN, list(keys), SUBJECT, list(keys), list(keys) if updates else [])
    for part, key, at, _row, kind, *said, promised in sorted(rows, key=_in_order):
        if part == "told":
            found.told[key].append(CustomerUpdate(at, promised, final=bool(kind)))
        elif part == "said":
            values = zip(ClassificationRow.__annotations__, (at, kind, *said), strict=True)
            found.said[key].append(cast(ClassificationRow, dict(values)))
        else:
            found.moves[key].append((at, kind))
    return found


def _in_order(row: Sequence[Any]) -> tuple[Any, ...]:
    """Return the sort key: by stated time; of moves, which may be back-dated, by order of
    recording."""
    part, _key, at, pk = row[:4]
    return (part, pk) if part == "moved" else (part, at, pk)


def clock_pauses(
    moves: Mapping[int, Sequence[tuple[datetime, str]]], paused: Sequence[int]
) -> dict[int, list[Stop]]:
    """Return the pauses by ticket, of those that were `paused`; one with an agreed end ends by
    itself then. Includes the time that a reopened ticket was resolved or ended."""
    found: dict[int, list[Stop]] = defaultdict(list)
    if paused:
        rows = Pause.objects.filter(ticket__in=paused).order_by("starts", "id")
        for key, starts, ends, until, kind in rows.values_list(
            "ticket", "starts", "ends", "until", "kind"
        ):
            found[key].append(Stop(starts, ends or until, kind))
    for key, moved in moves.items():
        rested: datetime | None = None
        for at, target in moved:
            if target == TicketState.MERGED:
                continue  # A merge that is undone counts as if it never rested.
            if target in RESTING_STATES:
                rested = rested or at
            elif rested is not None:
                if rested < at:
                    found[key].append(Stop(rested, at, clocks.ENDED))
                rested = None
    return found


def assignments_by_ticket(keys: Sequence[int]) -> dict[int, list[Assignment]]:
    found: dict[int, list[Assignment]] = defaultdict(list)
    rows = Assignment.objects.filter(ticket__in=keys).select_related("supplier__calendar")
    for row in rows:  # without keys Django sends no query
        found[row.ticket_id].append(row)
    return found
