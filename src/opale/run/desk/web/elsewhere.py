"""What the desk shows on the pages of lower rooms: tickets of a customer, a service, an item."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from opale.customers.queries import customer_coded, service_referenced
from opale.endpoints.http import AskedRequest, needs
from opale.infrastructure.queries import get_item
from opale.kernel.actor import Actor
from opale.run.desk import queries
from opale.run.desk.models import DeskQuerySet, Ticket
from opale.run.desk.rights import CONSOLE, WORK
from opale.run.events.models import Alert
from opale.run.events.queries import get_alert
from opale.run.events.queries.happenings import Happening

SHOWN = 8


@require_GET
@needs(CONSOLE)
def of_customer(request: AskedRequest, code: str) -> HttpResponse:
    customer = customer_coded(code, seen_by=request.actor)
    tickets = queries.tickets_of(seen_by=request.actor, customer=customer)
    return _listed(request, tickets, reverse("desk_of_customer", args=[code]))


@require_GET
@needs(CONSOLE)
def of_service(request: AskedRequest, reference: str) -> HttpResponse:
    service = service_referenced(reference, seen_by=request.actor)
    tickets = queries.tickets_of(seen_by=request.actor, service=service)
    return _listed(request, tickets, reverse("desk_of_service", args=[reference]))


@require_GET
@needs(CONSOLE)
def of_item(request: AskedRequest, item_id: int) -> HttpResponse:
    item = get_item(item_id, seen_by=request.actor)
    tickets = queries.tickets_of(seen_by=request.actor, item=item)
    return _listed(request, tickets, reverse("desk_of_item", args=[item_id]))


@require_GET
@needs(CONSOLE)
def of_alert(request: AskedRequest, alert_id: int) -> HttpResponse:
    """The side of an alert's page: the incidents that deal with it."""
    alert = get_alert(alert_id, seen_by=request.actor)
    context = {"alert": alert, "tickets": queries.incidents_of(alert, seen_by=request.actor)}
    return render(request, "desk/elsewhere/_of_alert.html", context)


@require_GET
@needs(CONSOLE)
def key_of_alert(request: AskedRequest, alert_id: int) -> HttpResponse:
    """The key that qualifies an alert as an incident, while nobody deals with it."""
    alert = get_alert(alert_id, seen_by=request.actor)
    free = not queries.running_incidents_of(alert, seen_by=request.actor)
    context = {"alert": alert, "offered": free and request.actor.can(WORK)}
    return render(request, "desk/elsewhere/_key_of_alert.html", context)


def tell_incidents(alert: Alert, actor: Actor) -> list[Happening]:
    """In an alert's timeline: which incident dealt with it, and since when."""
    return [
        Happening(
            link.linked_at,
            "incident",
            target=link.ticket.reference,
            text=link.ticket.subject,
            url=reverse("desk_ticket", args=[link.ticket.number]),
        )
        for link in queries.links_of(alert, seen_by=actor)[:SHOWN]
    ]


def _listed(request: AskedRequest, tickets: DeskQuerySet[Ticket], own_url: str) -> HttpResponse:
    context = {"tickets": list(tickets[:SHOWN]), "own_url": own_url, "actor": request.actor}
    return render(request, "desk/elsewhere/_tickets.html", context)
