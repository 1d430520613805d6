"""The past tickets with their effort and due times, for shift planning."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from statistics import median_high
from typing import Final

from django.db.models import F, Min, Sum
from django.utils.functional import Promise

from opale.customers.models import Stream
from opale.kernel.errors import NotFound
from opale.organisation.models import Membership
from opale.run.desk.models import Assignment, Commitment, Ticket, TimeEntry
from opale.run.desk.states import AssignmentState, TicketState
from opale.run.shifts.ports import WorkItem
from opale.run.shifts.queries.duties import service_desk

TYPICAL: Final = timedelta(minutes=20)
"""The desk's effort per ticket where no time was ever recorded."""
LOOK: Final = timedelta(minutes=5)
"""The part of it for the first look, which has a target of its own."""
LEAST: Final = timedelta(minutes=1)
M = Commitment.Measure
LOOKS: Final = (M.TRIAGE, M.ACKNOWLEDGE, M.FIRST_RESPONSE)
ENDS: Final = (M.RESTORE, M.RESOLVE)


class TicketBacklog:
    """The tickets as work items.

    For the desk each ticket is two: the first look, and the rest. For another team, level 2 or
    network operations, each assignment is one.
    """

    slug = "tickets"

    def jobs(self, team_id: int, starts: datetime, ends: datetime) -> Iterable[WorkItem]:
        return (_of_desk if _is_desk(team_id) else _of_team)(team_id, starts, ends)

    def parts(self, team_id: int) -> Iterable[tuple[str, str | Promise]]:
        """Return the parts of the workload: the streams for the desk; one for another team."""
        return Stream.choices if _is_desk(team_id) else ()

    def teams(self, starts: datetime, ends: datetime) -> Iterable[int]:
        asked = Assignment.objects.filter(
            asked_at__gte=starts, asked_at__lt=ends, team__isnull=False
        )
        return asked.order_by().values_list("team_id", flat=True).distinct()


def _is_desk(team_id: int) -> bool:
    try:
        return service_desk().pk == team_id
    except NotFound:
        return False


def _of_desk(team_id: int, starts: datetime, ends: datetime) -> Iterator[WorkItem]:
    came = Ticket.objects.filter(received_at__gte=starts, received_at__lt=ends)
    came = came.exclude(state=TicketState.MERGED)
    rows = came.order_by().values_list("pk", "received_at", "stream")
    due, spent = _due(starts, ends), _spent(team_id, starts, ends)
    typical = median_high(spent.values()) if spent else TYPICAL
    for pk, received_at, stream in rows:
        effort = max(LEAST, spent.get(pk, typical))
        look = min(LOOK, effort)
        yield WorkItem(received_at, look, due[pk].get("look"), stream)
        if effort > look:
            yield WorkItem(received_at, effort - look, due[pk].get("end"), stream)


def _of_team(team_id: int, starts: datetime, ends: datetime) -> Iterator[WorkItem]:
    """Yield a team's assignments; due by the clock, else by the team's own promise."""
    came = Assignment.objects.filter(team=team_id, asked_at__gte=starts, asked_at__lt=ends)
    came = came.exclude(state=AssignmentState.WITHDRAWN)
    rows = list(came.order_by().values_list("pk", "ticket_id", "asked_at", "promised_at"))
    clocks = Commitment.objects.filter(
        assignment__team=team_id,
        assignment__asked_at__gte=starts,
        assignment__asked_at__lt=ends,
        due_at__isnull=False,
    )
    due = dict(clocks.order_by().values_list("assignment_id").annotate(first=Min("due_at")))
    asked = Counter(ticket for _pk, ticket, _asked, _promised in rows)
    spent = _spent_on(team_id, set(asked))
    typical = median_high(spent.values()) if spent else TYPICAL
    for pk, ticket, asked_at, promised_at in rows:
        effort = spent[ticket] / asked[ticket] if ticket in spent else typical
        yield WorkItem(asked_at, max(LEAST, effort), due.get(pk, promised_at))


def _spent_on(team_id: int, tickets: Collection[int]) -> dict[int, timedelta]:
    own = Membership.objects.filter(team=team_id).values("person_id")
    rows = TimeEntry.objects.filter(ticket__in=tickets, ends__isnull=False, person__in=own)
    sums = rows.order_by().values_list("ticket_id").annotate(spent=Sum(F("ends") - F("starts")))
    return dict(sums)


def _due(starts: datetime, ends: datetime) -> dict[int, dict[str, datetime]]:
    """Return by ticket the earliest due time of the first look and of the end."""
    found = defaultdict[int, dict[str, datetime]](dict)
    rows = Commitment.objects.filter(
        ticket__received_at__gte=starts,
        ticket__received_at__lt=ends,
        assignment=None,
        due_at__isnull=False,
        measure__in=(*LOOKS, *ENDS),
    )
    for pk, measure, due_at in rows.order_by().values_list("ticket_id", "measure", "due_at"):
        what = "look" if measure in LOOKS else "end"
        if due_at is not None:
            found[pk][what] = min(due_at, found[pk].get(what, due_at))
    return found


def _spent(team_id: int, starts: datetime, ends: datetime) -> dict[int, timedelta]:
    """Return the time that people of the team recorded on each ticket."""
    own = Membership.objects.filter(team=team_id).values("person_id")
    rows = TimeEntry.objects.filter(
        ticket__received_at__gte=starts,
        ticket__received_at__lt=ends,
        ends__isnull=False,
        person__in=own,
    )
    sums = rows.order_by().values_list("ticket_id").annotate(spent=Sum(F("ends") - F("starts")))
    return dict(sums)
