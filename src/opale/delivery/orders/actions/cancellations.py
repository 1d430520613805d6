"""Cancellations requested by programs, at once or for a day, with the effect of one by hand.

Source: docs/rules/orders.md, "Cancelling".
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from opale.delivery.orders.actions.moves import cancel_order, lock_order
from opale.delivery.orders.actions.orders import LIST, checked_texts
from opale.delivery.orders.domain.timestamps import parse_moment, truncate_to_millisecond
from opale.delivery.orders.facts import CancellationAsked, CancellationEnded
from opale.delivery.orders.models import Cancellation, Order
from opale.delivery.orders.rights import WORK
from opale.delivery.orders.states import (
    CARRY_OUT,
    GIVE_UP,
    TAKEN_BACK,
    CancellationState,
    OrderState,
)
from opale.kernel import clock, live_topics
from opale.kernel.action_steps import lock_row
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import IllegalMove, Invalid
from opale.kernel.facts import announce
from opale.kernel.states import perform

LONGEST: Final = 300
MOST_AT_ONCE: Final = 200


def request_cancellation(
    order: Order,
    *,
    by: Actor,
    reason: str = "",
    wanted_text: str = "",
    said: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> Cancellation:
    """Request the cancellation of an order, at once or for a day; the returned task holds its
    outcome.

    Errors: NotFound, NotAllowed, Invalid.
    """
    moment = truncate_to_millisecond(at or clock.now())
    wanted = parse_moment(wanted_text, field="requestedCancellationDate")
    if len(reason) > LONGEST:
        raise Invalid(
            cancellationReason=_("Give at most %(limit)s characters.") % {"limit": LONGEST}
        )
    with attributed(by, reason=reason):
        held = lock_order(order, by=by)
        row = Cancellation.objects.create(
            order=held,
            customer_id=held.customer_id,
            reason=reason.strip(),
            asked_at=moment,
            wanted_at=wanted,
            said=dict(said or {}),
            **checked_texts(wanted_text=wanted_text),
        )
        announce(
            CancellationAsked(
                cancellation_id=row.pk,
                order_id=held.pk,
                level=held.level,
                customer_id=held.customer_id,
                at=moment,
            ),
            by=by,
        )
        live_topics.publish(LIST, held.topic, customer_id=held.customer_id)
        if wanted is None or wanted <= moment:
            _carry_out(row, held, by=by, at=moment)
    return row


def carry_out_cancellations(*, by: Actor, at: datetime) -> int:
    """Carry out the cancellations that are due, longest due first, one by one;
    return how many."""
    due = Cancellation.objects.filter(state=CancellationState.ACKNOWLEDGED, wanted_at__lte=at)
    rows = list(due.select_related("order").order_by("wanted_at", "pk")[:MOST_AT_ONCE])
    moment = truncate_to_millisecond(at)
    for row in rows:
        with attributed(by, reason=row.reason):
            order = lock_order(row.order, by=by)
            held = lock_row(Cancellation.objects.filter(pk=row.pk), by, WORK)
            if held.state == CancellationState.ACKNOWLEDGED:
                _carry_out(held, order, by=by, at=moment)
    return len(rows)


def withdraw_cancellation(row: Cancellation, *, by: Actor, at: datetime | None = None) -> None:
    """Withdraw a cancellation requested for a later day.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    moment = truncate_to_millisecond(at or clock.now())
    with attributed(by):
        order = lock_order(row.order, by=by)
        held = lock_row(Cancellation.objects.filter(pk=row.pk), by, WORK)
        _end(held, order, TAKEN_BACK, by=by, at=moment)


def _carry_out(row: Cancellation, order: Order, *, by: Actor, at: datetime) -> None:
    obstacle = ""
    if order.state != OrderState.CANCELLED:
        try:
            with transaction.atomic():
                cancel_order(order, by=by, at=at, reason=row.reason)
        except IllegalMove:
            obstacle = order.state
    _end(row, order, obstacle, by=by, at=at)


def _end(row: Cancellation, order: Order, obstacle: str, *, by: Actor, at: datetime) -> None:
    """Close a cancellation; with an obstacle, it was not carried out. Errors: IllegalMove."""
    move = GIVE_UP if obstacle else CARRY_OUT
    rows = Cancellation.objects.filter(pk=row.pk)
    perform(move, rows, by=by, at=at, ended_at=at, obstacle=obstacle)
    row.refresh_from_db()
    live_topics.publish(LIST, order.topic, customer_id=order.customer_id)
    announce(
        CancellationEnded(
            cancellation_id=row.pk,
            order_id=order.pk,
            level=order.level,
            customer_id=order.customer_id,
            state=row.state,
            at=at,
        ),
        by=by,
    )
