"""Endpoints of the cancellation tasks `cancelProductOrder` and `cancelServiceOrder`.

Source: docs/rules/orders.md, "Cancelling".
"""

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from opale.delivery.orders import queries
from opale.delivery.orders.actions import cancellations as cancellation_actions
from opale.delivery.orders.api.resources import OpenApi
from opale.delivery.orders.domain.timestamps import describe_obstacle, format_moment, parse_moment
from opale.delivery.orders.models import Cancellation, Order, OrdersQuerySet
from opale.delivery.orders.rights import READ, WORK
from opale.delivery.orders.states import TAKEN_BACK, CancellationState, OrderState
from opale.endpoints.http import ActorRequest
from opale.endpoints.preconditions import etag_of
from opale.endpoints.tmf import (
    Handler,
    body_of,
    containing,
    filtered,
    list_response,
    ordered,
    parse_offset_window,
    resource_view,
    select_fields,
)
from opale.kernel.actor import NOBODY
from opale.kernel.errors import Invalid, NotFound

OWN: Final = frozenset(
    {
        *("id", "href", "state", "cancellationReason", "requestedCancellationDate"),
        *("effectiveCancellationDate", "errorMessage"),
    }
)
SENTENCES: Final = frozenset({"cancellationReason", "errorMessage.reason"})
OF_COLUMN: Final[Mapping[str, str]] = {
    "state": "state",
    "cancellationReason": "reason",
    "requestedCancellationDate": "wanted_text",
    "errorMessage.code": "obstacle",
}
OBSTACLES: Final = (*OrderState.values, TAKEN_BACK)
SORTED: Final[Mapping[str, str]] = {
    "id": "pk",
    "state": "state",
    "requestedCancellationDate": "wanted_at",
    "effectiveCancellationDate": "ended_at",
}
LONGEST_ID: Final = 18


def cancellation_resource(row: Cancellation, api: OpenApi) -> dict[str, Any]:
    """Return a cancellation task as a resource: what was requested, its state and its effect."""
    found: dict[str, Any] = {
        "id": str(row.pk),
        "href": f"{api.task_root}/{row.pk}",
        "state": row.state,
        **row.said,
        api.name: _order_of(row, api),
    }
    if row.reason:
        found["cancellationReason"] = row.reason
    if row.wanted_text:
        found["requestedCancellationDate"] = row.wanted_text
    if row.state == CancellationState.DONE and row.ended_at is not None:
        found["effectiveCancellationDate"] = format_moment(row.ended_at)
    if row.obstacle:
        reason = describe_obstacle(row.obstacle)
        found["errorMessage"] = {"code": row.obstacle, "reason": reason}
    return found | {"@type": row.said.get("@type", api.task_type)}


def _order_of(row: Cancellation, api: OpenApi) -> dict[str, Any]:
    """Return the order reference as the caller gave it, with the order's number and address."""
    number = row.order.number
    said = row.said.get(api.name, {})
    own = {"id": str(number), "href": f"{api.root}/{number}"}
    return {"@referredType": api.type, **said, **own}


def cancellations(api: OpenApi) -> Handler:
    def get(request: ActorRequest) -> HttpResponse:
        span = parse_offset_window(request.GET)
        rows = _narrowed(
            queries.cancellations(seen_by=request.actor, level=api.level), request, api
        )
        found = rows[span.offset : span.offset + span.limit]
        return list_response(
            [cancellation_resource(row, api) for row in found], rows.count(), request.GET
        )

    def post(request: ActorRequest) -> HttpResponse:
        body = body_of(request)
        order = _order_said(body, request, api)
        row = cancellation_actions.request_cancellation(
            order,
            by=request.actor,
            reason=_text(body, "cancellationReason"),
            wanted_text=_text(body, "requestedCancellationDate"),
            said={
                name: value for name, value in body.items() if name not in OWN and value is not None
            },
        )
        found = cancellation_resource(_task(str(row.pk), request, api), api)
        return JsonResponse(found, status=201, headers={"Location": found["href"]})

    return resource_view(READ, changing=WORK, get=get, post=post)


def cancellation(api: OpenApi) -> Handler:
    def get(request: ActorRequest, task_id: str) -> HttpResponse:
        found = cancellation_resource(_task(task_id, request, api), api)
        return JsonResponse(select_fields(found, request.GET), headers={"ETag": etag_of(found)})

    return resource_view(READ, get=get)


def _task(task_id: str, request: ActorRequest, api: OpenApi) -> Cancellation:
    """Errors: NotFound."""
    if not _plain(task_id):
        raise NotFound
    return queries.get_cancellation(int(task_id), seen_by=request.actor, level=api.level)


def _plain(text: str) -> bool:
    decimal = text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID
    return decimal and text == str(int(text))


def _order_said(body: Mapping[str, Any], request: ActorRequest, api: OpenApi) -> Order:
    """Return the order that the task names by its id. Errors: Invalid."""
    said = body.get(api.name)
    number = said.get("id") if isinstance(said, Mapping) else None
    if isinstance(number, int) and not isinstance(number, bool):
        number = str(number)
    if not isinstance(number, str) or not number:
        raise Invalid(**{api.name: _("Name the order that is to be cancelled, by its id.")})
    try:
        if not _plain(number):
            raise NotFound
        return queries.get_order(int(number), seen_by=request.actor, level=api.level)
    except NotFound:
        raise Invalid(**{api.name: _("There is no order with this id.")}) from None


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Invalid(**{name: _("Give a text.")})
    return value


def _narrowed(
    rows: OrdersQuerySet[Cancellation], request: HttpRequest, api: OpenApi
) -> OrdersQuerySet[Cancellation]:
    """Filter by attributes, each equal to one of its texts, newest first unless `sort=` says
    otherwise.

    Errors: Invalid (it cannot be sorted like this).
    """
    rows = filtered(rows, request, lambda name, text: _having(name, text, api), sentences=SENTENCES)
    refusal = _("Cancellations are not sorted by this.")
    return ordered(rows, request, SORTED, last="-pk", refusal=refusal)


def _having(name: str, text: str, api: OpenApi) -> Q:
    if name in OF_COLUMN:
        column = OF_COLUMN[name]
        return Q(**{column: text}) & ~Q(**{column: ""})
    numbered = {
        "id": ("pk", ""),
        "href": ("pk", f"{api.task_root}/"),
        f"{api.name}.id": ("order__number", ""),
        f"{api.name}.href": ("order__number", f"{api.root}/"),
    }
    if name in numbered:
        column, root = numbered[name]
        return _numbered(column, text.removeprefix(root)) if text.startswith(root) else NOBODY
    if name == "effectiveCancellationDate":
        return _effective(text)
    if name == "errorMessage.reason":
        return Q(obstacle__in=[one for one in OBSTACLES if describe_obstacle(one) == text])
    if name == "@type":
        own = Q(said__has_key="@type")
        return Q(said__contains={"@type": text}) | (~own if text == api.task_type else NOBODY)
    wanted = NOBODY
    for one in containing(name.split("."), text):
        wanted |= Q(said__contains=one)
    return wanted


def _numbered(column: str, text: str) -> Q:
    return Q(**{column: int(text)}) if _plain(text) else NOBODY


def _effective(text: str) -> Q:
    try:
        at = parse_moment(text, field="effectiveCancellationDate")
    except Invalid:
        return NOBODY
    fits = at is not None and format_moment(at) == text
    return Q(ended_at=at, state=CancellationState.DONE) if fits else NOBODY
