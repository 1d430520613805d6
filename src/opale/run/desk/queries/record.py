"""The dated record of tickets as their clocks read it, one ticket or ten thousand at once.

It is read again after every act on a ticket: the statements are written once, not each time.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict, cast

from django.db.models import QuerySet

from opale.kernel.business_time import Pause as Stop
from opale.kernel.fixed import fixed
from opale.kernel.prepared import rows_of
from opale.run.desk import clocks
from opale.run.desk.clocks import Told
from opale.run.desk.models import Assignment, Pause, Ticket
from opale.run.desk.states import ENDED_STATES, TicketState

RESTING = [TicketState.RESOLVED, *sorted(ENDED_STATES)]
SUBJECT = Ticket._meta.label_lower


class Said(TypedDict):
    """A row of the classification record, as far as clocks read it."""

    at: datetime
    kind: str
    customer_id: int | None
    service_id: int | None
    plan_version_id: int | None
    plan_version__stream: str | None
    premium: bool
    priority: int


_SAID = """
    SELECT row.ticket_id, row.at, row.kind, row.customer_id, row.service_id, row.plan_version_id,
           version.stream, row.premium, row.priority
    FROM desk_classification AS row
    LEFT JOIN customers_supportplanversion AS version ON version.id = row.plan_version_id
    WHERE row.ticket_id = ANY (%s) ORDER BY row.ticket_id, row.at, row.id
"""
_MOVES = """
    SELECT subject_id, at, target FROM kernel_statemove
    WHERE subject = %s AND subject_id = ANY (%s) ORDER BY id
"""
_TOLD = """
    SELECT ticket_id, at, next_update_at FROM desk_message
    WHERE ticket_id = ANY (%s) AND direction = 'sent' AND NOT is_notice ORDER BY at, id
"""


def classified(keys: Sequence[int]) -> dict[int, list[Said]]:
    found: dict[int, list[Said]] = defaultdict(list)
    for key, *row in rows_of(_SAID, list(keys)):
        said = dict(zip(Said.__annotations__, row, strict=True))
        found[key].append(cast(Said, said))
    return found


def stops(keys: Sequence[int], paused: Sequence[int]) -> dict[int, list[Stop]]:
    """Pauses by ticket, of those that were `paused`: one with an agreed end ends then by itself.
    Also the time while a ticket that was reopened stood resolved or ended."""
    found: dict[int, list[Stop]] = defaultdict(list)
    if paused:
        for key, starts, ends, until, kind in _pauses(list(paused)):
            found[key].append(Stop(starts, ends or until, kind))
    rested: dict[int, datetime] = {}
    for key, at, target in rows_of(_MOVES, SUBJECT, list(keys)):
        if target == TicketState.MERGED:
            continue  # If the merge is undone, it was as if it had never rested.
        if target in RESTING:
            rested.setdefault(key, at)
        elif (since := rested.pop(key, None)) is not None and since < at:
            found[key].append(Stop(since, at, clocks.ENDED))
    return found


@fixed
def _pauses(tickets: list[int], /) -> QuerySet[Pause, tuple[Any, ...]]:
    rows = Pause.objects.filter(ticket__in=tickets).order_by("starts", "id")
    return rows.values_list("ticket", "starts", "ends", "until", "kind")


def told(keys: Sequence[int]) -> dict[int, list[Told]]:
    found: dict[int, list[Told]] = defaultdict(list)
    for key, at, promised in rows_of(_TOLD, list(keys)) if keys else ():
        found[key].append(Told(at, promised))
    return found


def work_asked(keys: Sequence[int]) -> dict[int, list[Assignment]]:
    found: dict[int, list[Assignment]] = defaultdict(list)
    for row in _asked(list(keys)) if keys else ():
        found[row.ticket_id].append(row)
    return found


@fixed
def _asked(tickets: list[int], /) -> QuerySet[Assignment]:
    return Assignment.objects.filter(ticket__in=tickets).select_related("supplier__calendar")
