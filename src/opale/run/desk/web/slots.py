"""The desk's content on the pages of lower rooms: tickets of a customer, a service, an item."""

from collections.abc import Collection

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from opale.customers.queries.customers import get_customer_by_code
from opale.customers.queries.services import get_service_by_reference
from opale.endpoints.http import ActorRequest, needs
from opale.infrastructure.queries.items import get_item
from opale.kernel.actor import Actor
from opale.run.desk.models import DeskQuerySet, Ticket
from opale.run.desk.queries import ticket_lists
from opale.run.desk.queries.outages import affected_customers
from opale.run.desk.queries.tickets import get_ticket
from opale.run.desk.rights import CONSOLE, WORK
from opale.run.desk.states import TicketState
from opale.run.events.models import Alert
from opale.run.events.ports.incidents import AlertIncident
from opale.run.events.queries.alerts import get_alert
from opale.run.events.queries.timeline import TimelineEntry

SHOWN = 8
CUSTOMERS_SHOWN = 12


@require_GET
@needs(CONSOLE)
def of_customer(request: ActorRequest, code: str) -> HttpResponse:
    customer = get_customer_by_code(code, seen_by=request.actor)
    tickets = ticket_lists.tickets_of(seen_by=request.actor, customer=customer)
    all_url = f"{reverse('desk_tickets')}?customer={customer.pk}"
    return _listed(request, tickets, reverse("desk_of_customer", args=[code]), all_url)


@require_GET
@needs(CONSOLE)
def of_service(request: ActorRequest, reference: str) -> HttpResponse:
    service = get_service_by_reference(reference, seen_by=request.actor)
    tickets = ticket_lists.tickets_of(seen_by=request.actor, service=service)
    return _listed(request, tickets, reverse("desk_of_service", args=[reference]))


@require_GET
@needs(CONSOLE)
def of_item(request: ActorRequest, item_id: int) -> HttpResponse:
    item = get_item(item_id, seen_by=request.actor)
    tickets = ticket_lists.tickets_of(seen_by=request.actor, item=item)
    return _listed(request, tickets, reverse("desk_of_item", args=[item_id]))


@require_GET
@needs(CONSOLE)
def affected_by(request: ActorRequest, number: int) -> HttpResponse:
    """Show the customers whom an incident of shared items hits, with their services."""
    ticket = get_ticket(number, seen_by=request.actor)
    found = affected_customers(ticket, seen_by=request.actor)
    context = {
        "ticket": ticket,
        "affected": found[:CUSTOMERS_SHOWN],
        "customers": len(found),
        "services": sum(len(one.services) for one in found),
        "more": max(0, len(found) - CUSTOMERS_SHOWN),
    }
    return render(request, "desk/elsewhere/_affected.html", context)


@require_GET
@needs(CONSOLE)
def of_alert(request: ActorRequest, alert_id: int) -> HttpResponse:
    """Show the alert's incidents, in the side column of its page."""
    alert = get_alert(alert_id, seen_by=request.actor)
    context = {"alert": alert, "tickets": ticket_lists.incidents_of(alert, seen_by=request.actor)}
    return render(request, "desk/elsewhere/_of_alert.html", context)


@require_GET
@needs(CONSOLE)
def key_of_alert(request: ActorRequest, alert_id: int) -> HttpResponse:
    """Show the button that qualifies an alert as an incident, while it has none."""
    alert = get_alert(alert_id, seen_by=request.actor)
    free = not ticket_lists.running_incidents_of(alert, seen_by=request.actor)
    context = {"alert": alert, "offered": free and request.actor.can(WORK)}
    return render(request, "desk/elsewhere/_key_of_alert.html", context)


def incident_events_of(alert: Alert, actor: Actor) -> list[TimelineEntry]:
    """Return the alert's incidents for its timeline, each with when it was linked."""
    return [
        TimelineEntry(
            link.linked_at,
            "incident",
            target=link.ticket.reference,
            text=link.ticket.subject,
            url=reverse("desk_ticket", args=[link.ticket.number]),
        )
        for link in ticket_lists.links_of(alert, seen_by=actor)[:SHOWN]
    ]


def incidents_for_lines(alert_ids: Collection[int], actor: Actor) -> dict[int, AlertIncident]:
    """Return the running incident of each alert, for the lines of lists of alerts."""
    links = ticket_lists.running_links_of(alert_ids, seen_by=actor)
    return {
        link.alert_id: AlertIncident(
            link.ticket.reference,
            reverse("desk_ticket", args=[link.ticket.number]),
            link.ticket.state != TicketState.NEW,
        )
        for link in links
    }


def _listed(
    request: ActorRequest, tickets: DeskQuerySet[Ticket], own_url: str, all_url: str = ""
) -> HttpResponse:
    shown = list(tickets[:SHOWN])
    context = {
        "tickets": shown,
        "own_url": own_url,
        "all_url": all_url if shown else "",
        "actor": request.actor,
    }
    return render(request, "desk/elsewhere/_tickets.html", context)
