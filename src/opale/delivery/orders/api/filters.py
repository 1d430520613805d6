"""Filters of orders by any member of their resource, compared as text."""

from collections.abc import Mapping
from typing import Final

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from opale.delivery.orders.api.resources import TEXTS, OpenApi
from opale.delivery.orders.domain.timestamps import format_moment, parse_moment
from opale.delivery.orders.models import Order, OrdersQuerySet
from opale.endpoints.tmf import containing, filtered, ordered
from opale.kernel.actor import NOBODY
from opale.kernel.errors import Invalid

LONGEST_NUMBER: Final = 18
SORTED: Final[Mapping[str, str]] = {
    "id": "number",
    "state": "state",
    "orderDate": "ordered_at",
    "requestedCompletionDate": "wanted_at",
    "externalId": "external_id",
}
SENTENCES: Final = frozenset({"description", "cancellationReason"})
DATED: Final[Mapping[str, str]] = {
    "completionDate": "completed_at",
    "cancellationDate": "cancelled_at",
}
OF_LINE: Final[Mapping[str, str]] = {
    "id": "item_id",
    "action": "action",
    "state": "state",
    "requestedCompletionDate": "wanted_text",
}


def narrowed(
    rows: OrdersQuerySet[Order], request: HttpRequest, api: OpenApi
) -> OrdersQuerySet[Order]:
    """Filter by attributes, each equal to one of its texts, newest first unless `sort=` says
    otherwise.

    Errors: Invalid (it cannot be sorted like this).
    """
    rows = filtered(rows, request, lambda name, text: _having(name, text, api), sentences=SENTENCES)
    refusal = _("Orders are not sorted by this.")
    rows = ordered(rows, request, SORTED, last="-number", refusal=refusal)
    # An order with several matching lines is returned once.
    return rows.distinct() if any(name.startswith(api.items) for name in request.GET) else rows


def _having(name: str, text: str, api: OpenApi) -> Q:
    if name == "href":
        return _numbered(text.removeprefix(f"{api.root}/")) if "/" in text else NOBODY
    if name == "id":
        return _numbered(text)
    if name == "state":
        return Q(state=text)
    if name == "orderDate":
        return Q(ordered_text=text)
    if name == "@type":
        own = Q(said__has_key="@type")
        return Q(said__contains={"@type": text}) | (~own if text == api.type else NOBODY)
    if name == "cancellationReason":
        ours = Q(cancelled_at__isnull=False, reason=text) & ~Q(reason="")
        return ours | (Q(cancelled_at=None) | Q(reason="")) & _said([name], text)
    if name in DATED:
        return _dated(DATED[name], name, text)
    first, *rest = name.split(".")
    if first == api.items:
        return _of_lines(rest, text)
    if first == "relatedParty" and rest:
        return _in("parties__contains", rest, text)
    if name in TEXTS:
        column = TEXTS[name]
        return Q(**{column: text}) & ~Q(**{column: ""}) | _said([name], text)
    return _said([first, *rest], text)


def _numbered(text: str) -> Q:
    plain = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    return Q(number=int(text)) if plain and text == str(int(text)) else NOBODY


def _dated(column: str, name: str, text: str) -> Q:
    try:
        at = parse_moment(text, field=name)
    except Invalid:
        at = None
    ours = Q(**{column: at}) if at is not None and format_moment(at) == text else NOBODY
    return ours | Q(**{column: None}) & _said([name], text)


def _of_lines(path: list[str], text: str) -> Q:
    if not path:
        return NOBODY
    if path == ["quantity"]:
        plain = text.isascii() and text.isdecimal() and len(text) < 10
        return Q(lines__quantity=int(text)) if plain else NOBODY
    if len(path) == 1 and path[0] in OF_LINE:
        column = OF_LINE[path[0]]
        return Q(**{f"lines__{column}": text}) & ~Q(**{f"lines__{column}": ""})
    found = _in("lines__said__contains", path, text)
    if path == ["productOffering", "id"] or path[1:] == ["serviceSpecification", "id"]:
        found |= Q(lines__offering__code=text)
    if path in (["product", "id"], ["service", "id"]):
        found |= Q(lines__service__reference=text)
    return found


def _said(path: list[str], text: str) -> Q:
    return _in("said__contains", path, text)


def _in(lookup: str, path: list[str], text: str) -> Q:
    wanted = NOBODY
    for one in containing(path, text):
        wanted |= Q(**{lookup: [one] if lookup.startswith("parties") else one})
    return wanted
