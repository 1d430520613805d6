"""Time that does not count: typed, dated, with its reason.

Source: docs/rules/clocks.md, "Pauses".
"""

from datetime import datetime, timedelta

from opale.kernel import clock
from opale.kernel.acting import acting
from opale.kernel.actor import Actor
from opale.kernel.errors import IllegalMove
from opale.kernel.states import record_moves
from opale.run.desk.actions.commitments import refresh_commitments
from opale.run.desk.actions.locking import change_ticket, hold_ticket
from opale.run.desk.models import Pause, Ticket
from opale.run.desk.states import HOLD, RESUME, WAIT

MICROSECOND = timedelta(microseconds=1)


def pause_ticket(ticket: Ticket, kind: Pause.Kind, *, by: Actor, reason: str = "") -> Ticket:
    """Wait for the customer, or hold for a supplier, a change or an agreed date; GTR stops.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    with acting(by, reason=reason):
        held = hold_ticket(ticket, by=by)
        move = WAIT if kind == Pause.Kind.CUSTOMER else HOLD
        if held.state not in move.sources:
            raise IllegalMove(move.name, {held.pk: held.state})
        at = clock.now()
        Pause.objects.create(
            ticket=held, customer_id=held.customer_id, kind=kind, starts=at, reason=reason
        )
        record_moves(Ticket, move.name, {held.pk: held.state}, move.target, by=by, at=at)
        change_ticket(held, state=move.target)
        refresh_commitments(held)
    return held


def resume_ticket(ticket: Ticket, *, by: Actor) -> Ticket:
    """Go on with the work; the restore clock runs again.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    with acting(by):
        held = hold_ticket(ticket, by=by)
        if held.state not in RESUME.sources:
            raise IllegalMove(RESUME.name, {held.pk: held.state})
        at = clock.now()
        end_pause(held, at=at)
        record_moves(Ticket, RESUME.name, {held.pk: held.state}, RESUME.target, by=by, at=at)
        change_ticket(held, state=RESUME.target)
        refresh_commitments(held)
    return held


def end_pause(ticket: Ticket, *, at: datetime) -> None:
    """End the running pause of a ticket, if one runs."""
    for pause in Pause.objects.select_for_update().filter(ticket=ticket, ends=None):
        ends = max(at, pause.starts + MICROSECOND)
        Pause.objects.filter(pk=pause.pk).update(ends=ends)
