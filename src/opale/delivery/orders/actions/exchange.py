"""Import and export of product orders as files; one row is one order line.

Rows of one order have the same customer and the same number in the column `order`: the customer's
own, or Opale's (`O-20001`) where the customer gave none.
"""

from collections.abc import Collection, Mapping
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from opale.customers.queries.customers import customers
from opale.customers.queries.services import offerings, services
from opale.delivery.orders.actions.changes import LineChange, change_order
from opale.delivery.orders.actions.moves import discard_line
from opale.delivery.orders.actions.orders import Action, Kind, NewLine, NewOrder, create_order
from opale.delivery.orders.domain.timestamps import parse_moment
from opale.delivery.orders.models import Order, OrderLine
from opale.delivery.orders.rights import READ, WORK
from opale.delivery.orders.states import CHANGEABLE
from opale.endpoints.exchange.tables import CellError, Column, Key, Reference, Table, one_of
from opale.infrastructure.queries.items import sites
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid

LONGEST_NUMBER: Final = 18


def _lines(actor: Actor) -> QuerySet[Any]:
    rows = OrderLine.objects.visible_to(actor).filter(order__level=Order.Level.PRODUCT)
    return rows.select_related("order", "customer", "offering", "service", "site").order_by(
        "order__number", "position"
    )


def _customers(actor: Actor) -> QuerySet[Any]:
    return customers(seen_by=actor)


def _offerings(actor: Actor) -> QuerySet[Any]:
    return offerings(seen_by=actor, retired=True)


def _sites(actor: Actor) -> QuerySet[Any]:
    return sites(seen_by=actor)


def _services(actor: Actor) -> QuerySet[Any]:
    return services(seen_by=actor)


def _name(line: OrderLine) -> str:
    return line.order.external_id or line.order.reference


def _identify(texts: Mapping[str, str]) -> Key:
    return (texts.get("customer", ""), texts.get("order", ""), texts.get("line", ""))


def _numbers(names: Collection[str]) -> list[int]:
    plain = [name.removeprefix("O-") for name in names if name.startswith("O-")]
    return [
        int(one) for one in plain if one.isascii() and one.isdecimal() and len(one) < LONGEST_NUMBER
    ]


def _find(rows: QuerySet[Any], keys: Collection[Key]) -> QuerySet[Any]:
    codes, names, lines = ({key[place] for key in keys} for place in range(3))
    of_number = Q(order__external_id="", order__number__in=_numbers(names))
    named = Q(order__external_id__in=names - {""}) | of_number
    return rows.filter(named, customer__code__in=codes - {""}, item_id__in=lines)


def _editable(rows: QuerySet[Any], by: Actor) -> QuerySet[Any]:
    return rows.filter(by.reach(WORK, OrderLine))


def _whole_number(cell: str) -> int:
    """Errors: Wrong."""
    if not (cell.isascii() and cell.isdecimal() and len(cell) <= 7 and int(cell)):
        raise CellError(_("Give a whole number."))
    return int(cell)


def _moment(cell: str) -> str:
    """Errors: Wrong."""
    try:
        parse_moment(cell, field="wanted")
    except Invalid as refusal:
        raise CellError(refusal.sentence) from refusal
    return cell


def _create(values: Mapping[str, Any], by: Actor) -> OrderLine:
    """Add a line to an existing order, or create the order. Errors: NotAllowed, Invalid."""
    said = {"customer": None, "kind": Kind.NEW, "wanted": "", "description": "", **values}
    name = said["order"]
    rows = Order.objects.visible_to(by).filter(
        customer=said["customer"], level=Order.Level.PRODUCT, state__in=CHANGEABLE
    )
    of_number = Q(external_id="", number__in=_numbers([name]))
    order = rows.filter(Q(external_id=name) | of_number).order_by("-number").first()
    if order is None and _numbers([name]):
        raise Invalid(order=_("No open order of this customer has this number."))
    columns = {
        key: said[key]
        for key in ("offering", "service", "site", "quantity", "action")
        if key in said
    }
    if order is None:
        line = NewLine(item_id=said["line"], **columns)
        asked = NewOrder(
            customer=said["customer"],
            kind=said["kind"] or Kind.NEW,
            external_id=name,
            description=said["description"],
            wanted_text=said["wanted"],
            lines=(line,),
        )
        order = create_order(asked, by=by)
    else:
        own = said["wanted"] if said["wanted"] != order.wanted_text else ""
        change = LineChange(item_id=said["line"], fields=columns | {"wanted_text": own})
        change_order(order, by=by, lines=[change])
    return OrderLine.objects.get(order=order, item_id=said["line"])


def _change(row: OrderLine, values: Mapping[str, Any], by: Actor) -> None:
    """Errors: NotFound, NotAllowed, IllegalMove, Invalid."""
    said = dict(values)
    of_order = {name: said.pop(name) for name in ("kind", "description") if name in said}
    if "wanted" in said:
        wanted = said.pop("wanted")
        said["wanted_text"] = "" if wanted == row.order.wanted_text else wanted
    lines = [LineChange(item_id=row.item_id, fields=said)] if said else []
    change_order(row.order, by=by, lines=lines, **of_order)


ORDERS = Table(
    name="orders",
    label=gettext_lazy("Orders"),
    right=WORK,
    read_right=READ,
    columns=(
        Column(
            "customer",
            gettext_lazy("Customer"),
            lambda row: row.customer.code if row.customer else "",
            reference=Reference(_customers, "code"),
            required=True,
        ),
        Column("order", pgettext_lazy("a purchase order", "Order"), _name, required=True),
        Column("line", pgettext_lazy("an order", "Line"), lambda row: row.item_id, required=True),
        Column(
            "kind",
            pgettext_lazy("an order", "Kind"),
            lambda row: row.order.kind,
            one_of(*Kind.values),
        ),
        Column(
            "action",
            pgettext_lazy("a line of an order", "Action"),
            lambda row: row.action,
            one_of(*Action.values),
        ),
        Column(
            "offering",
            gettext_lazy("Offering"),
            lambda row: row.offering.code if row.offering else "",
            reference=Reference(_offerings, "code"),
        ),
        Column(
            "service",
            gettext_lazy("Service"),
            lambda row: row.service.reference if row.service else "",
            reference=Reference(_services, "reference"),
        ),
        Column(
            "site",
            gettext_lazy("Site"),
            lambda row: row.site.code if row.site else "",
            reference=Reference(_sites, "code"),
        ),
        Column("quantity", gettext_lazy("Quantity"), lambda row: str(row.quantity), _whole_number),
        Column(
            "wanted",
            pgettext_lazy("an order", "Wanted date"),
            lambda row: row.wanted_text or row.order.wanted_text,
            _moment,
        ),
        Column("description", gettext_lazy("Description"), lambda row: row.order.description),
    ),
    identify=_identify,
    rows=_lines,
    find=_find,
    editable=_editable,
    create=_create,
    change=_change,
    discard=lambda row, by: discard_line(row, by=by),
)
