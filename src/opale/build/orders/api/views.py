"""The addresses of orders under `/tmf-api/`: what is asked, one action, and the resource again."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse, JsonResponse

from opale.build.orders import actions, queries
from opale.build.orders.api.filters import narrowed
from opale.build.orders.api.patching import patch_order
from opale.build.orders.api.resources import OpenApi, new_order, shown
from opale.build.orders.models import Order
from opale.build.orders.rights import READ, WORK
from opale.endpoints.http import AskedRequest
from opale.endpoints.preconditions import etag_of
from opale.endpoints.tmf import (
    Handler,
    body_of,
    listed,
    require_as_seen,
    selected,
    span_of,
    verbs,
)
from opale.kernel.errors import NotFound
from opale.kernel.locks import hold


def collection(api: OpenApi) -> Handler:
    def get(request: AskedRequest) -> HttpResponse:
        span = span_of(request.GET)
        rows = queries.orders(seen_by=request.actor, level=api.level)
        rows = narrowed(rows, request, api)
        found = queries.with_lines(rows)[span.offset : span.offset + span.limit]
        return listed([shown(order, api) for order in found], rows.count(), request.GET)

    def post(request: AskedRequest) -> HttpResponse:
        new = new_order(body_of(request), api, seen_by=request.actor)
        order = actions.create_order(new, by=request.actor)
        found = _shown(order.number, request, api)
        return JsonResponse(found, status=201, headers={"Location": found["href"]})

    return verbs(READ, changing=WORK, get=get, post=post)


def single(api: OpenApi) -> Handler:
    def get(request: AskedRequest, order_id: str) -> HttpResponse:
        found = shown(_order(order_id, request, api), api)
        return JsonResponse(selected(found, request.GET), headers={"ETag": etag_of(found)})

    def patch(request: AskedRequest, order_id: str) -> HttpResponse:
        body = body_of(request)
        with transaction.atomic():
            order = _order(order_id, request, api)
            hold(order.source)
            require_as_seen(request, shown(order, api))
            patch_order(order, body, api, by=request.actor)
        return JsonResponse(_shown(int(order_id), request, api))

    def delete(request: AskedRequest, order_id: str) -> HttpResponse:
        actions.delete_order(_order(order_id, request, api), by=request.actor)
        return HttpResponse(status=204)

    return verbs(READ, changing=WORK, get=get, patch=patch, delete=delete)


def _order(order_id: str, request: AskedRequest, api: OpenApi) -> Order:
    """Errors: NotFound."""
    plain = order_id.isascii() and order_id.isdecimal()
    if not plain or len(order_id) > queries.LONGEST_NUMBER or order_id != str(int(order_id)):
        raise NotFound
    return queries.get_order(int(order_id), seen_by=request.actor, level=api.level)


def _shown(number: int, request: AskedRequest, api: OpenApi) -> dict[str, Any]:
    return shown(queries.get_order(number, seen_by=request.actor, level=api.level), api)
