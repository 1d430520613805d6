"""Mail to a supplier about the work asked of it: in its language, with both numbers."""

from django.utils import translation
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid
from opale.messaging.models import OutgoingMail
from opale.run.desk.actions.conversing import note_of
from opale.run.desk.actions.mailing import Post, mail_message, words_of
from opale.run.desk.escalation import described
from opale.run.desk.models import Assignment, Message, Ticket


def write_to_supplier(ticket: Ticket, assignment: Assignment, body: str, *, by: Actor) -> Message:
    """Queue the mail and note it on the ticket, inside the transaction of the action.

    Errors: Invalid (no supplier, or none with an address).
    """
    supplier = assignment.supplier
    if supplier is None or not supplier.email:
        raise Invalid(to=_("No supplier with an address is asked here."))
    mails = OutgoingMail.objects.filter(message__assignment=assignment).order_by("id")
    earlier = list(mails.values_list("message_id", "subject"))
    with translation.override(supplier.language):
        tried = [] if earlier else [words for _code, words in described(assignment.tried)]
    post = Post(
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
    )
    words = words_of(ticket, post, by=by)
    message = note_of(
        ticket, words.body, author=by.signature, person_id=by.person_id, assignment=assignment
    )
    return mail_message(message, post, by=by, words=words)
