"""The sender of a ticket that came by mail."""

from opale.run.desk.models import Message, Ticket


def sender_of_mail(ticket: Ticket) -> str:
    """Return the address that the ticket's first mail came from; "" where it did not come by
    mail."""
    mails = Message.objects.filter(ticket=ticket, incoming__isnull=False).order_by("at", "id")
    return mails.values_list("incoming__from_address", flat=True).first() or ""
