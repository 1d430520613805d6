"""Mail to a supplier about the work asked of it: in its language, with both numbers."""

from dataclasses import replace

from django.utils import translation
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid
from opale.messaging.models import OutgoingMail
from opale.run.desk.actions.conversing import note_for_colleagues
from opale.run.desk.actions.mailing import Post, post_mail, words_of
from opale.run.desk.escalation import described
from opale.run.desk.models import Assignment, Message, Ticket
from opale.run.desk.sent import origin_of_message


def write_to_supplier(ticket: Ticket, assignment: Assignment, body: str, *, by: Actor) -> Message:
    """Queue the mail and note it on the ticket, inside the transaction of the action.

    Errors: Invalid (no supplier, or none with an address).
    """
    supplier = assignment.supplier
    if supplier is None or not supplier.email:
        raise Invalid(to=_("No supplier with an address is asked here."))
    earlier = OutgoingMail.objects.filter(message__assignment=assignment).order_by("id")
    with translation.override(supplier.language):
        tried = [] if earlier else [words for _code, words in described(assignment.tried)]
    post = Post(
        occasion="supplier",
        origin="",
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
    message = note_for_colleagues(
        ticket, words.body, author=by.signature, person_id=by.person_id, assignment=assignment
    )
    post = replace(post, origin=origin_of_message(message.pk))
    mail = post_mail(ticket, post, by=by, words=words)
    Message.objects.filter(pk=message.pk).update(mail=mail)
    message.mail = mail
    return message
