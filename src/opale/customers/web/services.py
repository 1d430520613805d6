"""The page of a service."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.customers import rights
from opale.customers.listings.services import TONES
from opale.customers.queries import customers, history, plan_tables, plans
from opale.customers.queries import services as service_queries
from opale.customers.queries.dates import today
from opale.endpoints.http import ActorRequest, needs


@require_GET
@needs(rights.READ)
def show(request: ActorRequest, reference: str) -> HttpResponse:
    actor = request.actor
    service = service_queries.get_service_by_reference(reference, seen_by=actor)
    plan = plans.plan_in_force(service.customer, service, on=today())
    context = {
        "service": service,
        "tone": TONES.get(service.state, "new"),
        "plan": plan,
        "plan_name": plans.plan_name(plan.version.plan) if plan else "",
        "promises": plan_tables.table_of_promises(service, plan, on=today()) if plan else [],
        "parts": service_queries.services(seen_by=actor).filter(parent=service)[:100],
        "plans": plan_tables.plans_of(service, seen_by=actor),
        "may_edit": customers.may_edit(service.customer, actor),
        "history": history.history_of(service) if actor.can(customers.PEOPLE) else [],
    }
    return render(request, "customers/services/show.html", context)
