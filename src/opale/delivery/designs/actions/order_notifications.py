"""News of what the order of a design needs and could not reserve."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils import translation
from django.utils.translation import ngettext

from opale.delivery.designs.actions.order_reservations import Unreserved
from opale.delivery.designs.notification_kinds import UNRESERVED
from opale.delivery.orders.models import Order
from opale.kernel.actor import Actor
from opale.notifications.actions.notify import notify
from opale.organisation.queries.teams import leaders_by_function
from opale.organisation.rights import F

MOST_SAID: Final = 10
"""The number of needs that a notification names."""


def notify_unreserved(
    order: Order, missing: Sequence[Unreserved], *, by: Actor, at: datetime
) -> None:
    """Tell the leads of project managers what an order needs and could not reserve."""
    notify(
        UNRESERVED,
        leaders_by_function(F.PROJECT_MANAGER),
        thing=f"designs.order:{order.pk}",
        url=reverse("orders_show", args=[order.number]),
        values={
            "order": order.reference,
            "customer": order.customer.name if order.customer else "–",
            "what_en": _in_words(missing, "en"),
            "what_fr": _in_words(missing, "fr"),
        },
        by=by,
        at=at,
    )


def _in_words(missing: Sequence[Unreserved], language: str) -> str:
    with translation.override(language):
        said = [one.sentence for one in missing[:MOST_SAID]]
        further = len(missing) - len(said)
        if further:
            said.append(ngettext("And %(n)s more.", "And %(n)s more.", further) % {"n": further})
    return " ".join(said)
