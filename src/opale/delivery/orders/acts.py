"""Acts of orders on their pages; programs use TM Forum's interfaces (`api`)."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Place, Subject, button, change, create, form, moves, place
from opale.delivery.orders import queries
from opale.delivery.orders.actions import cancellations, changes, orders
from opale.delivery.orders.actions import moves as move_actions
from opale.delivery.orders.forms import LineForm, NewOrderForm, OrderForm, ReasonForm
from opale.delivery.orders.models import Cancellation, Order, OrderLine
from opale.delivery.orders.rights import WORK
from opale.delivery.orders.states import (
    CANCEL,
    CHANGEABLE,
    OPEN,
    ORDER_MOVES,
    REJECT,
    CancellationState,
)
from opale.kernel.actor import Actor

ASKED_FOR = (CANCEL, REJECT)
"""Moves with a page of their own, for the reason and for what a cancellation releases."""


def place_of_order(order: Order) -> Place:
    return reverse("orders_show", args=[order.number]), order.reference


def get_line(line_name: str, *, seen_by: Actor, order: Order) -> OrderLine:
    return queries.get_line(order, line_name, seen_by=seen_by)


def new_state(order: Order, _made: Any) -> str:
    """Return the order with its new state."""
    order.refresh_from_db(fields=["state"])
    named = {"order": order.reference, "state": order.get_state_display().lower()}
    return gettext("Order %(order)s: %(state)s.") % named


def written_options(line: OrderLine, _by: Actor) -> dict[str, Any]:
    return {"characteristics": line.characteristics, "wanted": line.wanted_at}


ORDERS: Subject[Order] = Subject(
    name="orders", page="orders/", home=place("orders_list", _("Orders"))
)
ORDER = Subject(
    name="order", model=Order, get=queries.get_order, column="number",
    page="orders/<int:order_number>/", home=place_of_order, states=OPEN,
)  # fmt: skip
LINE = Subject(
    name="line", model=OrderLine, get=get_line, column="item_id", within=ORDER,
    page="lines/<line_name:line_name>/", home=lambda line: place_of_order(line.order),
    states=CHANGEABLE,
)  # fmt: skip
CANCELLATION = Subject(
    name="cancellation", model=Cancellation, get=queries.get_cancellation, within=ORDER,
    page="cancellations/<int:cancellation_id>/", home=lambda row: place_of_order(row.order),
    states={CancellationState.ACKNOWLEDGED},
)  # fmt: skip

ACTS = (
    create(
        ORDERS, orders.create_order, "create_order", WORK, NewOrderForm, noun=None, page="new",
        made=ORDER, title=_("New order"), submit=_("Create order"), icon="plus", key="c",
        tone="primary", said=_("Order acknowledged."),
    ),
    change(
        ORDER, changes.change_order, "change_order", WORK, OrderForm, noun=None, states=CHANGEABLE,
        initial=lambda order, _by: {"wanted": order.wanted_at}, title=_("Edit order"),
        submit=_("Save"), label=_("Edit"), icon="edit", key="e", said=_("Order saved."),
    ),
    create(
        ORDER, changes.add_line, "add_order_line", WORK, LineForm, noun=None, page="further-line",
        home=place_of_order, states=CHANGEABLE, title=_("Add line"), submit=_("Add"),
        icon="plus", initial=lambda order, _by: {"action": orders.ACTION_OF[order.kind]},
        said=_("Line added."), made=ORDER,
    ),
    change(
        LINE, changes.change_line, "change_order_line", WORK, LineForm, noun=None, page="",
        url="line_edit", initial=written_options, title=_("Edit line"), submit=_("Save"),
        said=_("Line saved; reservations it no longer needs are released."),
    ),
    form(
        ORDER, move_actions.move_order, "reject_order", WORK, ReasonForm, move=REJECT, noun=None,
        page="rejection", title=_("Reject order"), submit=_("Reject"),
        label=_("Reject order"),
        said=_("Order rejected, reservations released."),
    ),
    moves(
        ORDER, move_actions.move_order, "move_order", WORK, noun=None, page="moves",
        choice="order_move",
        among={move.name: move for move in ORDER_MOVES if move not in ASKED_FOR},
        said=new_state,
    ),
    button(
        CANCELLATION, cancellations.withdraw_cancellation, "take_back_cancellation", WORK,
        noun=None,
        page="withdrawal", label=_("Undo cancellation"), icon="arrow-back-up",
        said=_("Cancellation undone."),
    ),
)  # fmt: skip
