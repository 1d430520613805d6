"""Mail to a supplier about the work asked of it: in its language, with both numbers."""

from collections.abc import Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid
from opale.messaging.models import OutgoingMail
from opale.run.desk.actions.attachments import assign_files, lock_waiting_files, mailed_files
from opale.run.desk.actions.messages import build_internal_note
from opale.run.desk.actions.outgoing_mail import TicketMail, compose_mail, queue_message_mail
from opale.run.desk.models import Assignment, Message, Ticket
from opale.run.desk.models.escalation import describe_checks


def write_to_supplier(
    ticket: Ticket,
    assignment: Assignment,
    body: str,
    *,
    by: Actor,
    attachments: Sequence[int] = (),
) -> Message:
    """Queue the mail and note it on the ticket, inside the transaction of the action.

    Errors: Invalid (no supplier, none with an address, a file that is gone).
    """
    supplier = assignment.supplier
    if supplier is None or not supplier.email:
        raise Invalid(to=_("This escalation has no supplier with an e-mail address."))
    mails = OutgoingMail.objects.filter(message__assignment=assignment).order_by("id")
    earlier = list(mails.values_list("message_id", "subject"))
    with translation.override(supplier.language):
        tried = [] if earlier else [words for _code, words in describe_checks(assignment.tried)]
    files = lock_waiting_files(ticket, attachments, by=by)
    post = TicketMail(
        occasion="supplier",
        to=[supplier.email],
        language=supplier.language,
        agent=by.signature,
        own={
            "text": body,
            "tried": "\n".join(f"- {words}" for words in tried),
            "their_reference": assignment.reference,
        },
        thread=earlier,
        reference=f" [{assignment.reference}]" if assignment.reference else "",
        attachments=mailed_files(files),
    )
    words = compose_mail(ticket, post, by=by)
    message = build_internal_note(
        ticket, words.body, author=by.signature, person_id=by.person_id, assignment=assignment
    )
    queue_message_mail(message, post, by=by, words=words)
    assign_files(files, message)
    return message
