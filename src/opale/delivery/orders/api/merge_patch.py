"""Merge patch of an order: in a list of items, only the named ones change."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from opale.delivery.orders.actions import changes, moves
from opale.delivery.orders.actions.changes import LineChange
from opale.delivery.orders.api.resources import (
    TEXTS,
    OpenApi,
    ParsedLine,
    ParsedOrder,
    customer_in,
    order_resource,
    parse_line,
    parse_order,
)
from opale.delivery.orders.models import Order, OrderLine
from opale.delivery.orders.states import OrderState, move_to
from opale.endpoints.tmf import merged
from opale.kernel.actor import Actor
from opale.kernel.errors import IllegalMove, Invalid
from opale.kernel.states import Move

FIXED = ("id", "href", "orderDate")
WITH_REASON = frozenset({OrderState.CANCELLED, OrderState.REJECTED})


def patch_order(order: Order, body: Mapping[str, Any], api: OpenApi, *, by: Actor) -> None:
    """Apply the patch: changed columns first, then the moves of lines, then the order's move.

    Errors: NotFound, NotAllowed, IllegalMove, Invalid, Conflict.
    """
    present = order_resource(order, api)
    for name in FIXED:
        if name in body and body[name] != present[name]:
            raise Invalid(**{name: _("This field of an order cannot be changed.")})
    said = parse_order(body, api)
    rows = {line.item_id: line for line in order.lines.all()}
    lines = [_line_of(item, rows, api, by) for item in said.lines]
    fields = _fields(order, body, said, by)
    written = [LineChange(item_id=one.item_id, fields=one.fields) for one in lines]
    written = [one for one in written if one.fields]
    if fields or written:
        changes.change_order(order, by=by, lines=written, **fields)
    for one in lines:
        row = rows.get(one.item_id)
        if row is not None and one.state and one.state != row.state:
            moves.move_line(row, _move(one.state, row.state), by=by)
    if said.state and said.state != order.state:
        reason = _reason(body) if said.state in WITH_REASON else ""
        moves.move_order(order, _move(said.state, order.state), by=by, reason=reason)


def _fields(order: Order, body: Mapping[str, Any], said: ParsedOrder, by: Actor) -> dict[str, Any]:
    """Return the columns of the order that change."""
    columns = {
        column: body[name] if isinstance(body[name], str) else ""
        for name, column in TEXTS.items()
        if name in body
    }
    fields: dict[str, Any] = {
        column: text for column, text in columns.items() if text != getattr(order, column)
    }
    replaced = dict.fromkeys(name for name in TEXTS if isinstance(body.get(name), str))
    rest = merged(order.said, {**said.rest, **replaced})
    if said.state == OrderState.CANCELLED:
        rest.pop("cancellationReason", None)
    if rest != order.said:
        fields["said"] = rest
    if said.parties and said.parties != order.parties:
        fields["parties"] = said.parties
    customer = customer_in(said.parties, seen_by=by)
    if customer is not None and order.customer_id is None:
        fields["customer"] = customer
    return fields


def _line_of(
    item: dict[str, Any], rows: Mapping[str, OrderLine], api: OpenApi, by: Actor
) -> ParsedLine:
    """Return an item with the patch merged over what was said before."""
    row = rows.get(str(item.get("id", "")))
    if row is None:
        return parse_line(item, api, seen_by=by)
    whole = merged(row.said, item) | {"state": item.get("state")}
    found = parse_line(whole, api, seen_by=by)
    differing = {name: value for name, value in found.fields.items() if value != getattr(row, name)}
    return ParsedLine(row.item_id, found.state, differing)


def _move(state: str, source: str) -> Move:
    """Return the move to the requested state.

    Errors: Invalid (no such state), IllegalMove (no move leads there).
    """
    if state not in OrderState.values:
        raise Invalid(state=_("Unknown order state."))
    move = move_to(state, source)
    if move is None:
        raise IllegalMove(state)
    return move


def _reason(body: Mapping[str, Any]) -> str:
    reason = body.get("cancellationReason")
    return reason if isinstance(reason, str) else ""
