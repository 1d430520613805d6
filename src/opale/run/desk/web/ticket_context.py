"""Contexts of the ticket page's regions."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.timezone import localdate

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.run.desk.actions.messages import recipients_of
from opale.run.desk.listings.tickets import TONES
from opale.run.desk.models import Assignment, Commitment, ServiceOutage, Ticket, TicketAlert
from opale.run.desk.queries import answers, assignments, tickets
from opale.run.desk.queries import clocks as clock_queries
from opale.run.desk.queries.outages import outages_of
from opale.run.desk.queries.related_records import has
from opale.run.desk.queries.ticket_fields import fields_of, values_of
from opale.run.desk.states import ENDED_STATES, TICKET_MOVES, WAITING_STATES, TicketState
from opale.run.events.models import Alert


@dataclass(frozen=True, slots=True)
class ClockLine:
    """A commitment as its bar is drawn."""

    commitment: Commitment
    state: str

    @property
    def soon(self) -> bool:
        """Return whether the time of day alone says when it is due."""
        due = self.commitment.due_at
        return due is not None and localdate(due) == localdate(clock.now())

    @classmethod
    def of(cls, commitment: Commitment) -> "ClockLine":
        if commitment.breached_at:
            return cls(commitment, "late" if commitment.met_at is None else "broken")
        if commitment.met_at:
            return cls(commitment, "met")
        return cls(commitment, "paused" if commitment.due_at is None else "running")


URGENCY = ("late", "running", "paused")
"""The states that the head shows, most urgent first; within one, the earliest due time wins."""


def most_urgent_clock(clocks: list[ClockLine]) -> ClockLine | None:
    """Return the clock in the head of a ticket; none when no commitment is running."""
    owed = [line for line in clocks if line.state in URGENCY]
    return min(owed, key=_when_it_matters, default=None)


def _when_it_matters(line: ClockLine) -> tuple[int, datetime]:
    return URGENCY.index(line.state), line.commitment.due_at or line.commitment.starts_at


def head_context(
    ticket: Ticket,
    actor: Actor,
    alerts: list[Alert] | None = None,
    clocks: list[ClockLine] | None = None,
) -> dict[str, Any]:
    """Return the context of the ticket's head: facts, its first clock, and the available moves.

    `alerts` and `clocks` are those of the ticket, where they have been read already.
    """
    clocks = clocks_of(ticket) if clocks is None else clocks
    may_work = tickets.may_work_on(ticket, actor)
    moves = {m.name for m in TICKET_MOVES if may_work and ticket.state in m.sources}
    promised = answers.promised_update(ticket)
    work = assignments.running_work(ticket) if has(ticket, Assignment) else []
    mine = ticket.owner_id == actor.person_id
    return {
        "ticket": ticket,
        "mine": mine,
        "may_work": may_work,
        "moves": moves,
        "ended": ticket.state in ENDED_STATES,
        "hold": clock_queries.running_pause(ticket) if ticket.state in WAITING_STATES else None,
        "tone": TONES[TicketState(ticket.state)],
        "first_clock": most_urgent_clock(clocks),
        "recipients": recipients_of(ticket),
        "proposed_restoration": tickets.proposed_restoration(ticket, alerts),
        "work": work,
        "helps": bool(work) and not mine and assignments.is_asked(work, actor),
        "promised_update": promised,
        "other_outages": len(outages_of(ticket)) if has(ticket, ServiceOutage) else 0,
        "late_update": promised is not None and promised < clock.now(),
    }


def side_context(ticket: Ticket, actor: Actor) -> dict[str, Any]:
    """Return the context of the side column: clocks, customer, contact, service, item, alerts."""
    alerts = tickets.alerts_of(ticket) if has(ticket, TicketAlert) else []
    offers = bool(alerts) or ticket.customer_id is None
    own_fields = fields_of(ticket)
    may_work = (offers or bool(own_fields)) and tickets.may_work_on(ticket, actor)
    return {
        "ticket": ticket,
        "alerts": alerts,
        "may_work": may_work,
        "clocks": clocks_of(ticket),
        "own_fields": bool(own_fields),
        "field_values": values_of(ticket),
    }


def clocks_of(ticket: Ticket) -> list[ClockLine]:
    return [ClockLine.of(c) for c in clock_queries.commitments_of(ticket)]
