"""What whoever asked adds to a ticket of its own."""

from django.utils.translation import gettext as _

from opale.kernel import clock
from opale.kernel.acting import acting
from opale.kernel.actor import Actor
from opale.kernel.errors import IllegalMove, Invalid
from opale.kernel.isolation import as_house
from opale.kernel.states import record_moves
from opale.run.desk.actions.commitments import refresh_commitments
from opale.run.desk.actions.locking import change_ticket, hold_present
from opale.run.desk.actions.pauses import end_pause
from opale.run.desk.models import Message, Ticket
from opale.run.desk.queries import awaited_approval
from opale.run.desk.rights import REQUEST
from opale.run.desk.states import ENDED_STATES, RESUME, TicketState


def write_as_requester(ticket: Ticket, body: str, *, by: Actor) -> Message:
    """Add a message to a ticket of one's own. It is the answer that the desk may be waiting for.

    Written to the number of a ticket that was merged, it follows.

    Errors: NotFound, NotAllowed, IllegalMove (an ended ticket), Invalid (nothing said).
    """
    if not body.strip():
        raise Invalid(body=_("Write something to send."))
    with as_house(), acting(by):
        held = hold_present(ticket, by=by, right=REQUEST)
        if held.state in ENDED_STATES:
            raise IllegalMove("write", {held.pk: held.state})
        at = clock.now()
        message = Message.objects.create(
            ticket=held,
            customer_id=held.customer_id,
            direction=Message.Direction.RECEIVED,
            visibility=Message.Visibility.PUBLIC,
            author=by.name,
            person_id=by.person_id,
            contact_id=by.contact_id,
            body=body,
            language=held.language,
            at=at,
        )
        if held.state == TicketState.PENDING and not awaited_approval(held):
            end_pause(held, at=at)
            record_moves(Ticket, RESUME.name, {held.pk: held.state}, RESUME.target, by=by, at=at)
            change_ticket(held, state=RESUME.target)
        else:
            change_ticket(held)
        refresh_commitments(held)
    return message
