"""Recall of an answer whose mail has not left yet, as if it was never sent.

Source: docs/rules/drafts.md, "A word taken back".
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, NotAllowed, NotFound
from opale.messaging.actions.outgoing import take_back_mail
from opale.run.desk.actions.commitments import refresh_commitments
from opale.run.desk.actions.ticket_locks import change_ticket, lock_current_ticket
from opale.run.desk.models import Attachment, Message, Ticket, WrittenDraft


@dataclass(frozen=True, slots=True)
class CustomerUpdateState:
    """The customer updates of a ticket before a message was sent."""

    customer_told_at: datetime | None
    answered_at: datetime | None

    @classmethod
    def of(cls, ticket: Ticket) -> "CustomerUpdateState":
        return cls(ticket.customer_told_at, ticket.answered_at)


def recall_message(message: Message, before: CustomerUpdateState, *, by: Actor) -> Ticket:
    """Recall an answer whose mail still waits; clocks and files return to their state `before`.

    Only its author may. A message moved to another ticket meanwhile stays.
    Errors: NotFound, NotAllowed (another's), Conflict (its mail is leaving).
    """
    with attributed(by):
        held = lock_current_ticket(message.ticket, by=by)
        row = Message.objects.select_related("mail").filter(pk=message.pk).first()
        if row is None or row.mail is None:
            raise NotFound
        if by.person_id is None or row.person_id != by.person_id:
            raise NotAllowed
        if row.ticket_id != held.pk or row.moves.exists():
            raise Conflict(
                _("This message was moved to another ticket and can no longer be recalled.")
            )
        Message.objects.filter(pk=row.pk).update(mail=None)
        take_back_mail(row.mail, by=by)
        files = Attachment.objects.filter(message=row)
        files.update(
            message=None,
            visibility=Message.Visibility.INTERNAL,
            draft_kind=WrittenDraft.Kind.PUBLIC,
        )
        row.delete()
        _tell_as_before(held, row.at, before)
    return held


def _tell_as_before(ticket: Ticket, at: datetime, before: CustomerUpdateState) -> None:
    """Restore the customer updates, keeping those that colleagues sent since."""
    since = Message.objects.filter(ticket=ticket, direction=Message.Direction.SENT, at__gt=at)
    told = list(since.order_by("at", "id").values_list("at", flat=True))
    written = since.exclude(mail__automatic=True).order_by("at", "id")
    change_ticket(
        ticket,
        customer_told_at=told[-1] if told else before.customer_told_at,
        answered_at=before.answered_at or written.values_list("at", flat=True).first(),
    )
    refresh_commitments(ticket)
