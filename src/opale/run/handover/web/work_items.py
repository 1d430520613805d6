"""Tickets that are handed over to a person and wait to be accepted."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.run.handover import rights
from opale.run.handover.actions.records import BOARD_TOPIC
from opale.run.handover.queries import records
from opale.ui.work_items import Source, Urgency, WorkItem


def items_to_accept(actor: Actor, at: datetime, limit: int) -> Iterator[WorkItem]:
    """Return the tickets proposed to the actor in a handover that is open."""
    rows = records.cards_waiting_for(actor)
    if rows is None:
        return
    for item in rows.select_related("ticket__customer", "handover").order_by("pk")[:limit]:
        ticket = item.ticket
        yield WorkItem(
            thing=f"desk.ticket:{ticket.pk}",
            kind=_("Handover"),
            icon="clipboard-list",
            name=f"{ticket.reference} {ticket.subject}",
            url=reverse("handover_show", args=[item.handover_id]),
            urgency=Urgency.ANSWER,
            reason=_("handed over to you, to be accepted"),
            note=str(ticket.customer or ""),
        )


SOURCES = (Source("handover.items", rights.WORK, items_to_accept, BOARD_TOPIC),)
