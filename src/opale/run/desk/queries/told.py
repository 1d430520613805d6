"""Tickets as they are named on the pages of rooms below."""

from collections.abc import Collection

from django.urls import reverse

from opale.kernel.actor import Actor
from opale.messaging.ports import Thing
from opale.run.desk.models import Ticket


def told_tickets(ids: Collection[int], seen_by: Actor) -> dict[int, Thing]:
    rows = Ticket.objects.visible_to(seen_by).filter(pk__in=ids)
    return {
        pk: Thing(f"T-{number}", number, reverse("desk_ticket", args=[number]))
        for pk, number in rows.values_list("pk", "number")
    }
