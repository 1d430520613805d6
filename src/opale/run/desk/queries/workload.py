"""The tickets that came, with how long each took and when it was promised, for who plans shifts."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from statistics import median_high
from typing import Final

from django.db.models import F, Sum

from opale.kernel.errors import NotFound
from opale.organisation.models import Membership
from opale.run.desk.models import Commitment, Ticket, TimeEntry
from opale.run.desk.states import TicketState
from opale.run.shifts.ports import Job
from opale.run.shifts.queries import service_desk

TYPICAL: Final = timedelta(minutes=20)
"""How long a ticket takes the desk where nobody ever wrote down a time."""
LOOK: Final = timedelta(minutes=5)
"""Of it the first look, which is promised by itself."""
LEAST: Final = timedelta(minutes=1)
M = Commitment.Measure
LOOKS: Final = (M.TRIAGE, M.ACKNOWLEDGE, M.FIRST_RESPONSE)
ENDS: Final = (M.RESTORE, M.RESOLVE)


class TicketsOfTheDesk:
    """Each ticket is two jobs: the first look, and the rest. Work of other teams is not counted."""

    slug = "tickets"

    def jobs(self, team_id: int, starts: datetime, ends: datetime) -> Iterable[Job]:
        try:
            desk = service_desk()
        except NotFound:
            return
        if desk.pk != team_id:
            return
        came = Ticket.objects.filter(received_at__gte=starts, received_at__lt=ends)
        came = came.exclude(state=TicketState.MERGED)
        rows = dict(came.order_by().values_list("pk", "received_at"))
        due, spent = _due(starts, ends), _spent(team_id, starts, ends)
        typical = median_high(spent.values()) if spent else TYPICAL
        for pk, received_at in rows.items():
            effort = max(LEAST, spent.get(pk, typical))
            look = min(LOOK, effort)
            yield Job(received_at, look, due[pk].get("look"))
            if effort > look:
                yield Job(received_at, effort - look, due[pk].get("end"))


def _due(starts: datetime, ends: datetime) -> dict[int, dict[str, datetime]]:
    """Of each ticket when the look and the end are promised first."""
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
    """What people of the team wrote down for each."""
    own = Membership.objects.filter(team=team_id).values("person_id")
    rows = TimeEntry.objects.filter(
        ticket__received_at__gte=starts,
        ticket__received_at__lt=ends,
        ends__isnull=False,
        person__in=own,
    )
    sums = rows.order_by().values_list("ticket_id").annotate(spent=Sum(F("ends") - F("starts")))
    return dict(sums)
