"""Shifts that colleagues offer to a person."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.run.shifts import rights
from opale.run.shifts.queries import swaps
from opale.ui.work_items import Source, Urgency, WorkItem


def offered_shifts(actor: Actor, at: datetime, limit: int) -> Iterator[WorkItem]:
    """Return the shifts offered to the actor by name."""
    if actor.person_id is None:
        return
    for offer in swaps.offered_to(actor).filter(to=actor.person_id)[:limit]:
        yield WorkItem(
            thing=f"shifts.offer:{offer.pk}",
            kind=_("Shift swap"),
            icon="calendar-time",
            name=str(offer.duty),
            url=reverse("shifts_mine"),
            urgency=Urgency.ANSWER,
            reason=_("%(person)s offers you this shift") % {"person": offer.offered_by},
        )


SOURCES = (Source("shifts.offers", rights.SWAP, offered_shifts),)
