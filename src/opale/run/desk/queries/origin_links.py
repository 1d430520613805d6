"""Names and links of desk records for the mail pages of lower rooms."""

from collections.abc import Collection

from django.urls import reverse
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.messaging.ports import MailSubject
from opale.run.desk.models import Following, Message, Ticket


def ticket_links(ids: Collection[int], seen_by: Actor) -> dict[int, MailSubject]:
    rows = Ticket.objects.visible_to(seen_by).filter(pk__in=ids)
    return {
        pk: MailSubject(f"T-{number}", number, reverse("desk_ticket", args=[number]))
        for pk, number in rows.values_list("pk", "number")
    }


def message_links(ids: Collection[int], seen_by: Actor) -> dict[int, MailSubject]:
    """Return the tickets on which the messages were written."""
    seen = Ticket.objects.visible_to(seen_by).values("pk")
    rows = Message.objects.visible_to(seen_by).filter(pk__in=ids, ticket__in=seen)
    return {
        pk: MailSubject(f"T-{number}", number, reverse("desk_ticket", args=[number]))
        for pk, number in rows.values_list("pk", "ticket__number")
    }


def digest_links(ids: Collection[int], seen_by: Actor) -> dict[int, MailSubject]:
    """Return the reader's own digests: those of others may hold tickets that the reader cannot
    see."""
    own = Following.objects.filter(pk__in=ids, person=seen_by.person_id or 0)
    return {pk: MailSubject(_("Digest"), 0, "") for pk in own.values_list("pk", flat=True)}
