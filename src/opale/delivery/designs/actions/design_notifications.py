"""Telling solution architects that designs are theirs."""

from django.urls import reverse

from opale.delivery.designs.models import Design
from opale.delivery.designs.notification_kinds import ASSIGNED
from opale.kernel.actor import Actor
from opale.notifications.actions.notify import notify, settle


def notify_assigned(design: Design, *, by: Actor) -> None:
    """Tell the architect of a design that it is theirs; a former one is no longer told."""
    thing = f"designs.design:{design.pk}"
    settle(ASSIGNED, thing=thing, by=by)
    notify(
        ASSIGNED,
        [design.architect] if design.architect is not None else [],
        thing=thing,
        url=reverse("designs_show", args=[design.number]),
        values={
            "design": design.reference,
            "title": design.title,
            "customer": design.customer.name,
        },
        by=by,
    )
