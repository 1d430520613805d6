"""Triage proposals on the page: accepted with one key, corrected with another. An incident asks
its impact and urgency, by one key each, before it counts."""

from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from opale.customers.models import Stream
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import Invalid
from opale.kernel.whole_numbers import parse_number
from opale.run.desk.actions import classifications, links, merges, triage
from opale.run.desk.actions.classifications import ClassificationInput
from opale.run.desk.acts.subjects import TICKET
from opale.run.desk.domain.triage import Evidence, Proposal
from opale.run.desk.forms.tickets import AcceptanceForm, TriageForm
from opale.run.desk.models import Grade, Kind, Ticket, TicketLink
from opale.run.desk.queries import similar_tickets, tickets
from opale.run.desk.queries import triage as triage_queries
from opale.run.desk.queries.service_notes import service_notes
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

ASKED = frozenset({"impact", "urgency"})
GRADE_WORDS = {
    "impact": {
        Grade.HIGH: gettext_lazy("a whole site or company is affected"),
        Grade.MEDIUM: gettext_lazy("a team is affected, or all of it works badly"),
        Grade.LOW: gettext_lazy("one person is affected"),
    },
    "urgency": {
        Grade.HIGH: gettext_lazy("work has stopped"),
        Grade.MEDIUM: gettext_lazy("work goes on with difficulty"),
        Grade.LOW: gettext_lazy("it can wait"),
    },
}
"""What a grade means, for whoever has to choose in seconds."""


@dataclass(frozen=True, slots=True)
class Line:
    """A proposal as it is shown; one that is not `sure` is offered and not filled in."""

    name: str
    label: str
    text: str
    evidence: tuple[Evidence, ...]
    sure: bool = True
    value: object = ""
    note: str = ""


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


@require_http_methods(["GET", "POST"])
@needs(WORK)
def accept(request: ActorRequest, number: int) -> HttpResponse:
    """Accept the proposals. The form shows them with the customer's words, asks for impact and
    urgency, and shows the priority, stream and clocks that follow before they count."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    if request.method == "GET":
        return _acceptance(request, ticket)
    form = AcceptanceForm(request.POST, by=request.actor)
    seen = parse_number(request.POST.get("seen"))

    def run() -> None:
        triage.accept_proposals(ticket, form.findings(), by=request.actor, seen=seen)

    if asks_preview(request):
        watched = TICKET.watched({TICKET.name: ticket}, seen_by=request.actor)
        return preview_drawn(request, form, watched, run)
    if not form.is_valid():
        if ASKED.isdisjoint(form.errors):
            raise Invalid(_("The suggestion is out of date. Check it again."))
        return _acceptance(request, ticket, form)
    run()
    undo = reverse("desk_undo_classification", args=[number])
    toast_next(request, _("Classified: %(what)s.") % {"what": _outcome(ticket)}, undo=undo)
    if request.htmx and not targets_panel(request):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect("desk_ticket", number)


def _outcome(ticket: Ticket) -> str:
    """Return the kind, priority and stream that a ticket has now, in words."""
    ticket.refresh_from_db()
    return ", ".join(
        str(word)
        for word in (
            ticket.get_kind_display(),
            f"P{ticket.priority}",
            ticket.get_stream_display(),
        )
        if word
    )


def _acceptance(
    request: ActorRequest, ticket: Ticket, form: AcceptanceForm | None = None
) -> HttpResponse:
    """Show the form of an acceptance: `kind` and `service` of the address stand for proposals."""
    found = triage_queries.proposals_of(ticket, seen_by=request.actor)
    values = _values(ClassificationInput.proposed(ticket, found)) | _named(request, ticket, found)
    unstated = triage_queries.unstated_grades(ticket, found, values["kind"])
    initial = values | dict.fromkeys(unstated, None)
    sure = [line for line in _lines(ticket, found) if line.sure and line.name not in ASKED]
    settled = bool(ticket.service_id) or values["service"] in _sure(found)
    bound = form is not None
    form = form or AcceptanceForm(initial=initial, by=request.actor)
    context = {
        "ticket": ticket,
        "form": form,
        "said": triage_queries.customer_words(ticket),
        "seen": triage_queries.newest_classification(ticket),
        "lines": sure,
        "grades": [grade_choices(form, name) for name in ("impact", "urgency")],
        "services": [] if settled else noted_services(ticket, found),
        "service": str(form["service"].value() or ""),
        "first": str(form["impact"].value() or int(Grade.HIGH)),
        "incident": values["kind"] == Kind.INCIDENT,
        "in_panel": targets_panel(request),
    }
    template = f"desk/triage/{'_acceptance' if context['in_panel'] else 'acceptance'}.html"
    return render(request, template, context, status=422 if bound else 200)


def noted_services(ticket: Ticket, found: Proposals) -> list[tuple[str, str, str]]:
    """Return the likely services: key, name, and what tells those of one name apart."""
    rows = [one.value for one in found.services]
    notes = service_notes(rows, on=ticket.received_at.date())
    return [(str(row.pk), row.name, notes[row.pk]) for row in rows]


def _sure(found: Proposals) -> tuple[int, ...]:
    return (found.service.value.pk,) if found.service else ()


def _named(request: ActorRequest, ticket: Ticket, found: Proposals) -> dict[str, Any]:
    """Return what the address states in place of a proposal: an incident, a likely service."""
    asked: dict[str, Any] = {}
    if request.GET.get("kind") == Kind.INCIDENT:
        asked["kind"] = Kind.INCIDENT.value
    service = parse_number(request.GET.get("service"))
    if ticket.service_id is None and service in [one.value.pk for one in found.services]:
        asked["service"] = service
    return asked


def grade_choices(
    form: forms.BaseForm, name: str
) -> tuple[str, Any, list[tuple[str, Any, Any, bool]]]:
    """Return a field's name and label, and each choice: value, label, what it means, chosen."""
    held = str(form[name].value() or "")
    choices = [
        (str(int(grade)), grade.label, GRADE_WORDS[name][grade], held == str(int(grade)))
        for grade in Grade
    ]
    return name, form.fields[name].label, choices


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
    context |= {"in_panel": targets_panel(request), "said": triage_queries.customer_words(ticket)}
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
        notify_saved(request, both, undo=reverse("desk_undo_classification", args=[number]))
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
        context["lines"] = _noted(ticket, _lines(ticket, found), found)
        context["accepted"] = _values(ClassificationInput.proposed(ticket, found))
        context["asks"] = context["accepted"]["kind"] == Kind.INCIDENT
        context["candidates"] = found.candidates
    elif ticket.service_id is None and ticket.customer_id is not None:
        # The service is still open: what is likely stays on offer after the acceptance.
        context["seen"] = triage_queries.newest_classification(ticket)
        found = triage_queries.proposals_of(ticket, seen_by=request.actor)
        context["accepted"] = _values(ClassificationInput.of(ticket))
        likely = [_line("service", one, False) for one in found.services]
        context["lines"] = _noted(ticket, likely, found)
        context["triaged"] = True
    if similar and ticket.state in OPEN_STATES:
        context["similar"] = similar_tickets.similar_to(
            TicketDraft.of(ticket), seen_by=request.actor
        )
    return context


def _noted(ticket: Ticket, lines: list[Line], found: Proposals) -> list[Line]:
    """Return the lines, those of services that are only likely with what tells them apart."""
    notes = {int(key): note for key, _name, note in noted_services(ticket, found)}
    return [
        replace(line, note=notes[int(str(line.value))])
        if line.name == "service" and not line.sure
        else line
        for line in lines
    ]


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
