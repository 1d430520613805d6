"""Reservations for order lines, released when the line ends.

Source: docs/rules/orders.md, "What is held for it".
"""

from datetime import datetime

from opale.delivery.orders.actions.moves import lock_order
from opale.delivery.orders.actions.orders import LIST
from opale.delivery.orders.models import OrderLine
from opale.delivery.orders.states import CHANGEABLE
from opale.kernel import live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import IllegalMove, NotFound
from opale.reservations.actions.reservations import Line, NewReservation, reserve
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
    """Reserve people's hours and stock for an undelivered line, all or nothing.

    `source` is a source of another app for the line (`orders.ports`), else the line's own.

    Errors: NotFound, NotAllowed, IllegalMove (it ended, or may be cancelled), Invalid, Conflict.
    """
    with attributed(by):
        order = lock_order(line.order, by=by)
        row = OrderLine.objects.filter(pk=line.pk, order=order).first()
        if row is None:
            raise NotFound
        for one in (order, row):
            if one.state not in CHANGEABLE:
                raise IllegalMove(RESERVE, {one.pk: one.state})
        asked = NewReservation(
            purpose=f"{order.reference} · {row.item_id}",
            lines=things,
            customer=order.customer,
            source=source or row.source,
            probability=probability,
            expires_at=expires_at,
        )
        made = reserve(asked, by=by, at=at)
        live_topics.publish(LIST, order.topic, customer_id=order.customer_id)
    return made
