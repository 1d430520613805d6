"""Designs that their architect has to check or to propose."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from opale.delivery.designs import rights
from opale.delivery.designs.actions.designs import LIST
from opale.delivery.designs.queries import designs
from opale.delivery.designs.states import DesignState
from opale.kernel.actor import Actor
from opale.ui.work_items import Source, Urgency, WorkItem


def designs_to_continue(actor: Actor, at: datetime, limit: int) -> Iterator[WorkItem]:
    """Return the actor's designs that are to be checked or proposed."""
    rows = designs.designs_to_continue(actor).select_related("customer")
    for design in rows.order_by("pk")[:limit]:
        draft = design.state == DesignState.DRAFT
        yield WorkItem(
            thing=f"designs.design:{design.pk}",
            kind=_("Design"),
            icon="ruler-2",
            name=str(design),
            url=reverse("designs_show", args=[design.number]),
            urgency=Urgency.OPEN,
            reason=_("to be checked") if draft else _("checked, to be quoted"),
            note=str(design.customer),
        )


SOURCES = (Source("designs.own", rights.WORK, designs_to_continue, LIST),)
