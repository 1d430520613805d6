"""Region of a ticket's tags, watchers, external references and confidentiality."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.customers.queries.customers import contacts
from opale.endpoints.http import ActorRequest, needs
from opale.run.desk.models import Ticket
from opale.run.desk.queries import ticket_metadata as ticket_metadata_queries
from opale.run.desk.queries import tickets
from opale.run.desk.rights import CONSOLE


@require_GET
@needs(CONSOLE)
def marks(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    watchers = ticket_metadata_queries.watchers_of(ticket)
    context = {
        "ticket": ticket,
        "watchers": watchers,
        "watching": any(w.person_id == request.actor.person_id for w in watchers),
        "references": ticket_metadata_queries.references_of(ticket),
        "offered": ticket_metadata_queries.tags_in_use(seen_by=request.actor),
        "colleagues": _contacts(request, ticket),
        "may_work": tickets.may_work_on(ticket, request.actor),
    }
    return render(request, "desk/marks/_marks.html", context)


def _contacts(request: ActorRequest, ticket: Ticket) -> list[tuple[int, str]]:
    """Return the customer's other contacts, who may be added as watchers."""
    if ticket.customer is None:
        return []
    found = contacts(seen_by=request.actor, customer=ticket.customer)
    rows = found.exclude(pk=ticket.contact_id or 0).order_by("name").values_list("pk", "name")
    return list(rows[:100])
