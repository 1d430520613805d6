"""Rejection of a request, with a chosen reason told to the requester."""

from django.utils import translation
from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import IllegalMove
from opale.kernel.facts import announce
from opale.run.desk.actions.assignments import withdraw_running
from opale.run.desk.actions.commitments import refresh_commitments
from opale.run.desk.actions.messages import notify_requester
from opale.run.desk.actions.pauses import end_pause
from opale.run.desk.actions.ticket_locks import change_ticket, lock_ticket, record_ticket_moves
from opale.run.desk.facts import TicketRejected
from opale.run.desk.models import Refusal, Ticket
from opale.run.desk.states import REJECT


def reject_ticket(ticket: Ticket, reason: Refusal, *, by: Actor, note: str = "") -> Ticket:
    """Reject a request. The requester reads the reason, and the note if there is one.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    with attributed(by, reason=reason):
        held = lock_ticket(ticket, by=by)
        reject_locked_ticket(held, reason, by=by, author=by.signature, note=note)
    return held


def reject_locked_ticket(
    held: Ticket, reason: Refusal, *, by: Actor, author: str, note: str = ""
) -> None:
    """Reject a ticket that the current action holds.

    Errors: IllegalMove.
    """
    if held.state not in REJECT.sources:
        raise IllegalMove(REJECT.name, {held.pk: held.state})
    at = clock.now()
    end_pause(held, at=at)
    withdraw_running(held, by=by, at=at)
    record_ticket_moves(REJECT.name, {held.pk: held.state}, REJECT.target, by=by, at=at)
    with translation.override(held.language):
        because = str(reason.label)
        body = _("We cannot carry out your request %(number)s: %(because)s.") % {
            "number": held.reference,
            "because": because[:1].lower() + because[1:],
        }
        told = because
        if note.strip():
            told = _("%(because)s: %(note)s") % {"because": because, "note": note.strip()}
    change_ticket(held, state=REJECT.target, closed_at=at, cause=told)
    notify_requester(held, f"{body}\n\n{note}".strip(), by=by, author=author, occasion="refusal")
    refresh_commitments(held)
    announce(TicketRejected(ticket_id=held.pk, reason=reason, at=at), by=by)
