"""Names and links of desk records for the mail pages of lower rooms."""

from collections.abc import Collection

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.messaging.ports import MailSubject
from opale.run.desk.models import Following, Message, Ticket


def visible_tickets(seen_by: Actor) -> QuerySet[Ticket]:
    return Ticket.objects.visible_to(seen_by)


def visible_messages(seen_by: Actor) -> QuerySet[Message]:
    """Return the messages that the actor may see, on tickets that the actor may see."""
    seen = Ticket.objects.visible_to(seen_by).values("pk")
    return Message.objects.visible_to(seen_by).filter(ticket__in=seen)


def own_digests(seen_by: Actor) -> QuerySet[Following]:
    return Following.objects.filter(person=seen_by.person_id or 0)


def ticket_links(ids: Collection[int], seen_by: Actor) -> dict[int, MailSubject]:
    rows = visible_tickets(seen_by).filter(pk__in=ids)
    return {
        pk: MailSubject(f"T-{number}", number, reverse("desk_ticket", args=[number]))
        for pk, number in rows.values_list("pk", "number")
    }


def message_links(ids: Collection[int], seen_by: Actor) -> dict[int, MailSubject]:
    """Return the tickets on which the messages were written."""
    rows = visible_messages(seen_by).filter(pk__in=ids)
    return {
        pk: MailSubject(f"T-{number}", number, reverse("desk_ticket", args=[number]))
        for pk, number in rows.values_list("pk", "ticket__number")
    }


def digest_links(ids: Collection[int], seen_by: Actor) -> dict[int, MailSubject]:
    """Return the reader's own digests: those of others may hold tickets that the reader cannot
    see."""
    own = own_digests(seen_by).filter(pk__in=ids)
    return {pk: MailSubject(_("Digest"), 0, "") for pk in own.values_list("pk", flat=True)}
