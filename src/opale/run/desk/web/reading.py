"""What the ticket's page shows, gathered for its regions."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.business_time import Segment
from opale.run.desk import queries
from opale.run.desk.actions import recipients_of
from opale.run.desk.models import Commitment, Ticket
from opale.run.desk.states import ENDED_STATES, TICKET_MOVES, TicketState
from opale.run.desk.web import strip

TONES = {
    TicketState.NEW: "new",
    TicketState.IN_PROGRESS: "active",
    TicketState.PENDING: "waiting",
    TicketState.HELD: "waiting",
    TicketState.RESOLVED: "done",
    TicketState.CLOSED: "closed",
    TicketState.CANCELLED: "closed",
    TicketState.REJECTED: "closed",
    TicketState.MERGED: "closed",
}


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One commitment as its bar is drawn."""

    commitment: Commitment
    state: str

    @classmethod
    def of(cls, commitment: Commitment) -> "ClockLine":
        if commitment.breached_at:
            return cls(commitment, "late" if commitment.met_at is None else "broken")
        if commitment.met_at:
            return cls(commitment, "met")
        return cls(commitment, "paused" if commitment.due_at is None else "running")


def head_of(ticket: Ticket, actor: Actor) -> dict[str, Any]:
    """The context of the ticket's head: facts, clocks, and the moves that can be made now."""
    may_work = queries.may_work_on(ticket, actor)
    moves = {m.name for m in TICKET_MOVES if may_work and ticket.state in m.sources}
    return {
        "ticket": ticket,
        "mine": ticket.owner_id == actor.person_id,
        "may_work": may_work,
        "moves": moves,
        "ended": ticket.state in ENDED_STATES,
        "tone": TONES[TicketState(ticket.state)],
        "clocks": [ClockLine.of(c) for c in queries.commitments_of(ticket)],
        "recipients": recipients_of(ticket),
        "proposed_restoration": queries.proposed_restoration(ticket),
    }


def side_of(ticket: Ticket) -> dict[str, Any]:
    """The context of the side column: customer, contact, service, item, alerts."""
    return {"ticket": ticket, "alerts": queries.alerts_of(ticket)}


def explained(ticket: Ticket, measure: str) -> dict[str, Any] | None:
    """The clock of a measure minute by minute, None where it does not apply."""
    found = next((c for m, c in queries.clocks_of(ticket).items() if m == measure), None)
    if found is None:
        return None
    at = clock.now()
    segments = found.explain(at)
    return {
        "ticket": ticket,
        "clock": found,
        "segments": running_total(segments),
        "strip": strip.draw(segments, found.due_at),
        "used": found.used(at),
        "left": found.left(at),
        "breached_at": found.breached_at(at),
        "stored": next((c for c in queries.commitments_of(ticket) if c.measure == measure), None),
    }


def running_total(segments: list[Segment]) -> list[tuple[Segment, timedelta, timedelta]]:
    """Each segment with its length and the time used at its end."""
    total, lines = timedelta(), []
    for segment in segments:
        length = segment.ends - segment.starts
        total += length if segment.counted else timedelta()
        lines.append((segment, length, total))
    return lines
