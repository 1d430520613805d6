"""Pickers of customers, contacts and services: those of the customer in hand come first."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from opale.customers import rights
from opale.customers.models import Service
from opale.customers.queries.customers import contacts, customers
from opale.customers.queries.dates import today
from opale.customers.queries.lookups import plans_sold
from opale.customers.queries.pickers import customer_in_hand, plan_names
from opale.customers.queries.services import service_label, services
from opale.endpoints.http import ActorRequest, needs
from opale.organisation.queries.people import people
from opale.ui.pickers import LIMIT, Choice, Narrowing, is_own, narrowed, picker_response


@require_GET
@needs(rights.READ)
def customer(request: ActorRequest) -> HttpResponse:
    found = customers(seen_by=request.actor, text=request.GET.get("q", ""))
    rows = found.order_by("name", "id")[:LIMIT]
    return picker_response(request, (Choice(str(c.pk), c.name, c.code) for c in rows))


@require_GET
@needs(rights.EDIT)
def person(request: ActorRequest) -> HttpResponse:
    found = people(seen_by=request.actor, text=request.GET.get("q", ""))
    rows = found.order_by("name", "id")[:LIMIT]
    return picker_response(request, (Choice(str(p.pk), p.name, p.job_title) for p in rows))


@require_GET
@needs(rights.READ)
def contact(request: ActorRequest) -> HttpResponse:
    found = contacts(seen_by=request.actor, text=request.GET.get("q", ""))
    narrowing = _of_customer(request, found)
    rows = narrowed(found, narrowing, "name", "id")
    choices = (Choice(str(c.pk), c.name, c.customer.name, is_own(c)) for c in rows)
    return picker_response(request, choices, narrowing)


@require_GET
@needs(rights.READ)
def service(request: ActorRequest) -> HttpResponse:
    """Offer services with their reference, plan and customer: names are often the same."""
    found = services(seen_by=request.actor, text=request.GET.get("q", ""))
    narrowing = _of_customer(request, found)
    rows = list(narrowed(found, narrowing, "name", "id"))
    plans = plans_sold([(row.customer_id, row.pk) for row in rows], on=today())
    names = plan_names() if plans else {}

    def note(row: Service) -> str:
        plan = plans.get((row.customer_id, row.pk))
        ended = row.get_state_display() if row.state == Service.State.TERMINATED else ""
        return " · ".join(
            filter(None, (ended, names[plan.code] if plan else "", row.customer.name))
        )

    choices = (Choice(str(row.pk), service_label(row), note(row), is_own(row)) for row in rows)
    return picker_response(request, choices, narrowing)


def _of_customer(request: ActorRequest, found: "QuerySet[Any]") -> Narrowing | None:
    in_hand = customer_in_hand(request.GET, seen_by=request.actor)
    return Narrowing.of(in_hand, found.filter(customer=in_hand), request)
