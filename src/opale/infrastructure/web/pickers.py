"""Pickers of items and sites: those of the customer in hand come first."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from opale.customers.models import Customer
from opale.customers.queries.pickers import customer_in_hand
from opale.endpoints.http import ActorRequest, needs
from opale.infrastructure import rights
from opale.infrastructure.models import Site
from opale.infrastructure.queries.items import (
    items,
    items_of_customer,
    provider_sites,
    sites,
    sites_of_customer,
)
from opale.ui.pickers import Choice, Narrowing, is_own, narrowed, picker_response


@require_GET
@needs(rights.READ)
def item(request: ActorRequest) -> HttpResponse:
    found = items(seen_by=request.actor, text=request.GET.get("q", ""))
    return _offer(request, found, items_of_customer, lambda row: str(row.get_kind_display()))


@require_GET
@needs(rights.READ)
def site(request: ActorRequest) -> HttpResponse:
    found = sites(seen_by=request.actor, text=request.GET.get("q", ""))
    return _offer(request, found, sites_of_customer, _place)


@require_GET
@needs(rights.READ)
def datacentre(request: ActorRequest) -> HttpResponse:
    """Offer the provider's sites, first those where the customer has something."""
    found = provider_sites(sites(seen_by=request.actor, text=request.GET.get("q", "")))
    return _offer(request, found, sites_of_customer, _place)


def _place(site: Site) -> str:
    return " · ".join(filter(None, (site.code, site.city)))


def _offer(
    request: ActorRequest,
    found: "QuerySet[Any]",
    of_customer: Callable[[Customer], "QuerySet[Any]"],
    note: Callable[[Any], str],
) -> HttpResponse:
    in_hand = customer_in_hand(request.GET, seen_by=request.actor)
    own = of_customer(in_hand) if in_hand else found.none()
    narrowing = Narrowing.of(in_hand, own, request)
    rows = narrowed(found, narrowing, "name", "id")
    choices = (Choice(str(row.pk), row.name, note(row), is_own(row)) for row in rows)
    return picker_response(request, choices, narrowing)
