"""The list of customers and a customer's page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.customers import rights
from opale.customers.models import Customer
from opale.customers.queries import customers as customer_queries
from opale.customers.queries import history
from opale.customers.queries import services as service_queries
from opale.customers.queries.dates import today
from opale.endpoints.http import ActorRequest, needs

CONTACTS_SHOWN = 50


@require_GET
@needs(rights.READ)
def show(request: ActorRequest, code: str) -> HttpResponse:
    customer = customer_queries.get_customer_by_code(code, seen_by=request.actor)
    return render(request, "customers/customers/show.html", _context(request, customer))


@require_GET
@needs(rights.READ)
def services(request: ActorRequest, code: str) -> HttpResponse:
    """Render the region of the services, after a change of the customer."""
    customer = customer_queries.get_customer_by_code(code, seen_by=request.actor)
    return render(request, "customers/customers/_services.html", _context(request, customer))


def _context(request: ActorRequest, customer: Customer) -> dict[str, object]:
    actor = request.actor
    tree, cut = service_queries.tree_of(customer, seen_by=actor, on=today())
    contacts = customer_queries.contacts(
        seen_by=actor, customer=customer, left=bool(request.GET.get("left"))
    )
    found = list(contacts.order_by("left_on", "name", "id")[: CONTACTS_SHOWN + 1])
    return {
        "customer": customer,
        "live_topic": f"customers.customer:{customer.pk}",
        "knows_people": actor.can(customer_queries.PEOPLE),
        "tree": tree,
        "tree_cut": cut,
        "contacts": found[:CONTACTS_SHOWN],
        "contacts_cut": len(found) > CONTACTS_SHOWN,
        "contracts": history.in_force(customer, seen_by=actor, on=today()),
        "history": history.history_of(customer) if actor.can(customer_queries.PEOPLE) else [],
        "may_edit": customer_queries.may_edit(customer, actor),
        "may_edit_contacts": customer_queries.may_edit_contacts(customer, actor),
    }
