"""Queries of orders; every list takes the actor who asks."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from opale.customers.models import Customer, Offering
from opale.customers.queries.customers import PEOPLE
from opale.customers.queries.options import options_in_history
from opale.customers.queries.plan_tables import offering_name
from opale.delivery.orders.models import Cancellation, Order, OrderLine, OrdersQuerySet
from opale.delivery.orders.ports import sources_for
from opale.delivery.orders.states import ENDED, OPEN, CancellationState, OrderState
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.history import Revision, merged_revisions, revisions
from opale.reservations.models import Reservation
from opale.reservations.ports import SourceLink
from opale.reservations.queries.reservations import releasable
from opale.reservations.queries.units import ReservedThing, reserved_things

LONGEST_NUMBER = 18
NEWEST = 30
SEE_RESERVED = "reservations.read"
"""The right to see reservations; without it they are not queried, since customers may not see
them."""


def orders(
    *,
    seen_by: Actor,
    level: str = "",
    state: str = "",
    kind: str = "",
    customer_id: int | None = None,
    text: str = "",
) -> OrdersQuerySet[Order]:
    """Return orders that match words of their number, the customer's own number, description or
    customer.

    `state` is one of the states, `open` or `ended`.
    """
    found = Order.objects.visible_to(seen_by).select_related("customer", "contact")
    exact = {"level": level, "kind": kind, "customer_id": customer_id}
    found = found.filter(
        **{name: value for name, value in exact.items() if value not in ("", None)}
    )
    if state in ("open", "ended"):
        found = found.filter(state__in=OPEN if state == "open" else ENDED)
    elif state:
        found = found.filter(state=state)
    for word in text.split():
        number = word.upper().removeprefix("O-")
        named = (
            Q(external_id__iexact=word)
            | Q(description__icontains=word)
            | Q(customer__name__icontains=word)
            | Q(customer__code__iexact=word)
        )
        if number.isdecimal() and len(number) <= LONGEST_NUMBER:
            named |= Q(number=int(number))
        found = found.filter(named)
    return found


def with_lines(found: OrdersQuerySet[Order]) -> OrdersQuerySet[Order]:
    lines = OrderLine.objects.select_related("offering", "service__offering", "site").order_by(
        "position", "id"
    )
    return found.prefetch_related(Prefetch("lines", queryset=lines))


def with_counts(found: OrdersQuerySet[Order]) -> OrdersQuerySet[Order]:
    """Annotate each order with `line_count`."""
    return found.annotate(line_count=Count("lines"))


def get_order(number: int, *, seen_by: Actor, level: str = "") -> Order:
    """Return an order with its lines. Errors: NotFound, whether hidden or missing."""
    found = with_lines(orders(seen_by=seen_by, level=level)).filter(number=number).first()
    if found is None:
        raise NotFound
    return found


def get_line(order: Order, item_id: str, *, seen_by: Actor) -> OrderLine:
    """Errors: NotFound."""
    rows = OrderLine.objects.visible_to(seen_by).select_related(
        "order", "offering", "service__offering", "site"
    )
    found = rows.filter(order=order, item_id=item_id).first()
    if found is None:
        raise NotFound
    return found


def orders_among(order_ids: Sequence[int], *, seen_by: Actor) -> OrdersQuerySet[Order]:
    return with_lines(orders(seen_by=seen_by).filter(pk__in=order_ids))


def cancellations(*, seen_by: Actor, level: str = "") -> OrdersQuerySet[Cancellation]:
    """Return the cancellations that programs requested, with their orders."""
    found = Cancellation.objects.visible_to(seen_by).select_related("order")
    return found.filter(order__level=level) if level else found


def get_cancellation(
    cancellation_id: int, *, seen_by: Actor, level: str = "", order: Order | None = None
) -> Cancellation:
    """Errors: NotFound, hidden and missing alike."""
    rows = cancellations(seen_by=seen_by, level=level).filter(pk=cancellation_id)
    found = (rows.filter(order=order) if order else rows).first()
    if found is None:
        raise NotFound
    return found


def pending_cancellations(order: Order, *, seen_by: Actor) -> list[Cancellation]:
    """Return the cancellations of an order that are not due yet."""
    rows = cancellations(seen_by=seen_by).filter(order=order)
    return list(rows.filter(state=CancellationState.ACKNOWLEDGED).order_by("wanted_at", "pk"))


def orders_to_begin(actor: Actor) -> OrdersQuerySet[Order]:
    """Return the received orders on which no work began, for the rail."""
    return Order.objects.visible_to(actor).filter(state=OrderState.ACKNOWLEDGED)


def count_open_orders(customer_ids: Collection[int], seen_by: Actor) -> dict[int, int]:
    """Count the open orders of each of these customers."""
    rows = Order.objects.visible_to(seen_by).filter(customer__in=customer_ids, state__in=OPEN)
    return dict(rows.order_by().values_list("customer_id").annotate(counted=Count("pk")))


def open_orders_url(customer: Customer) -> str:
    """Return the address of a customer's open orders."""
    return f"{reverse('orders_list')}?{urlencode({'q': customer.code, 'state': 'open'})}"


@dataclass(frozen=True, slots=True)
class HeldReservation:
    """A reservation that a cancellation would release, and what it holds."""

    reservation: Reservation
    item_id: str
    lines: tuple[ReservedThing, ...]


def held_reservations(order: Order, *, seen_by: Actor) -> list[HeldReservation]:
    """Return the reservations of the order and of its undelivered lines."""
    if not seen_by.can(SEE_RESERVED):
        return []
    lines = OrderLine.objects.filter(order=order).exclude(state=OrderState.COMPLETED)
    item_ids = {line.pk: line.item_id for line in lines}
    names = {line.source: line.item_id for line in lines} | {order.source: ""}
    names |= {source: item_ids[pk] for source, pk in sources_for(list(item_ids)).items()}
    rows = releasable(names, seen_by=seen_by)
    return [
        HeldReservation(row, names[row.source], tuple(reserved_things(row.lines.all())))
        for row in rows
    ]


def line_subject(line: OrderLine) -> str:
    """Return the name of a line's offering, in the reader's language."""
    return offering_name(line.offering) if line.offering is not None else ""


def offering_of(line: OrderLine) -> Offering | None:
    """Return the offering of a line: the one added or changed to, else the service's present
    one."""
    if line.offering is not None:
        return line.offering
    return line.service.offering if line.service is not None else None


def changed_fields(line: OrderLine, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a line whose values would change."""
    return {name: value for name, value in fields.items() if value != getattr(line, name)}


def history_of(order: Order, *, seen_by: Actor) -> list[Revision]:
    """Return the revisions of an order and its lines, newest first, with names for readers who may
    see them."""
    if not seen_by.can(PEOPLE):
        return []
    lines = revisions(
        OrderLine, limit=NEWEST, kind=_("a line"), called="item_id", order_id=order.pk
    )
    told = options_in_history(lines, "characteristics")
    return merged_revisions(revisions(Order, limit=NEWEST, id=order.pk), told, limit=NEWEST)


def order_url(order: Order) -> str:
    return reverse("orders_show", args=[order.number])


def links_of_orders(order_ids: Collection[int], seen_by: Actor) -> dict[int, SourceLink]:
    """Return the links to these orders, for what is reserved for them."""
    rows = orders(seen_by=seen_by).filter(pk__in=order_ids)
    return {row.pk: SourceLink(row.reference, order_url(row)) for row in rows}


def links_of_lines(line_ids: Collection[int], seen_by: Actor) -> dict[int, SourceLink]:
    """Return the links to the orders of these lines, for what is reserved for them."""
    rows = OrderLine.objects.visible_to(seen_by).filter(pk__in=line_ids).select_related("order")
    return {
        row.pk: SourceLink(
            _("%(order)s, line %(line)s") % {"order": row.order.reference, "line": row.item_id},
            order_url(row.order),
        )
        for row in rows
    }
