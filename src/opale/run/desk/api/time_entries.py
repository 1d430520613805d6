"""Endpoints of time entries."""

from datetime import datetime

from ninja import Router, Schema
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.fields import Moment, Text300
from opale.endpoints.http import ActorRequest
from opale.kernel.actor import Actor
from opale.run.desk import rights
from opale.run.desk.actions import time_entries
from opale.run.desk.models import TimeEntry
from opale.run.desk.queries import tickets
from opale.run.desk.queries import time_entries as time_entry_queries

router = Router()


class TimeEntryIn(Schema):
    starts: Moment
    ends: Moment
    note: Text300 = ""


class TimeEntryOut(Schema):
    """`person_id` is told of one's own entries, and of others' where figures per agent are on."""

    id: int
    person_id: int | None
    starts: datetime
    ends: datetime | None
    note: str
    contract_id: int | None


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


@router.post("/tickets/{int:number}/time", response={201: TimeEntryOut}, auth=may(rights.WORK))
def log_time(request: ActorRequest, number: int, body: TimeEntryIn) -> Status[TimeEntryOut]:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    entry = time_entries.log_time(ticket, body.starts, body.ends, by=request.actor, note=body.note)
    return Status(201, time_entry_out(entry, request.actor))


@router.put(
    "/tickets/{int:number}/time/{int:entry_id}", response=TimeEntryOut, auth=may(rights.WORK)
)
def correct_time(
    request: ActorRequest, number: int, entry_id: int, body: TimeEntryIn
) -> TimeEntryOut:
    entry = time_entry_queries.get_time_entry(
        tickets.get_ticket(number, seen_by=request.actor), entry_id
    )
    corrected = time_entries.correct_time(
        entry, body.starts, body.ends, by=request.actor, note=body.note
    )
    return time_entry_out(corrected, request.actor)


@router.delete(
    "/tickets/{int:number}/time/{int:entry_id}", response={204: None}, auth=may(rights.WORK)
)
def remove_time(request: ActorRequest, number: int, entry_id: int) -> Status[None]:
    entry = time_entry_queries.get_time_entry(
        tickets.get_ticket(number, seen_by=request.actor), entry_id
    )
    time_entries.remove_time(entry, by=request.actor)
    return Status(204, None)


@router.post("/tickets/{int:number}/timer", response={201: TimeEntryOut}, auth=may(rights.WORK))
def start_timer(request: ActorRequest, number: int) -> Status[TimeEntryOut]:
    entry = time_entries.start_timer(
        tickets.get_ticket(number, seen_by=request.actor), by=request.actor
    )
    return Status(201, time_entry_out(entry, request.actor))


@router.post("/timer/stop", response=TimeEntryOut, auth=may(rights.WORK))
def stop_timer(request: ActorRequest) -> TimeEntryOut:
    return time_entry_out(time_entries.stop_timer(by=request.actor), request.actor)
