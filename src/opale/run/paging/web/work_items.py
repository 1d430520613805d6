"""Pages that wait for their person's answer."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.run.paging import rights
from opale.run.paging.actions.mobilisations import BOARD
from opale.run.paging.queries import mobilisations
from opale.run.paging.states import UNANSWERED
from opale.ui.work_items import Source, Urgency, WorkItem


def pages_to_answer(actor: Actor, at: datetime, limit: int) -> Iterator[WorkItem]:
    """Return the alerts and tickets for which the actor is paged and nobody has answered."""
    rows = mobilisations.own_pages(seen_by=actor).filter(
        mobilisation__state__in=sorted(UNANSWERED), due_at__lte=at
    )
    for page in rows.order_by("-due_at", "pk")[:limit]:
        called = page.mobilisation
        yield WorkItem(
            thing=called.about or f"mobilisation:{called.pk}",
            kind=_("On-call"),
            icon="bell-ringing",
            name=called.title,
            url=reverse("paging_mobilisation", args=[called.pk]),
            urgency=Urgency.PAGED,
            reason=_("you are paged until somebody acknowledges"),
            note=str(called.customer or ""),
        )


SOURCES = (Source("paging.pages", rights.OWN, pages_to_answer, BOARD),)
