"""The list of orders."""

from datetime import date, datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from opale.customers.listings.columns import customer_filter
from opale.delivery.orders import queries
from opale.delivery.orders.actions import moves, orders
from opale.delivery.orders.models import Order as PurchaseOrder
from opale.delivery.orders.models import OrdersQuerySet
from opale.delivery.orders.rights import READ, WORK
from opale.delivery.orders.states import ACKNOWLEDGE, CANCEL, HOLD, REJECT, START, WAIT, OrderState
from opale.kernel.actor import Actor
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Group, Jump, Listing, New, RowAct
from opale.listings.filters import Choice, Span, Words
from opale.listings.jumps import matching_line
from opale.ui.components.badges import state

TONES = {
    OrderState.ACKNOWLEDGED: "new",
    OrderState.PENDING: "waiting",
    OrderState.HELD: "waiting",
    OrderState.IN_PROGRESS: "active",
    OrderState.ASSESSING: "waiting",
    OrderState.CANCELLING: "waiting",
    OrderState.COMPLETED: "done",
    OrderState.PARTIAL: "done",
    OrderState.FAILED: "bad",
    OrderState.REJECTED: "bad",
    OrderState.CANCELLED: "closed",
}
ASKED_FOR = frozenset({CANCEL.name, REJECT.name})
"""Moves with a page of their own, for the reason and for what a cancellation releases."""
STANDING = (("open", pgettext_lazy("orders", "Open")), ("ended", pgettext_lazy("orders", "Closed")))


def _with_counts(rows: OrdersQuerySet[PurchaseOrder], _actor: Actor) -> QuerySet[PurchaseOrder]:
    return queries.with_counts(rows)


def _customer(order: PurchaseOrder) -> object:
    if order.customer is not None:
        return order.customer.name
    return format_html('<span class="o-quiet">{}</span>', _("not set"))


def _about(order: PurchaseOrder) -> str:
    return Truncator(order.description).chars(90) or order.external_id


def _day(at: datetime | None) -> date | None:
    return timezone.localdate(at) if at else None


ORDERS = Listing(
    name="orders",
    title=gettext_lazy("Orders"),
    right=READ,
    url_name="orders_list",
    model=PurchaseOrder,
    rows=queries.orders,
    order=Order(("-number",)),
    topic=orders.LIST,
    new=New(gettext_lazy("New order"), "orders_create_order", WORK),
    empty=Empty(
        "file-text",
        gettext_lazy("No order matches your filters"),
        gettext_lazy("No orders yet"),
        gettext_lazy(
            "Orders are created here, imported from files, or received through the TM Forum APIs."
        ),
    ),
    columns=(
        Column(
            "order", pgettext_lazy("a purchase order", "Order"), "reference", order="number",
            fixed=True, style="number", link=lambda one: reverse("orders_show", args=[one.number]),
        ),
        Column(
            "customer", gettext_lazy("Customer"), "customer__name", cell=_customer, order=True,
            group=Group("customer"),
        ),
        Column(
            "about", pgettext_lazy("an order", "Product"), "description", cell=_about, style="fill"
        ),
        Column(
            "external_id", pgettext_lazy("an order", "Customer reference"), "external_id",
            shown=False,
        ),
        Column(
            "kind", pgettext_lazy("an order", "Kind"), "kind", order=True, group=Group("kind")
        ),
        Column(
            "level", pgettext_lazy("an order", "Level"), "level", shown=False, group=Group("level")
        ),
        Column(
            "state", gettext_lazy("State"), "state", order=True, group=Group("state"),
            cell=lambda one: state(one.get_state_display(), TONES[OrderState(one.state)]),
        ),
        Column(
            "lines", pgettext_lazy("an order", "Lines"), "line_count", loads=_with_counts,
            style="end",
        ),
        Column("priority", gettext_lazy("Priority"), "priority", order=True, shown=False),
        Column(
            "wanted", pgettext_lazy("an order", "Wanted date"), lambda one: _day(one.wanted_at),
            order="wanted_at",
        ),
        Column(
            "ordered", pgettext_lazy("an order", "Ordered"), lambda one: _day(one.ordered_at),
            order="ordered_at",
        ),
    ),
    filters=(
        Words(label=gettext_lazy("Number, customer or text")),
        Choice(
            "state", gettext_lazy("State"), STANDING, more=OrderState.choices, argument="state"
        ),
        Choice(
            "kind", pgettext_lazy("an order", "Kind"), PurchaseOrder.Kind.choices, argument="kind"
        ),
        Choice(
            "level", pgettext_lazy("an order", "Level"), PurchaseOrder.Level.choices,
            argument="level", menu=True,
        ),
        customer_filter(argument="customer_id", api="customer"),
        Span("ordered", pgettext_lazy("an order", "Ordered"), lookup="ordered_at", moment=True),
        Span("wanted", pgettext_lazy("an order", "Wanted date"), lookup="wanted_at", moment=True),
    ),
    acts=tuple(
        RowAct.of_move(move, moves.move_order) for move in (ACKNOWLEDGE, START, WAIT, HOLD)
    ),
    jump=Jump(
        label=lambda row: row.reference,
        url=lambda row: reverse("orders_show", args=[row.number]),
        note=lambda row: row.customer.name if row.customer else "",
        match=lambda row, text: matching_line(row.description, text),
        group=gettext_lazy("Orders"),
        icon="file-text",
        starts="O-",
    ),
)  # fmt: skip
