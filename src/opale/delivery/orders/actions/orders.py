"""Receipt of orders, all or nothing. Source: docs/rules/orders.md, "Receipt"."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from opale.customers.models import Contact, Customer, Offering, Service
from opale.customers.queries.option_values import NOTHING, checked_values
from opale.delivery.orders.domain.timestamps import (
    format_moment,
    parse_moment,
    truncate_to_millisecond,
)
from opale.delivery.orders.facts import OrderReceived
from opale.delivery.orders.models import Order, OrderLine
from opale.delivery.orders.notification_kinds import RECEIVED
from opale.delivery.orders.rights import WORK
from opale.infrastructure.models import Site
from opale.kernel import clock, live_topics
from opale.kernel.action_steps import require_everywhere, require_on
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid
from opale.kernel.facts import announce
from opale.notifications.actions.notify import notify
from opale.organisation.queries.reference import home_day
from opale.organisation.queries.teams import leaders_by_function
from opale.organisation.rights import F

LIST: Final = "orders.list"
MOST_LINES: Final = 500
LARGEST_QUANTITY: Final = 1_000_000

Kind = Order.Kind
Action = OrderLine.Action
ACTION_OF: Final[Mapping[str, str]] = {
    Kind.NEW: Action.ADD,
    Kind.MODIFICATION: Action.MODIFY,
    Kind.MOVE: Action.MODIFY,
    Kind.TERMINATION: Action.DELETE,
}
"""The action of lines that name none, by the kind of their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """One line to be created; without `item_id` it is named by its place.

    `characteristics` are checked where they are given (None: nothing was said of them), unless they
    were `agreed` in a design.
    """

    action: str = ""
    item_id: str = ""
    offering: Offering | None = None
    service: Service | None = None
    site: Site | None = None
    quantity: int = 1
    characteristics: Mapping[str, Any] | None = None
    agreed: bool = False
    wanted_text: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """An order to be created. Without `kind` it follows from the lines; without lines the order has
    one empty line to be filled in."""

    lines: tuple[NewLine, ...] = ()
    level: str = Order.Level.PRODUCT
    kind: str = ""
    customer: Customer | None = None
    contact: Contact | None = None
    parties: tuple[Mapping[str, Any], ...] = ()
    external_id: str = ""
    description: str = ""
    category: str = ""
    priority: str = ""
    ordered_text: str = ""
    wanted_text: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)


def create_order(new: NewOrder, *, by: Actor, at: datetime | None = None) -> Order:
    """Create an order in the state acknowledged, which only says that it is stored.

    Errors: NotAllowed, Invalid.
    """
    moment = truncate_to_millisecond(at or clock.now())
    customer = new.customer or _customer_of(new.lines)
    if customer is None:
        require_everywhere(by, WORK)
    else:
        require_on(customer, by, WORK)
    kind = new.kind or kind_of([line.action for line in new.lines])
    lines = new.lines or (NewLine(),)
    if not new.kind:
        lines = tuple(replace(line, action=line.action or Action.ADD) for line in lines)
    if new.level not in Order.Level.values or kind not in Kind.values:
        raise Invalid(kind=_("Unknown kind of order."))
    check_contact(new.contact, customer)
    with attributed(by):
        order = Order(
            number=_next_number(),
            level=new.level,
            kind=kind,
            customer=customer,
            contact=new.contact,
            parties=[dict(party) for party in new.parties] or [party_of(customer, by)],
            ordered_at=parse_moment(new.ordered_text, field="orderDate") or moment,
            ordered_text=new.ordered_text or format_moment(moment),
            wanted_at=parse_moment(new.wanted_text, field="requestedCompletionDate"),
            said=dict(new.said),
            **checked_texts(
                external_id=new.external_id,
                description=new.description,
                category=new.category,
                priority=new.priority,
                wanted_text=new.wanted_text,
            ),
        )
        order.save(force_insert=True)
        add_lines(order, lines, taken=())
        live_topics.publish(LIST, order.topic, customer_id=order.customer_id)
        announce(
            OrderReceived(
                order_id=order.pk, level=order.level, customer_id=order.customer_id, at=moment
            ),
            by=by,
        )
        notify(
            RECEIVED,
            leaders_by_function(F.PROJECT_MANAGER),
            thing=f"orders.order:{order.pk}",
            url=reverse("orders_show", args=[order.number]),
            values={"order": order.reference, "customer": customer.name if customer else "–"},
            by=by,
            at=moment,
        )
    return order


def kind_of(said: Collection[str]) -> str:
    """Return the kind of an order from what its lines do: all added is new, all terminated a
    termination."""
    what = {one or Action.ADD for one in said} - {Action.NO_CHANGE}
    if what <= {Action.ADD}:
        return Kind.NEW
    return Kind.TERMINATION if what == {Action.DELETE} else Kind.MODIFICATION


def party_of(customer: Customer | None, by: Actor) -> dict[str, str]:
    """Return the party of an order that names none: the customer, else the actor who handed it
    in."""
    if customer is None:
        return {
            "id": by.key,
            "name": by.signature,
            "role": "requester",
            "@referredType": "Individual",
        }
    return {
        "id": customer.code,
        "name": customer.name,
        "role": "customer",
        "@referredType": "Organization",
    }


def add_lines(order: Order, lines: Collection[NewLine], *, taken: Collection[str]) -> None:
    """Append lines to an order. Errors: Invalid."""
    names, rows = set(taken), []
    for position, line in enumerate(lines, start=len(names) + 1):
        name = line.item_id or _free_name(position, names)
        if name in names:
            raise Invalid(lines=_("Two lines of one order have the same name."))
        names.add(name)
        line = replace(line, action=line.action or ACTION_OF[order.kind])
        check_line(line, order.customer)
        rows.append(
            OrderLine(
                order=order,
                customer_id=order.customer_id,
                position=position,
                item_id=name,
                action=line.action,
                offering=line.offering,
                service=line.service,
                site=line.site,
                quantity=line.quantity,
                characteristics=checked_characteristics(line),
                wanted_at=parse_moment(line.wanted_text, field="requestedCompletionDate"),
                wanted_text=line.wanted_text,
                said=dict(line.said),
            )
        )
    if len(names) > MOST_LINES:
        raise Invalid(lines=_("An order has %(most)s lines at most.") % {"most": MOST_LINES})
    OrderLine.objects.bulk_create(rows)


def checked_characteristics(
    line: NewLine, *, before: Mapping[str, Any] = NOTHING
) -> dict[str, Any]:
    """Return the characteristics of a line as they are kept. What is required must be there where
    something is added. Errors: Invalid."""
    if line.characteristics is None or line.agreed or line.action == Action.DELETE:
        return dict(line.characteristics or {})
    about = line.offering or (line.service.offering if line.service is not None else None)
    whole = line.action == Action.ADD
    found, wrong = checked_values(line.characteristics, about, before=before, whole=whole)
    if wrong:
        raise Invalid(characteristics=" ".join(wrong))
    return found


def check_line(line: NewLine, customer: Customer | None) -> None:
    """Errors: Invalid."""
    if line.action and line.action not in Action.values:
        raise Invalid(action=_("Unknown action of a line."))
    if not 0 < line.quantity <= LARGEST_QUANTITY:
        raise Invalid(quantity=_("Enter a whole number, 1 or more."))
    checked_texts(item_id=line.item_id)
    if line.service is not None and line.service.customer_id != getattr(customer, "pk", None):
        raise Invalid(service=_("This service belongs to another customer."))
    if line.site is not None and line.site.customer_id not in (None, getattr(customer, "pk", None)):
        raise Invalid(site=_("This site belongs to another customer."))
    retired = line.offering.retired_on if line.offering and line.action != Action.DELETE else None
    if retired is not None and retired <= home_day(clock.now()):
        raise Invalid(offering=_("This offering is no longer sold."))


def check_contact(contact: Contact | None, customer: Customer | None) -> None:
    """Require a contact of the customer with the authority to order. Errors: Invalid."""
    if contact is None:
        return
    if customer is None or contact.customer_id != customer.pk or contact.left_on is not None:
        raise Invalid(contact=_("This contact belongs to another customer."))
    if not contact.may_order:
        raise Invalid(contact=_("This contact is not authorised to order. Choose one who is."))


def checked_texts(**said: str) -> dict[str, Any]:
    """Return the texts, each checked against its column. Errors: Invalid."""
    longest = {"external_id": 100, "category": 100, "priority": 40, "wanted_text": 40}
    for name, text in said.items():
        limit = longest.get(name, 100 if name == "item_id" else 20_000)
        if len(text) > limit:
            too_long = _("Give at most %(limit)s characters.") % {"limit": limit}
            raise Invalid(**{name: too_long})
    return said


def _customer_of(lines: Collection[NewLine]) -> Customer | None:
    """Return the customer of the named services, if all are of one customer."""
    found = {line.service.customer_id: line.service.customer for line in lines if line.service}
    return next(iter(found.values())) if len(found) == 1 else None


def _free_name(position: int, names: Collection[str]) -> str:
    while str(position) in names:
        position += 1
    return str(position)


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('orders_order_number')")
        return int(cursor.fetchone()[0])
