"""Mapping between orders and the resources of TMF622 and TMF641 v4, in both directions.

A caller's members are returned as given; Opale's own (number, state, links) override them. Source:
docs/rules/orders.md, "By programs".
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _

from opale.customers.models import Customer, Offering, Service
from opale.customers.queries.customers import get_customer
from opale.customers.queries.lookups import customers_by_codes
from opale.customers.queries.services import get_service_by_reference, offerings
from opale.delivery.orders.actions.orders import NewLine, NewOrder
from opale.delivery.orders.domain.timestamps import format_moment, parse_moment
from opale.delivery.orders.models import Order, OrderLine
from opale.endpoints.tmf import ROOT
from opale.infrastructure.models import Site
from opale.infrastructure.queries.items import sites
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid, NotFound

TEXTS: Final[Mapping[str, str]] = {
    "externalId": "external_id",
    "description": "description",
    "category": "category",
    "priority": "priority",
    "requestedCompletionDate": "wanted_text",
}
"""The text members that have a column of their own."""
MOMENTS: Final = (
    *("requestedStartDate", "requestedCompletionDate", "expectedCompletionDate"),
    *("startDate", "completionDate", "cancellationDate", "orderDate"),
)
OWN: Final = frozenset({"id", "href", "state", "orderDate", "relatedParty"})
PLACE_ROLE: Final = "installation"
"""The role of the place where an item is delivered."""
PARTY: Final = "Party"
"""The type of a party of which no caller said whether it is a person or an organisation."""
LINE_OWN: Final = frozenset({"id", "state", "action", "quantity"})


@dataclass(frozen=True, slots=True)
class OpenApi:
    """One of the two APIs: its addresses, and its names for orders and lines."""

    level: str
    base: str
    name: str
    type: str
    thing: str
    about: str

    @property
    def items(self) -> str:
        return f"{self.name}Item"

    @property
    def root(self) -> str:
        return f"{settings.BASE_URL}/{ROOT}/{self.base}/{self.name}"

    @property
    def task(self) -> str:
        """Return the API's name for a cancellation."""
        return f"cancel{self.type}"

    @property
    def task_type(self) -> str:
        return f"Cancel{self.type}"

    @property
    def task_root(self) -> str:
        return f"{settings.BASE_URL}/{ROOT}/{self.base}/{self.task}"

    @property
    def characteristics(self) -> str:
        return f"{self.thing}Characteristic"


PRODUCT_ORDERS: Final = OpenApi(
    Order.Level.PRODUCT,
    "productOrderingManagement/v4",
    "productOrder",
    "ProductOrder",
    "product",
    "productOffering",
)
SERVICE_ORDERS: Final = OpenApi(
    Order.Level.SERVICE,
    "serviceOrdering/v4",
    "serviceOrder",
    "ServiceOrder",
    "service",
    "serviceSpecification",
)


def order_resource(order: Order, api: OpenApi) -> dict[str, Any]:
    """Return an order with its lines as a resource; mandatory members are always there."""
    texts = {name: getattr(order, column) for name, column in TEXTS.items()}
    found: dict[str, Any] = {
        "id": str(order.number),
        "href": f"{api.root}/{order.number}",
        "state": order.state,
        "orderDate": order.ordered_text,
        **order.said,
        **{name: text for name, text in texts.items() if text},
        "relatedParty": order.parties,
        api.items: [line_resource(line, api) for line in order.lines.all()],
    }
    if order.completed_at is not None:
        found["completionDate"] = format_moment(order.completed_at)
    if order.cancelled_at is not None:
        found["cancellationDate"] = format_moment(order.cancelled_at)
    if order.cancelled_at is not None and order.reason:
        found["cancellationReason"] = order.reason
    return found | {"@type": order.said.get("@type", api.type)}


def line_resource(line: OrderLine, api: OpenApi) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": line.item_id,
        "action": line.action,
        "state": line.state,
        "quantity": line.quantity,
        **line.said,
    }
    if line.wanted_text:
        found["requestedCompletionDate"] = line.wanted_text
    thing = _thing(line, api) | line.said.get(api.thing, {})
    if thing or api is SERVICE_ORDERS:
        found[api.thing] = thing
    if api is PRODUCT_ORDERS and "productOffering" not in found and line.offering is not None:
        found["productOffering"] = _offering(line.offering)
    return found


def _thing(line: OrderLine, api: OpenApi) -> dict[str, Any]:
    """Return the product or service of a line that no caller described."""
    found: dict[str, Any] = {}
    if line.service is not None:
        found |= {"id": line.service.reference, "name": line.service.name}
    if line.characteristics:
        found[api.characteristics] = [
            {"name": name, "value": value} for name, value in line.characteristics.items()
        ]
    if line.site is not None:
        found["place"] = [_site(line.site)]
    if api is SERVICE_ORDERS and line.offering is not None:
        found["serviceSpecification"] = _offering(line.offering)
    return found


def _site(site: Site) -> dict[str, str]:
    """Return a site as a related place."""
    return {
        "id": site.code,
        "name": site.name,
        "role": PLACE_ROLE,
        "@referredType": "GeographicSite",
    }


def _offering(offering: Offering) -> dict[str, str]:
    return {"id": offering.code, "name": offering.name_en}


@dataclass(frozen=True, slots=True)
class ParsedOrder:
    """What a caller said of an order: columns, all else as given, and the named lines."""

    texts: Mapping[str, Any]
    rest: Mapping[str, Any]
    ordered_text: str
    parties: list[dict[str, Any]]
    lines: list[dict[str, Any]]
    state: str


def parse_order(body: Mapping[str, Any], api: OpenApi) -> ParsedOrder:
    """Parse an order or a patch of one. Errors: Invalid."""
    for name in MOMENTS:
        if body.get(name) is not None:
            parse_moment(_text(body[name], name), field=name)
    texts = {
        column: body[name] for name, column in TEXTS.items() if isinstance(body.get(name), str)
    }
    own = OWN | {api.items} | {name for name, column in TEXTS.items() if column in texts}
    return ParsedOrder(
        texts=texts,
        rest={name: value for name, value in body.items() if name not in own},
        ordered_text=str(body.get("orderDate") or ""),
        parties=[
            one if one.get("@referredType") else one | {"@referredType": PARTY}
            for one in _objects(body, "relatedParty")
        ],
        lines=_objects(body, api.items),
        state=_text(body.get("state") or "", "state"),
    )


@dataclass(frozen=True, slots=True)
class ParsedLine:
    """One item of a caller; `fields` are the columns that it sets."""

    item_id: str
    state: str
    fields: dict[str, Any]


def parse_line(item: Mapping[str, Any], api: OpenApi, *, seen_by: Actor) -> ParsedLine:
    """Parse an item, and link what it names in the catalogue or among the services.

    Errors: Invalid.
    """
    fields: dict[str, Any] = {
        "said": {
            name: value
            for name, value in item.items()
            if name not in LINE_OWN and value is not None
        }
    }
    if item.get("action") is not None:
        fields["action"] = _text(item["action"], "action")
    if item.get("quantity") is not None:
        fields["quantity"] = _quantity(item["quantity"])
    if isinstance(wanted := item.get("requestedCompletionDate"), str):
        fields["wanted_text"] = fields["said"].pop("requestedCompletionDate")
        parse_moment(wanted, field="requestedCompletionDate")
    thing = item.get(api.thing)
    if thing is not None:
        if not isinstance(thing, Mapping):
            raise Invalid(**{api.thing: _("Give an object.")})
        if "id" in thing:
            fields["service"] = _service(thing["id"], seen_by)
        if "place" in thing:
            places = _objects(thing, "place")
            site = _site_named(places, seen_by)
            # A place that Opale does not know leaves the site that somebody chose.
            if site is not None or not places:
                fields["site"] = site
        if api.characteristics in thing:
            fields["characteristics"] = _characteristics(thing[api.characteristics])
    holder: Any = item if api is PRODUCT_ORDERS else thing
    about = holder.get(api.about) if isinstance(holder, Mapping) else None
    if isinstance(about, Mapping):
        fields["offering"] = _offering_coded(about.get("id"), seen_by)
    return ParsedLine(_name(item.get("id")), _text(item.get("state") or "", "state"), fields)


def new_order(body: Mapping[str, Any], api: OpenApi, *, seen_by: Actor) -> NewOrder:
    """Return the order to be created from a program's resource. Errors: Invalid.

    Both APIs make the items of a new order mandatory.
    """
    said = parse_order(body, api)
    if not said.lines:
        raise Invalid(**{api.items: _("An order needs at least one item.")})
    lines = [parse_line(one, api, seen_by=seen_by) for one in said.lines]
    return NewOrder(
        level=api.level,
        lines=tuple(
            NewLine(item_id=line.item_id, **{"characteristics": {}, **line.fields})
            for line in lines
        ),
        customer=customer_in(said.parties, seen_by=seen_by),
        parties=tuple(said.parties),
        ordered_text=said.ordered_text,
        said={name: value for name, value in said.rest.items() if value is not None},
        **said.texts,
    )


def customer_in(parties: list[dict[str, Any]], *, seen_by: Actor) -> Customer | None:
    """Return the customer that a party names by its code; the party in the role of customer counts
    first."""
    parties = sorted(parties, key=lambda one: str(one.get("role", "")).lower() != "customer")
    codes = [one["id"] for one in parties if isinstance(one.get("id"), str)]
    known = customers_by_codes(codes)
    for code in codes:
        if code in known:
            try:
                return get_customer(known[code], seen_by=seen_by)
            except NotFound:
                continue
    return None


def _objects(body: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    found = body.get(name)
    if found is None:
        return []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Invalid(**{name: _("Give a list of objects.")})
    return found


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise Invalid(**{name: _("Give a text.")})
    return value


def _name(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Invalid(id=_("Give a text."))
    return str(value)


def _quantity(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Invalid(quantity=_("Give a whole number."))
    return value


def _characteristics(value: object) -> dict[str, Any]:
    """Return the characteristics by name, for people; the list itself is kept as given."""
    if not isinstance(value, list):
        return {}
    return {
        one["name"]: one.get("value")
        for one in value
        if isinstance(one, Mapping) and isinstance(one.get("name"), str)
    }


def _service(reference: object, seen_by: Actor) -> Service | None:
    if not isinstance(reference, str):
        return None
    try:
        return get_service_by_reference(reference, seen_by=seen_by)
    except NotFound:
        return None


def _site_named(places: list[dict[str, Any]], seen_by: Actor) -> Site | None:
    """Return the site whose code a place names; the first place that names one counts."""
    codes = [one["id"] for one in places if isinstance(one.get("id"), str)]
    known = {site.code: site for site in sites(seen_by=seen_by).filter(code__in=codes)}
    return next((known[code] for code in codes if code in known), None)


def _offering_coded(code: object, seen_by: Actor) -> Offering | None:
    if not isinstance(code, str):
        return None
    return offerings(seen_by=seen_by, retired=True).filter(code=code).first()
