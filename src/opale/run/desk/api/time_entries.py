"""Endpoints of time entries."""

from ninja import Router, Schema

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.kernel.actor import Actor
from opale.run.desk import rights
from opale.run.desk.models import TimeEntry
from opale.run.desk.queries import tickets
from opale.run.desk.queries import time_entries as time_entry_queries
from opale.run.desk.shapes.time_entries import TimeEntryOut

router = Router()


class TimeSpentOut(Schema):
    total_seconds: int
    running: TimeEntryOut | None
    entries: list[TimeEntryOut]


def time_entry_out(entry: TimeEntry, actor: Actor, *, names: bool = False) -> TimeEntryOut:
    own = entry.person_id == actor.person_id
    return TimeEntryOut(
        id=entry.pk,
        person_id=entry.person_id if own or names else None,
        starts=entry.starts,
        ends=entry.ends,
        note=entry.note,
        contract_id=entry.contract_id,
    )


@router.get("/tickets/{int:number}/time", response=TimeSpentOut, auth=may(rights.CONSOLE))
def get_time_spent(request: ActorRequest, number: int) -> TimeSpentOut:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    spent = time_entry_queries.time_spent(ticket, seen_by=request.actor)
    return TimeSpentOut(
        total_seconds=int(spent.total.total_seconds()),
        running=time_entry_out(spent.running, request.actor) if spent.running else None,
        entries=[time_entry_out(e, request.actor, names=spent.names_shown) for e in spent.entries],
    )
