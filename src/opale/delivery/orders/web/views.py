"""Pages of orders: list, detail, changes and cancellation."""

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.customers.queries.customers import get_customer_by_code
from opale.customers.queries.options import format_options
from opale.delivery.orders import queries
from opale.delivery.orders.actions import moves as move_actions
from opale.delivery.orders.actions.orders import LIST
from opale.delivery.orders.forms import ReasonForm
from opale.delivery.orders.listings import TONES
from opale.delivery.orders.models import Order
from opale.delivery.orders.rights import READ, WORK
from opale.delivery.orders.states import CANCEL, MOVES, OPEN, OrderState
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import NotFound
from opale.ui.forms import submit_form
from opale.ui.toasts import toast_next

S = OrderState
form_verbs = require_http_methods(["GET", "POST"])
ON_CUSTOMER: Final = 10
"""The number of orders on a customer's page; the others are a click away."""


@require_GET
@needs(READ)
def show(request: ActorRequest, order_number: int) -> HttpResponse:
    order = queries.get_order(order_number, seen_by=request.actor)
    may_work = request.actor.can(WORK)
    context = {
        "order": order,
        "tone": TONES[OrderState(order.state)],
        "lines": [_line(line, order, may_work=may_work) for line in order.lines.all()],
        "held": queries.held_reservations(order, seen_by=request.actor),
        "to_be_cancelled": queries.pending_cancellations(order, seen_by=request.actor),
        "may_cancel": may_work and order.state in CANCEL.sources,
        "history": queries.history_of(order, seen_by=request.actor),
    }
    template = "orders/_order.html" if request.htmx else "orders/show.html"
    return render(request, template, context)


@require_GET
@needs(READ)
def of_customer(request: ActorRequest, customer_code: str) -> HttpResponse:
    """Show the open orders of a customer, the newest first, on the customer's page."""
    customer = get_customer_by_code(customer_code, seen_by=request.actor)
    found = queries.orders(seen_by=request.actor, state="open", customer_id=customer.pk)
    rows = list(found.order_by("-number")[: ON_CUSTOMER + 1])
    context = {
        "customer": customer,
        "lines": [(order, TONES[S(order.state)]) for order in rows[:ON_CUSTOMER]],
        "more": len(rows) > ON_CUSTOMER,
        "topic": LIST,
    }
    return render(request, "orders/_of_customer.html", context)


def _line(line: Any, order: Order, *, may_work: bool) -> dict[str, Any]:
    """Return a line with its acts."""
    moves = [MOVES[name] for name in ("start", "complete", "cancel")]
    open_order = order.state in OPEN
    return {
        "row": line,
        "tone": TONES[OrderState(line.state)],
        "about": queries.line_subject(line),
        "said": format_options(line.characteristics, queries.offering_of(line)),
        "moves": [
            move
            for move in moves
            if may_work
            and open_order
            and line.state in move.sources
            and (move.name == "cancel" or order.state == S.IN_PROGRESS)
        ],
    }


@require_POST
@needs(WORK)
def move_line(
    request: ActorRequest, order_number: int, line_name: str, order_move: str
) -> HttpResponse:
    order = queries.get_order(order_number, seen_by=request.actor)
    line = queries.get_line(order, line_name, seen_by=request.actor)
    if order_move not in MOVES:
        raise NotFound
    move_actions.move_line(line, MOVES[order_move], by=request.actor)
    toast_next(request, _("Line state changed."))
    return redirect("orders_show", order.number)


@form_verbs
@needs(WORK)
def cancel(request: ActorRequest, order_number: int) -> HttpResponse:
    """Confirm a cancellation on a page that shows what is cancelled and released."""
    order = queries.get_order(order_number, seen_by=request.actor)
    form = ReasonForm(request.POST or None)

    def act() -> None:
        move_actions.cancel_order(order, by=request.actor, reason=form.cleaned_data["reason"])

    if request.method == "POST" and submit_form(form, act):
        toast_next(request, _("Order cancelled, reservations released."))
        return redirect("orders_show", order.number)
    lines = list(order.lines.all())
    context = {
        "order": order,
        "form": form,
        "cancelled": [(line, queries.line_subject(line)) for line in lines if line.state in OPEN],
        "kept": [(line, queries.line_subject(line)) for line in lines if line.state == S.COMPLETED],
        "held": queries.held_reservations(order, seen_by=request.actor),
        "may_cancel": order.state in CANCEL.sources,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "orders/cancel.html", context, status=status)
