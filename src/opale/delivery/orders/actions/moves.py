"""State changes of orders and lines; ended ones release their reservations.

An order ends when all its lines have ended. Source: docs/rules/orders.md, "States" and
"Cancelling".
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from opale.delivery.orders.actions.orders import LIST
from opale.delivery.orders.domain.timestamps import truncate_to_millisecond
from opale.delivery.orders.facts import OrderChanged, OrderDeleted, OrderMoved
from opale.delivery.orders.models import Order, OrderLine
from opale.delivery.orders.ports import sources_for, unfinished_for
from opale.delivery.orders.rights import WORK
from opale.delivery.orders.states import (
    CANCEL,
    DELETABLE,
    ENDED,
    OPEN,
    REJECT,
    START,
    OrderState,
    end_of,
)
from opale.kernel import clock, live_topics
from opale.kernel.action_steps import lock_row
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid
from opale.kernel.facts import announce
from opale.kernel.models import StateMove
from opale.kernel.states import Move, perform
from opale.reservations.actions.releases import release_all


def move_order(
    order: Order, move: Move, *, by: Actor, at: datetime | None = None, reason: str = ""
) -> Order:
    """Move an order, and those of its lines that can make the same move.

    Units: `at` is the trade time of the move.
    Errors: NotFound, NotAllowed, IllegalMove, Invalid (a line names nothing to deliver).
    """
    moment = truncate_to_millisecond(at or clock.now())
    _check_reason(move, reason)
    with attributed(by, reason=reason):
        held = lock_order(order, by=by)
        if held.state not in move.sources:
            raise IllegalMove(move.name, {held.pk: held.state})
        if move is START:
            _require_ready(held)
        lines = _lines_for(move, held)
        if lines:
            perform(move, OrderLine.objects.filter(pk__in=lines), by=by, at=moment)
        if move.target in ENDED:
            _settle(held, move, by=by, at=moment, reason=reason)
        else:
            rows = Order.objects.filter(pk=held.pk)
            perform(move, rows, by=by, at=moment, reason=reason.strip())
        _tell(held, by=by, at=moment)
    return held


def cancel_order(order: Order, *, by: Actor, at: datetime | None = None, reason: str = "") -> Order:
    """Cancel the undelivered lines of an order, and release their reservations.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    return move_order(order, CANCEL, by=by, at=at, reason=reason)


def move_line(
    line: OrderLine, move: Move, *, by: Actor, at: datetime | None = None, reason: str = ""
) -> Order:
    """Move one line; the order ends with its last line.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    moment = truncate_to_millisecond(at or clock.now())
    with attributed(by, reason=reason):
        held = lock_order(line.order, by=by)
        beginning = move.target == OrderState.IN_PROGRESS
        if held.state not in ({OrderState.IN_PROGRESS} if beginning else OPEN):
            raise IllegalMove(move.name, {held.pk: held.state})
        if beginning:
            _require_said([line])
        rows = OrderLine.objects.filter(pk=line.pk, order=held)
        perform(move, rows, by=by, at=moment)
        if move.target in ENDED:
            _settle(held, move, by=by, at=moment, reason=reason)
        _tell(held, by=by, at=moment)
    return held


def delete_order(order: Order, *, by: Actor, at: datetime | None = None) -> None:
    """Delete an order on which no work began, with its reservations; its history stays.

    Errors: NotFound, NotAllowed, Conflict.
    """
    moment = truncate_to_millisecond(at or clock.now())
    with attributed(by):
        held = lock_order(order, by=by)
        lines = list(OrderLine.objects.filter(order=held))
        if held.state not in DELETABLE or _begun(held, lines):
            raise Conflict(_("Work on this order has started: it cannot be deleted."))
        release_all([held.source, *(line.source for line in lines)], by=by, at=moment)
        live_topics.publish(LIST, held.topic, customer_id=held.customer_id)
        announce(
            OrderDeleted(
                number=held.number, level=held.level, customer_id=held.customer_id, at=moment
            ),
            by=by,
        )
        held.delete()


def discard_line(line: OrderLine, *, by: Actor, at: datetime | None = None) -> None:
    """Delete a line that was entered by mistake, and the order with its last line.

    Errors: NotFound, NotAllowed, Conflict.
    """
    moment = truncate_to_millisecond(at or clock.now())
    with attributed(by):
        held = lock_order(line.order, by=by)
        lines = list(OrderLine.objects.filter(order=held))
        if held.state not in DELETABLE or _begun(held, lines):
            raise Conflict(_("Work on this order has started: it cannot be deleted."))
        if [one.pk for one in lines] == [line.pk]:
            delete_order(held, by=by, at=moment)
            return
        release_all([line.source], by=by, at=moment)
        OrderLine.objects.filter(pk=line.pk, order=held).delete()
        announce_change(held, by=by, at=moment)


def announce_change(order: Order, *, by: Actor, at: datetime) -> None:
    live_topics.publish(LIST, order.topic, customer_id=order.customer_id)
    announce(
        OrderChanged(order_id=order.pk, level=order.level, customer_id=order.customer_id, at=at),
        by=by,
    )


def _begun(order: Order, lines: Collection[OrderLine]) -> bool:
    about = Q(subject=Order._meta.label_lower, subject_id=order.pk) | Q(
        subject=OrderLine._meta.label_lower, subject_id__in=[line.pk for line in lines]
    )
    return StateMove.objects.filter(about, target=OrderState.IN_PROGRESS).exists()


def lock_order(order: Order, *, by: Actor) -> Order:
    """Return the order with its row locked, so that reservations and changes are serialised.

    Errors: NotFound, NotAllowed.
    """
    return lock_row(Order.objects.filter(pk=order.pk), by, WORK)


def _lines_for(move: Move, order: Order) -> list[int]:
    """Return the open lines that the move takes along; an ending move takes all that can."""
    rows = OrderLine.objects.filter(order=order, state__in=move.sources & OPEN)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _settle(order: Order, move: Move, *, by: Actor, at: datetime, reason: str) -> None:
    """End the order when no line is open, and release the reservations of ended lines."""
    lines = list(OrderLine.objects.filter(order=order).order_by("pk"))
    undelivered = [one for one in lines if one.state in ENDED - {OrderState.COMPLETED}]
    sources = [one.source for one in undelivered]
    sources += sources_for([one.pk for one in undelivered])
    if not any(one.state in OPEN for one in lines):
        target = end_of([one.state for one in lines], move.target)
        ending = Move(move.name, OPEN, target, WORK)
        rows = Order.objects.filter(pk=order.pk)
        perform(ending, rows, by=by, at=at, reason=reason.strip(), **_dates(target, at))
        if target in (OrderState.COMPLETED, OrderState.PARTIAL):
            sources += unfinished_for([one.pk for one in lines])
        else:
            sources.append(order.source)
    if sources:
        release_all(sources, by=by, at=at)


def _dates(target: str, at: datetime) -> dict[str, Any]:
    if target == OrderState.CANCELLED:
        return {"cancelled_at": at}
    return {"completed_at": at} if target in (OrderState.COMPLETED, OrderState.PARTIAL) else {}


def _require_ready(order: Order) -> None:
    """Require a known customer and known items before work begins. Errors: Invalid."""
    if order.customer_id is None:
        raise Invalid(customer=_("Set the customer before you start the order."))
    _require_said(OrderLine.objects.filter(order=order, state__in=OPEN))


def _require_said(lines: Iterable[OrderLine]) -> None:
    if unknown := unnamed_lines(lines):
        raise Invalid(
            lines=_("Select the product of these lines first: %(names)s.")
            % {"names": ", ".join(unknown)}
        )


def unnamed_lines(lines: Iterable[OrderLine]) -> list[str]:
    """Return the lines that name neither an offering nor a service."""
    add = OrderLine.Action.ADD
    return [
        line.item_id
        for line in lines
        if (line.offering_id if line.action == add else line.service_id) is None
    ]


def _check_reason(move: Move, reason: str) -> None:
    if move is REJECT and not reason.strip():
        raise Invalid(reason=_("Enter a reason. The customer reads it."))
    if len(reason) > 300:
        raise Invalid(reason=_("Give at most %(limit)s characters.") % {"limit": 300})


def _tell(order: Order, *, by: Actor, at: datetime) -> None:
    order.refresh_from_db()
    live_topics.publish(LIST, order.topic, customer_id=order.customer_id)
    announce(
        OrderMoved(
            order_id=order.pk,
            level=order.level,
            customer_id=order.customer_id,
            state=order.state,
            at=at,
        ),
        by=by,
    )
