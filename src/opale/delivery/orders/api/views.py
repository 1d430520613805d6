"""Views of orders under `/tmf-api/`: each parses, calls one action and returns the resource."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse, JsonResponse

from opale.delivery.orders import queries
from opale.delivery.orders.actions import moves, orders
from opale.delivery.orders.api.filters import narrowed
from opale.delivery.orders.api.merge_patch import patch_order
from opale.delivery.orders.api.resources import OpenApi, new_order, order_resource
from opale.delivery.orders.models import Order
from opale.delivery.orders.rights import READ, WORK
from opale.endpoints.http import ActorRequest
from opale.endpoints.preconditions import etag_of
from opale.endpoints.tmf import (
    Handler,
    body_of,
    list_response,
    parse_offset_window,
    require_match,
    resource_view,
    select_fields,
)
from opale.kernel.errors import NotFound
from opale.kernel.locks import take_locks


def collection(api: OpenApi) -> Handler:
    def get(request: ActorRequest) -> HttpResponse:
        span = parse_offset_window(request.GET)
        rows = queries.orders(seen_by=request.actor, level=api.level)
        rows = narrowed(rows, request, api)
        found = queries.with_lines(rows)[span.offset : span.offset + span.limit]
        return list_response(
            [order_resource(order, api) for order in found], rows.count(), request.GET
        )

    def post(request: ActorRequest) -> HttpResponse:
        new = new_order(body_of(request), api, seen_by=request.actor)
        order = orders.create_order(new, by=request.actor)
        found = _shown(order.number, request, api)
        return JsonResponse(found, status=201, headers={"Location": found["href"]})

    return resource_view(READ, changing=WORK, get=get, post=post)


def single(api: OpenApi) -> Handler:
    def get(request: ActorRequest, order_id: str) -> HttpResponse:
        found = order_resource(_order(order_id, request, api), api)
        return JsonResponse(select_fields(found, request.GET), headers={"ETag": etag_of(found)})

    def patch(request: ActorRequest, order_id: str) -> HttpResponse:
        body = body_of(request)
        with transaction.atomic():
            order = _order(order_id, request, api)
            take_locks(order.source)
            require_match(request, order_resource(order, api))
            patch_order(order, body, api, by=request.actor)
        return JsonResponse(_shown(int(order_id), request, api))

    def delete(request: ActorRequest, order_id: str) -> HttpResponse:
        moves.delete_order(_order(order_id, request, api), by=request.actor)
        return HttpResponse(status=204)

    return resource_view(READ, changing=WORK, get=get, patch=patch, delete=delete)


def _order(order_id: str, request: ActorRequest, api: OpenApi) -> Order:
    """Errors: NotFound."""
    plain = order_id.isascii() and order_id.isdecimal()
    if not plain or len(order_id) > queries.LONGEST_NUMBER or order_id != str(int(order_id)):
        raise NotFound
    return queries.get_order(int(order_id), seen_by=request.actor, level=api.level)


def _shown(number: int, request: ActorRequest, api: OpenApi) -> dict[str, Any]:
    return order_resource(queries.get_order(number, seen_by=request.actor, level=api.level), api)
