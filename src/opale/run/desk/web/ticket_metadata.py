"""Tags, watchers, external references and confidentiality, in a region of the ticket's page."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opale.customers.queries.customers import contacts, get_contact
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import Conflict, Invalid
from opale.organisation.queries.people import get_person
from opale.run.desk.actions import ticket_metadata
from opale.run.desk.models import Ticket
from opale.run.desk.queries import ticket_metadata as ticket_metadata_queries
from opale.run.desk.queries import tickets
from opale.run.desk.rights import CONSOLE, WORK
from opale.ui.toasts import toast, toast_next


@require_GET
@needs(CONSOLE)
def marks(request: ActorRequest, number: int) -> HttpResponse:
    return _region(request, tickets.get_ticket(number, seen_by=request.actor))


@require_POST
@needs(WORK)
def tags(request: ActorRequest, number: int) -> HttpResponse:
    """Save the tags, typed with commas between them."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    try:
        ticket_metadata.set_tags(ticket, request.POST.get("tags", "").split(","), by=request.actor)
    except Invalid as refusal:
        return _answer(request, number, " ".join(refusal.fields.values()))
    return _answer(request, number, _("Tags kept."))


@require_POST
@needs(WORK)
def confidentiality(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    hide = request.POST.get("confidential") == "yes"
    ticket_metadata.set_confidential(ticket, hide, by=request.actor)
    said = _("Only those who have to do with it see this ticket now.")
    return _answer(request, number, said if hide else _("All colleagues see this ticket again."))


@require_POST
@needs(WORK)
def watching(request: ActorRequest, number: int) -> HttpResponse:
    """Watch the ticket oneself, or add a colleague or a contact as watcher."""
    ticket, said = tickets.get_ticket(number, seen_by=request.actor), request.POST
    contact_id, person_id = said.get("contact", ""), said.get("person", "")
    if contact_id.isdigit():
        contact = get_contact(int(contact_id), seen_by=request.actor)
        ticket_metadata.add_watcher(ticket, by=request.actor, contact=contact)
    else:
        own = request.actor.person_id or 0
        person = get_person(int(person_id) if person_id.isdigit() else own, seen_by=request.actor)
        ticket_metadata.add_watcher(ticket, by=request.actor, person=person)
    return _answer(request, number, _("Added to those who follow the ticket."))


@require_POST
@needs(WORK)
def unwatching(request: ActorRequest, number: int, watcher_id: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    ticket_metadata.remove_watcher(
        ticket_metadata_queries.get_watcher(ticket, watcher_id), by=request.actor
    )
    return _answer(request, number, _("Removed from those who follow the ticket."))


@require_POST
@needs(WORK)
def reference(request: ActorRequest, number: int) -> HttpResponse:
    ticket, said = tickets.get_ticket(number, seen_by=request.actor), request.POST
    try:
        ticket_metadata.add_reference(
            ticket, said.get("party", ""), said.get("reference", ""), by=request.actor
        )
    except (Invalid, Conflict) as refusal:
        return _answer(request, number, refusal.sentence)
    return _answer(request, number, _("The number is kept: the ticket is found by it."))


@require_POST
@needs(WORK)
def unreference(request: ActorRequest, number: int, reference_id: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    ticket_metadata.remove_reference(
        ticket_metadata_queries.get_reference(ticket, reference_id), by=request.actor
    )
    return _answer(request, number, _("The number is removed."))


def _region(request: ActorRequest, ticket: Ticket) -> HttpResponse:
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


def _answer(request: ActorRequest, number: int, said: str) -> HttpResponse:
    if not request.htmx:
        toast_next(request, said)
        return redirect("desk_ticket", number)
    return toast(_region(request, tickets.get_ticket(number, seen_by=request.actor)), said)
