"""What a line needs is reserved for it, so that its end gives it back.

Source: docs/rules/orders.md, "What is held for it".
"""

from datetime import datetime

from opale.build.orders.actions.creating import LIST
from opale.build.orders.actions.moving import hold_order
from opale.build.orders.models import OrderLine
from opale.build.orders.states import CHANGEABLE
from opale.kernel import changes
from opale.kernel.acting import acting
from opale.kernel.actor import Actor
from opale.kernel.errors import IllegalMove, NotFound
from opale.reservations.actions import Asked, Line, reserve
from opale.reservations.models import Reservation

RESERVE = "reserve"


def reserve_for_line(
    line: OrderLine,
    things: tuple[Line, ...],
    *,
    by: Actor,
    at: datetime | None = None,
    probability: int | None = None,
    expires_at: datetime | None = None,
    source: str = "",
) -> Reservation:
    """Hold people's hours and stock for a line that is still to be delivered: all, or nothing.

    `source` is one that an upper room names for the line (`orders.ports`), else the line's own.

    Errors: NotFound, NotAllowed, IllegalMove (it ended, or may be cancelled), Invalid, Conflict.
    """
    with acting(by):
        order = hold_order(line.order, by=by)
        row = OrderLine.objects.filter(pk=line.pk, order=order).first()
        if row is None:
            raise NotFound
        for one in (order, row):
            if one.state not in CHANGEABLE:
                raise IllegalMove(RESERVE, {one.pk: one.state})
        asked = Asked(
            purpose=f"{order.reference} · {row.item_id}",
            lines=things,
            customer=order.customer,
            source=source or row.source,
            probability=probability,
            expires_at=expires_at,
        )
        made = reserve(asked, by=by, at=at)
        changes.touch(LIST, order.topic, customer_id=order.customer_id)
    return made
