"""Tickets, escalated work and proposed answers that are asked of a person."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db.models import Case, IntegerField, Value, When
from django.urls import reverse
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.organisation.rights import F
from opale.run.desk import rights
from opale.run.desk.models import Assignment, Commitment, Ticket
from opale.run.desk.queries import assignments, requests, ticket_lists
from opale.run.desk.states import WAITING_STATES, AssignmentState, TicketState
from opale.ui.components.times import short_day
from opale.ui.work_items import Source, Urgency, WorkItem, urgency_of

ANSWERABLE: Final = frozenset({F.SERVICE_MANAGER, F.CORE_ENGINEER})
"""Functions that answer for services without working at the desk."""
MOST_INCIDENTS = 5


def own_tickets(actor: Actor, at: datetime, limit: int) -> Iterator[WorkItem]:
    """Return the tickets that the actor owns and has taken, by their nearest clock."""
    mine = ticket_lists.tickets_in("mine", seen_by=actor, at=at)
    taken = mine.exclude(state__in=[TicketState.NEW, TicketState.RESOLVED])
    waits = Case(
        When(state__in=WAITING_STATES, then=Value(1)), default=Value(0), output_field=IntegerField()
    )
    rows = ticket_lists.with_list_columns(taken).order_by(waits, "next_due_at", "priority", "id")
    for ticket in rows[:limit]:
        clock = next(iter(getattr(ticket, "running", [])), None)
        yield _ticket(ticket, clock, at)


def _ticket(ticket: Ticket, clock: Commitment | None, at: datetime) -> WorkItem:
    due = clock.due_at if clock else None
    urgency = urgency_of(due, at)
    if getattr(ticket, "to_owner", False):
        urgency, reason = min(urgency, Urgency.ANSWER), _("proposed reply to approve")
    elif getattr(ticket, "has_news", False):
        urgency, reason = min(urgency, Urgency.ANSWER), _("new message")
    elif ticket.wanted_at is not None and ticket.wanted_at == due:
        reason = _("requested date")
    else:
        reason = clock.get_measure_display() if clock else ticket.get_state_display()
    return WorkItem(
        thing=f"desk.ticket:{ticket.pk}",
        kind=_("Ticket"),
        icon="headset",
        name=f"{ticket.reference} {ticket.subject}",
        url=reverse("desk_ticket", args=[ticket.number]),
        urgency=urgency,
        reason=reason,
        due=due,
        note=" · ".join(filter(None, [str(ticket.whose), _date(ticket)])),
    )


def _date(ticket: Ticket) -> str:
    """Return the day that a request is wanted for; "" for none."""
    return short_day(ticket.wanted_at) if ticket.wanted_at else ""


def escalated_work(actor: Actor, at: datetime, limit: int) -> Iterator[WorkItem]:
    """Return the work escalated to the actor's teams: to accept, or accepted by the actor."""
    rows = list(assignments.work_in("mine", seen_by=actor)[:limit])
    tickets = assignments.tickets_to_work_on(rows, actor)
    for asked in rows:
        waits = asked.state == AssignmentState.REQUESTED
        if waits or asked.person_id in (None, actor.person_id):
            ticket = tickets.get(asked.ticket_id)
            yield _work(asked, ticket, at, waits=waits)


def _work(asked: Assignment, ticket: Ticket | None, at: datetime, *, waits: bool) -> WorkItem:
    """`ticket` is that of the work where its reader may see it: the work is done on its page."""
    clock: Commitment | None = next(iter(getattr(asked, "clocks", [])), None)
    due = clock.due_at if clock else None
    urgency = urgency_of(due, at)
    return WorkItem(
        thing=f"desk.assignment:{asked.pk}",
        kind=_("Escalation"),
        icon="arrow-up",
        name=f"{asked.ticket.reference} {asked.ticket.subject}",
        url=reverse("desk_ticket", args=[ticket.number])
        if ticket
        else reverse("desk_assignment", args=[asked.pk]),
        urgency=min(urgency, Urgency.ANSWER) if waits else urgency,
        reason=_("to accept") if waits else clock.get_measure_display() if clock else _("accepted"),
        due=due,
        team=asked.team.name if asked.team and asked.person_id is None else "",
    )


def open_incidents(actor: Actor, at: datetime, limit: int) -> Iterator[WorkItem]:
    """Return the open incidents of the highest priority, for those who answer for services."""
    if actor.functions.isdisjoint(ANSWERABLE):
        return
    rows = ticket_lists.tickets_in("open", seen_by=actor, at=at)
    worst = ticket_lists.with_list_columns(rows.filter(kind="incident", priority=1))
    for ticket in worst.order_by("received_at", "id")[: min(limit, MOST_INCIDENTS)]:
        clock = next(iter(getattr(ticket, "running", [])), None)
        yield replace(
            _ticket(ticket, clock, at),
            kind=_("Incident"),
            icon="alert-triangle",
            urgency=Urgency.CRITICAL,
            reason=_("open P1 incident"),
        )


def own_requests(actor: Actor, at: datetime, limit: int) -> Iterator[WorkItem]:
    """Return the actor's own requests that wait for an answer of theirs."""
    waiting = requests.requests_of_requester(actor).filter(state=TicketState.PENDING)
    for ticket in waiting[:limit]:
        yield WorkItem(
            thing=f"desk.request:{ticket.pk}",
            kind=_("My request"),
            icon="inbox",
            name=f"{ticket.reference} {ticket.subject}",
            url=reverse("desk_own", args=[ticket.number]),
            urgency=Urgency.ANSWER,
            reason=_("desk waiting for your reply"),
        )


SOURCES = (
    Source("desk.incidents", rights.CONSOLE, open_incidents, "desk.queue"),
    Source("desk.requests", rights.REQUEST, own_requests),
    Source("desk.tickets", rights.WORK, own_tickets, "desk.queue"),
    Source("desk.escalations", rights.ASSIST, escalated_work, "desk.assignments"),
)
