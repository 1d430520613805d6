"""Pages of work asked of others: lists of assignments, one assignment, and escalation."""

from typing import Any, cast

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.kernel.errors import Invalid
from opale.organisation.queries.mentions import people_to_mention
from opale.run.desk.actions import assignments
from opale.run.desk.forms.assignments import (
    AcceptanceForm,
    EscalationForm,
)
from opale.run.desk.listings.assignments import TONES, topics_of_work
from opale.run.desk.models import Assignment, Ticket
from opale.run.desk.queries import assignments as assignment_queries
from opale.run.desk.queries import queue_order, saved_views, tickets
from opale.run.desk.queries.note_readers import readers_of_assignment
from opale.run.desk.rights import ASSIST, CONSOLE, WORK
from opale.run.desk.states import OPEN_STATES
from opale.run.desk.web.assignment_cards import AssignmentCard
from opale.ui.components.lists import Tab
from opale.ui.keyset import Order, page
from opale.ui.toasts import toast, toast_next

VIEWS = {
    "mine": gettext_lazy("My teams"),
    "level-2": gettext_lazy("Level 2"),
    "level-3": gettext_lazy("Level 3"),
    "group": gettext_lazy("Group teams"),
    "suppliers": gettext_lazy("Suppliers"),
}
URGENT_FIRST = Order(("ticket__priority", "asked_at", "id"))


@require_GET
@needs(ASSIST)
def work(request: ActorRequest, view: str) -> HttpResponse:
    """Show the running work of a level, or of one's own teams."""
    if view not in VIEWS or (view != "mine" and not request.actor.can(CONSOLE)):
        raise Http404
    return _listed(request, view)


def _listed(request: ActorRequest, view: str) -> HttpResponse:
    rows = assignment_queries.work_in(
        cast(assignment_queries.WorkView, view), seen_by=request.actor
    )
    found = page(rows.order_by(), URGENT_FIRST, request.GET)
    context = {
        "view": view,
        "title": VIEWS[view],
        "page": found,
        "tabs": _tabs(view, request),
        "topics": topics_of_work(request),
        "url": reverse("desk_work", args=[view]),
        "sees_desk": request.actor.can(CONSOLE),
        "own": {team.pk for team in saved_views.own_teams(seen_by=request.actor)},
    }
    template = "desk/assignments/_list.html" if request.htmx else "desk/assignments/list.html"
    return render(request, template, context)


@require_GET
@needs(ASSIST)
def show(request: ActorRequest, assignment_id: int) -> HttpResponse:
    """Show one assignment alone; whoever was asked and may see its ticket works on the ticket."""
    asked = assignment_queries.get_assignment(assignment_id, seen_by=request.actor)
    if assignment_queries.works_on_ticket(asked, request.actor):
        return redirect("desk_ticket", asked.ticket.number)
    card = AssignmentCard.of(asked, request.actor)
    context = {"asked": asked, "card": card, "notes": assignment_queries.notes_of(asked)}
    return render(request, "desk/assignments/show.html", context)


@require_GET
@needs(ASSIST)
def card(request: ActorRequest, assignment_id: int) -> HttpResponse:
    """Show what is asked and what can be done, a region of the assignment's and ticket's pages."""
    asked = assignment_queries.get_assignment(assignment_id, seen_by=request.actor)
    return _drawn_card(request, asked)


@require_GET
@needs(ASSIST)
def notes(request: ActorRequest, assignment_id: int) -> HttpResponse:
    asked = assignment_queries.get_assignment(assignment_id, seen_by=request.actor)
    context = {"asked": asked, "notes": assignment_queries.notes_of(asked)}
    return render(request, "desk/assignments/_notes.html", context)


@require_GET
@needs(ASSIST)
def writing(request: ActorRequest, assignment_id: int) -> HttpResponse:
    """Show the empty boxes for notes and messages."""
    asked = assignment_queries.get_assignment(assignment_id, seen_by=request.actor)
    context = {"card": AssignmentCard.of(asked, request.actor)}
    return render(request, "desk/assignments/_write.html", context)


@require_GET
@needs(ASSIST)
def people(request: ActorRequest, assignment_id: int) -> HttpResponse:
    """Offer people to mention in a note on an assignment, by what was typed of a name."""
    asked = assignment_queries.get_assignment(assignment_id, seen_by=request.actor)
    typed = request.GET.get("q", "")[:100]
    offered = people_to_mention(typed, readers_of_assignment(asked), seen_by=request.actor)
    return render(request, "ui/_editor_people.html", {"people": offered})


@require_GET
@needs(CONSOLE)
def of_ticket(request: ActorRequest, number: int) -> HttpResponse:
    """Show all assignments of a ticket, a region of its side column."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    context = {
        "ticket": ticket,
        "work": assignment_queries.assignments_of(ticket, seen_by=request.actor),
        "tones": TONES,
        "intervention": queue_order.running_intervention(ticket, clock.now()),
        "may_work": tickets.may_work_on(ticket, request.actor),
    }
    return render(request, "desk/assignments/_side.html", context)


@require_http_methods(["GET", "POST"])
@needs(WORK)
def escalation(request: ActorRequest, number: int) -> HttpResponse:
    """Escalate: a panel on the ticket's page, or a page of its own without script."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    targets = assignment_queries.escalation_targets(ticket, seen_by=request.actor)
    form = EscalationForm(request.POST or None, ticket=ticket, targets=targets)
    if request.method == "POST" and form.is_valid():
        try:
            asked = assignments.request_work(ticket, form.ask(), by=request.actor)
        except Invalid as refusal:
            add_errors(form, refusal)
        else:
            return _asked(request, ticket, asked)
    context = {"ticket": ticket, "form": form, "targets": targets, "ended": _ended(ticket)}
    template = "_escalation.html" if request.htmx else "escalation.html"
    status = 422 if form.errors else 200
    return render(request, f"desk/assignments/{template}", context, status=status)


@require_GET
@needs(WORK)
def escalation_closed(request: ActorRequest, number: int) -> HttpResponse:
    """Close the escalation panel."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return render(request, "desk/assignments/_closed.html", {"ticket": ticket})


@require_http_methods(["GET", "POST"])
@needs(ASSIST)
def acceptance(request: ActorRequest, assignment_id: int) -> HttpResponse:
    """Accept the work: one key for a member of the team; a form to name another person or a due
    time."""
    asked = assignment_queries.get_assignment(assignment_id, seen_by=request.actor)
    at_once = "at_once" in request.POST
    form = AcceptanceForm(
        None if at_once else request.POST or None, assignment=asked, by=request.actor
    )
    if at_once:
        assignments.accept_assignment(asked, by=request.actor)
        if request.htmx and request.POST.get("list", "") in VIEWS:
            said = _("%(number)s assigned to you.") % {"number": asked.ticket.reference}
            return toast(_listed(request, request.POST["list"]), said)
        return _answer(request, asked.pk, _("Escalation assigned to you."))
    if request.method == "POST" and form.is_valid():
        try:
            assignments.accept_assignment(asked, by=request.actor, **form.cleaned_data)
        except Invalid as refusal:
            add_errors(form, refusal)
        else:
            return _answer(request, asked.pk, _("Accepted."))
    context = {"asked": asked, "form": form}
    status = 422 if form.errors else 200
    return render(request, "desk/assignments/form.html", context, status=status)


def add_errors(form: Any, refusal: Invalid) -> None:
    for name, sentence in (refusal.fields or {"": refusal.sentence}).items():
        form.add_error(name if name in form.fields else None, sentence)


def _drawn_card(request: ActorRequest, asked: Assignment) -> HttpResponse:
    context = {"card": AssignmentCard.of(asked, request.actor)}
    return render(request, "desk/assignments/_card.html", context)


def _answer(request: ActorRequest, assignment_id: int, said: str) -> HttpResponse:
    if not request.htmx:
        toast_next(request, said)
        return redirect("desk_assignment", assignment_id)
    asked = assignment_queries.get_assignment(assignment_id, seen_by=request.actor)
    return toast(_drawn_card(request, asked), said)


def _asked(request: ActorRequest, ticket: Ticket, asked: Assignment) -> HttpResponse:
    said = _("Escalated to %(name)s.") % {"name": asked.whom}
    undo = reverse("desk_withdraw_assignment", args=[asked.pk])
    if not request.htmx:
        toast_next(request, said, undo=undo)
        return redirect("desk_ticket", ticket.number)
    closed = render(request, "desk/assignments/_closed.html", {"ticket": ticket})
    return toast(closed, said, undo=undo)


def _tabs(here: str, request: ActorRequest) -> list[Tab]:
    counted = assignment_queries.work_counts(seen_by=request.actor)
    shown = VIEWS if request.actor.can(CONSOLE) else {"mine": VIEWS["mine"]}
    return [
        Tab(title, reverse("desk_work", args=[view]), here == view, counted.get(view))
        for view, title in shown.items()
    ]


def _ended(ticket: Ticket) -> bool:
    return ticket.state not in OPEN_STATES
