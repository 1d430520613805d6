"""Mail to a supplier about the work asked of it: in its language, with both numbers."""

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid
from opale.messaging.actions import queue_mail
from opale.messaging.models import OutgoingMail
from opale.run.desk.actions.conversing import note_for_colleagues
from opale.run.desk.escalation import described
from opale.run.desk.models import Assignment, Message, Ticket

SUPPLIER_TEMPLATE = "desk/mail/supplier.txt"


def write_to_supplier(ticket: Ticket, assignment: Assignment, body: str, *, by: Actor) -> Message:
    """Queue the mail and note it on the ticket, inside the transaction of the action.

    Errors: Invalid (no supplier, or none with an address).
    """
    supplier = assignment.supplier
    if supplier is None or not supplier.email:
        raise Invalid(to=_("No supplier with an address is asked here."))
    earlier = OutgoingMail.objects.filter(message__assignment=assignment).order_by("id")
    thread = list(earlier.values_list("message_id", flat=True))
    with translation.override(supplier.language):
        text = render_to_string(
            SUPPLIER_TEMPLATE,
            {
                "ticket": ticket,
                "assignment": assignment,
                "body": body,
                "agent": by.signature,
                "tried": [] if thread else [words for _code, words in described(assignment.tried)],
            },
        )
    theirs = f" [{assignment.reference}]" if assignment.reference else ""
    message = note_for_colleagues(
        ticket, text, author=by.signature, person_id=by.person_id, assignment=assignment
    )
    mail = queue_mail(
        by=by,
        origin=f"desk.message:{message.pk}",
        to=[supplier.email],
        subject=f"[{ticket.reference}]{theirs} {ticket.subject}",
        body=text,
        language=supplier.language,
        answers=thread,
    )
    Message.objects.filter(pk=message.pk).update(mail=mail)
    message.mail = mail
    return message
