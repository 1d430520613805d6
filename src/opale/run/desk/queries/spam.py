"""The sender of a ticket that came by mail, and whether it was cancelled as spam."""

from django.conf import settings
from django.utils.translation import override, pgettext

from opale.run.desk.models import Message, Ticket
from opale.run.desk.states import TicketState


def spam_cause() -> str:
    """Return the cause of a ticket that is cancelled as spam, in the present language."""
    return pgettext("a mail", "Spam")


def is_marked_as_spam(ticket: Ticket) -> bool:
    """Return whether a ticket was cancelled as spam, in whichever language."""
    if ticket.state != TicketState.CANCELLED:
        return False
    causes = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            causes.add(spam_cause())
    return ticket.cause in causes


def sender_of_mail(ticket: Ticket) -> str:
    """Return the address that the ticket's first mail came from; "" where it did not come by
    mail."""
    mails = Message.objects.filter(ticket=ticket, incoming__isnull=False).order_by("at", "id")
    return mails.values_list("incoming__from_address", flat=True).first() or ""
