"""Colleagues who have a ticket open now."""

from datetime import timedelta

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.run.desk.models import Presence, Ticket
from opale.run.desk.rights import CONSOLE

FRESH_FOR = timedelta(seconds=60)
MOST = 300


def list_presence(*, seen_by: Actor) -> list[Presence]:
    """Return colleagues on tickets that the actor may see, without the actor; for the desk
    alone."""
    if not seen_by.can(CONSOLE):
        return []
    here = Presence.objects.filter(seen_at__gt=clock.now() - FRESH_FOR)
    here = here.exclude(person_id=seen_by.person_id or 0)
    # Few rows, each found by its ticket's key.
    tickets = Ticket.objects.visible_to(seen_by).filter(pk__in=here.values("ticket_id"))
    rows = here.filter(ticket__in=tickets.values("pk")).select_related("person", "ticket")
    return list(rows.order_by("ticket_id", "seen_at")[:MOST])
