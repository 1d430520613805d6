"""Triage proposals on the page: accepted with one key, corrected with another."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.customers.models import Stream
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import Invalid
from opale.kernel.whole_numbers import parse_number
from opale.run.desk.actions import classifications, links, merges, triage
from opale.run.desk.actions.classifications import ClassificationInput
from opale.run.desk.acts.subjects import TICKET
from opale.run.desk.domain.triage import Evidence, Proposal
from opale.run.desk.forms.tickets import TriageForm
from opale.run.desk.models import Grade, Kind, Ticket, TicketLink
from opale.run.desk.queries import similar_tickets, tickets
from opale.run.desk.queries import triage as triage_queries
from opale.run.desk.queries.similar_tickets import Similar, TicketDraft
from opale.run.desk.queries.triage import Proposals
from opale.run.desk.rights import WORK
from opale.run.desk.states import ENDED_STATES, OPEN_STATES
from opale.run.desk.web.edit_conflicts import compare_edits, form_baseline, notify_saved
from opale.ui.change_previews import asks_preview, preview_drawn
from opale.ui.forms import submit_form
from opale.ui.side_pane import targets_panel
from opale.ui.toasts import toast_next

LABELS = {
    "stream": gettext_lazy("Stream"),
    "kind": gettext_lazy("Kind"),
    "customer": gettext_lazy("Customer"),
    "contact": gettext_lazy("Contact"),
    "employee": gettext_lazy("Employee"),
    "service": gettext_lazy("Service"),
    "item": gettext_lazy("Item"),
    "impact": gettext_lazy("Impact"),
    "urgency": gettext_lazy("Urgency"),
    "team": gettext_lazy("Team"),
}
WORDS: dict[str, Any] = {
    "stream": lambda value: Stream(value).label,
    "kind": lambda value: Kind(value).label,
    "impact": lambda value: Grade(value).label,
    "urgency": lambda value: Grade(value).label,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A proposal as it is shown; one that is not `sure` is offered and not filled in."""

    name: str
    label: str
    text: str
    evidence: tuple[Evidence, ...]
    sure: bool = True
    value: object = ""


@require_GET
@needs(WORK)
def region(request: ActorRequest, number: int) -> HttpResponse:
    """Show a ticket's proposals, and the running tickets that it may belong to."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return render(request, "desk/triage/_proposed.html", _context(request, ticket))


@require_GET
@needs(WORK)
def line(request: ActorRequest, number: int) -> HttpResponse:
    """Show the proposals in one line of the list."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return render(request, "desk/triage/_line.html", _context(request, ticket, similar=False))


@require_POST
@needs(WORK)
def accept(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    form = TriageForm(request.POST, by=request.actor)
    if not form.is_valid():
        raise Invalid(_("The suggestion is out of date. Check it again."))
    seen = parse_number(request.POST.get("seen"))
    triage.accept_proposals(ticket, form.findings(), by=request.actor, seen=seen)
    toast_next(request, _("Suggestions accepted."))
    if request.htmx:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect("desk_ticket", number)


@require_http_methods(["GET", "POST"])
@needs(WORK)
def correct(request: ActorRequest, number: int) -> HttpResponse:
    """Edit the classification, filled in with the proposals and their reasons beside. A colleague's
    concurrent edit is shown beside it, and nothing is saved until it is decided."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    found = triage_queries.proposals_of(ticket, seen_by=request.actor)
    held, seen = TriageForm.initial_of(ticket), ClassificationInput.of(ticket)
    form = TriageForm(
        initial=held | _values(ClassificationInput.proposed(ticket, found)), by=request.actor
    )
    context = {"ticket": ticket, "form": form, "lines": _lines(ticket, found)}
    context["in_panel"] = targets_panel(request)
    template = f"desk/triage/{'_correct' if context['in_panel'] else 'correct'}.html"
    if request.method == "GET":
        context["opened_with"] = form_baseline(held)
        return render(request, template, context)
    both = compare_edits(request.POST, held, form)
    form = TriageForm(both.data, initial=held, by=request.actor)

    def classify() -> None:
        classifications.classify_ticket(ticket, form.findings(), by=request.actor, seen=seen)

    if asks_preview(request):
        watched = TICKET.watched({TICKET.name: ticket}, seen_by=request.actor)
        return preview_drawn(request, form, watched, classify)
    if not both.open and submit_form(form, classify):
        notify_saved(request, both)
        return redirect("desk_ticket", number)
    context |= {"form": form, "compared": both}
    if both.open:
        context["changed_by"] = tickets.last_classification(ticket)
    return render(request, template, context, status=409 if both.open else 422)


@require_GET
@needs(WORK)
def like(request: ActorRequest) -> HttpResponse:
    """Show the running tickets that a ticket may belong to, while it is being written."""
    said = request.GET
    customer, service, item = (parse_number(said.get(name)) for name in DRAFTED)
    draft = TicketDraft(said.get("subject", "").replace("\x00", ""), customer, service, item)
    similar: list[Similar] = []
    if draft.subject or customer or service or item:
        similar = similar_tickets.similar_to(draft, seen_by=request.actor)
    return render(request, "desk/triage/_like.html", {"similar": similar})


DRAFTED = ("customer", "service", "item")


def apply_relation(request: ActorRequest, ticket: Ticket) -> int:
    """Merge the new ticket into a running one or make it its child, as chosen; return the
    number."""
    offer, _sep, named = request.POST.get("beside", "").partition("-")
    number = parse_number(named)
    if number is None:
        return ticket.number
    other = tickets.get_ticket(number, seen_by=request.actor)
    if offer == "merge":
        merges.merge_tickets([ticket], other, by=request.actor)
        return other.number
    if offer == "child":
        links.link_tickets(ticket, TicketLink.Kind.CHILD_OF, other, by=request.actor)
    return ticket.number


def _context(request: ActorRequest, ticket: Ticket, *, similar: bool = True) -> dict[str, Any]:
    context: dict[str, Any] = {"ticket": ticket, "similar": [], "lines": []}
    if ticket.state in ENDED_STATES:
        return context
    if ticket.triaged_at is None:
        context["seen"] = triage_queries.newest_classification(ticket)
        found = triage_queries.proposals_of(ticket, seen_by=request.actor)
        context["lines"] = _lines(ticket, found)
        context["accepted"] = _values(ClassificationInput.proposed(ticket, found))
        context["candidates"] = found.candidates
    if similar and ticket.state in OPEN_STATES:
        context["similar"] = similar_tickets.similar_to(
            TicketDraft.of(ticket), seen_by=request.actor
        )
    return context


def _lines(ticket: Ticket, found: Proposals) -> list[Line]:
    """Return the fields that accepting changes; if no service is sure enough, the likeliest."""
    sure = found.service.value if found.service else None
    accepted = _values(ClassificationInput.proposed(ticket, found))
    shown = sorted(found.listed(), key=lambda one: list(LABELS).index(one[0]))
    lines = []
    for name, proposal in shown:
        perhaps = name == "service" and sure is None
        taken = accepted.get(name) == _key(proposal.value)
        if (perhaps or taken) and not _said(ticket, name, proposal):
            lines.append(_line(name, proposal, not perhaps))
    return lines


def _said(ticket: Ticket, name: str, proposal: Proposal[object]) -> bool:
    """Return whether the field is set already: kind and grades are from the start."""
    if name == "team":
        return False
    if name in ("kind", "impact", "urgency"):
        return bool(getattr(ticket, name) == proposal.value)
    return bool(getattr(ticket, name))


def _line(name: str, proposal: Proposal[object], sure: bool) -> Line:
    words = WORDS.get(name, str)
    return Line(
        name,
        str(LABELS[name]),
        str(words(proposal.value)),
        proposal.evidence,
        sure,
        _key(proposal.value),
    )


def _key(value: object) -> object:
    """Return the value as the form of triage takes it."""
    return value if isinstance(value, int | str) else getattr(value, "pk", "")


def _values(found: ClassificationInput) -> dict[str, Any]:
    """Return the classification as the values of the form of triage."""
    rows = {
        name: getattr(found, name) for name in ("customer", "contact", "service", "item", "team")
    }
    return {name: row.pk if row else "" for name, row in rows.items()} | {
        "kind": found.kind.value,
        "impact": int(found.impact),
        "urgency": int(found.urgency),
        "stream": found.stream,
    }
