"""Changes of an order in flight: reservations of a changed line are released, to be made anew.

Apps that hold reservations for their own work on the line keep them: they hear of the change and
release what is no longer done.

Source: docs/rules/orders.md, "Changing".
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _

from opale.customers.models import Customer
from opale.delivery.orders.actions.moves import announce_change, lock_order
from opale.delivery.orders.actions.orders import (
    Kind,
    NewLine,
    add_lines,
    check_contact,
    check_line,
    checked_characteristics,
    checked_texts,
)
from opale.delivery.orders.domain.timestamps import parse_moment, truncate_to_millisecond
from opale.delivery.orders.models import Order, OrderLine
from opale.delivery.orders.queries import changed_fields
from opale.delivery.orders.states import CHANGEABLE
from opale.kernel import clock
from opale.kernel.action_steps import update_changed
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import IllegalMove, Invalid
from opale.reservations.actions.releases import release_all

CHANGE: Final = "change"
TEXTS: Final = frozenset({"external_id", "description", "category", "priority", "wanted_text"})
FIELDS: Final = TEXTS | {"kind", "customer", "contact", "parties", "said"}
HELD_FOR: Final = frozenset(
    {"action", "offering", "service", "site", "quantity", "characteristics", "wanted_at"}
)
"""Columns that decide what a line reserves."""

SAID_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "offering": ("productOffering", "service"),
    "service": ("product", "service"),
    "characteristics": ("product", "service"),
}
"""The members of an item, as a program gives it, that describe a column."""
DESCRIBED: Final = frozenset().union(*SAID_OF.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class LineChange:
    """A line, by its name in the order, and the columns that change.

    A name that the order does not have adds a line.
    """

    item_id: str
    fields: Mapping[str, Any]


def change_order(
    order: Order,
    *,
    by: Actor,
    at: datetime | None = None,
    lines: Collection[LineChange] = (),
    **fields: Any,
) -> Order:
    """Change an order and some of its lines, all or nothing.

    Errors: NotFound, NotAllowed, IllegalMove (it has ended, or may be cancelled), Invalid.
    """
    moment = truncate_to_millisecond(at or clock.now())
    with attributed(by):
        held = lock_order(order, by=by)
        if held.state not in CHANGEABLE:
            raise IllegalMove(CHANGE, {held.pk: held.state})
        changed = update_changed(held, _checked(held, fields))
        given_back: list[str] = []
        if "customer" in changed:
            OrderLine.objects.filter(order=held).update(customer=held.customer)
        if "wanted_at" in changed:
            undated = OrderLine.objects.filter(order=held, wanted_at=None, state__in=CHANGEABLE)
            given_back += [held.source, *(line.source for line in undated)]
        given_back += _change_lines(held, lines, changed)
        if given_back:
            release_all(given_back, by=by, at=moment)
        if changed:
            announce_change(held, by=by, at=moment)
    return held


def add_line(order: Order, *, by: Actor, **fields: Any) -> Order:
    """Add a further line. Errors: as `change_order`."""
    return change_order(order, by=by, lines=[LineChange(item_id="", fields=fields)])


def change_line(line: OrderLine, *, by: Actor, **fields: Any) -> Order:
    """Change those columns of a line that differ. Errors: as `change_order`."""
    change = LineChange(item_id=line.item_id, fields=changed_fields(line, fields))
    return change_order(line.order, by=by, lines=[change])


def _change_lines(order: Order, lines: Collection[LineChange], changed: list[str]) -> list[str]:
    """Write the changed lines, and return the sources to be released. Appends to `changed`."""
    if not lines:
        return []
    rows = {row.item_id: row for row in OrderLine.objects.select_for_update().filter(order=order)}
    further = [
        NewLine(item_id=one.item_id, **one.fields) for one in lines if one.item_id not in rows
    ]
    given_back = []
    for one in lines:
        row = rows.get(one.item_id)
        if row is None:
            continue
        before = dict(row.said)
        written = update_changed(row, _checked_line(row, one.fields, order))
        if written and row.state not in CHANGEABLE:
            raise IllegalMove(CHANGE, {row.pk: row.state})
        changed += written
        described = any(before.get(name) != row.said.get(name) for name in DESCRIBED)
        if described or HELD_FOR & set(written):
            given_back.append(row.source)
    if further:
        add_lines(order, further, taken=rows)
        changed.append("lines")
    return given_back


def _checked(order: Order, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the cleaned column values. Errors: Invalid."""
    if unknown := set(fields) - FIELDS:
        raise Invalid(
            **dict.fromkeys(sorted(unknown), _("This field of an order cannot be changed."))
        )
    said = dict(fields)
    checked_texts(**{name: said[name] for name in TEXTS & said.keys()})
    if "kind" in said and said["kind"] not in Kind.values:
        raise Invalid(kind=_("Unknown kind of order."))
    if "wanted_text" in said:
        wanted = parse_moment(said["wanted_text"], field="requestedCompletionDate")
        said["wanted_at"] = wanted
    customer: Customer | None = said.get("customer", order.customer)
    if order.customer_id is not None and getattr(customer, "pk", None) != order.customer_id:
        raise Invalid(customer=_("The customer of an order cannot be changed."))
    if "contact" in said:
        check_contact(said["contact"], customer)
    if "parties" in said and not said["parties"]:
        raise Invalid(parties=_("Enter who placed the order."))
    return said


def _without_place(value: Any) -> Any:
    """Return a product or service of a program without the place that no longer holds."""
    if not isinstance(value, dict):
        return value
    return {name: one for name, one in value.items() if name != "place"}


def _checked_line(row: OrderLine, fields: Mapping[str, Any], order: Order) -> dict[str, Any]:
    said = dict(fields)
    if "said" not in said:
        # What a program said about it no longer describes what is ordered.
        stale = {name for column in said for name in SAID_OF.get(column, ())}
        kept = {name: value for name, value in row.said.items() if name not in stale}
        if "site" in said:
            kept = {name: _without_place(value) for name, value in kept.items()}
        said["said"] = kept
    if "wanted_text" in said:
        wanted = parse_moment(said["wanted_text"], field="requestedCompletionDate")
        said["wanted_at"] = wanted
        checked_texts(wanted_text=said["wanted_text"])
    offering = said.get("offering")
    check_line(
        NewLine(
            action=said.get("action", row.action),
            # A retired offering that was ordered before is still delivered.
            offering=None if offering == row.offering else offering,
            service=said.get("service", row.service),
            site=said.get("site", row.site),
            quantity=said.get("quantity", row.quantity),
        ),
        order.customer,
    )
    if "characteristics" in said:
        line = NewLine(
            action=said.get("action", row.action),
            offering=said.get("offering", row.offering),
            service=said.get("service", row.service),
            characteristics=said["characteristics"],
        )
        said["characteristics"] = checked_characteristics(line, before=row.characteristics)
    return said
