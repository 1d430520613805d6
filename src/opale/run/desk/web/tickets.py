"""The ticket's page and its actions. Each action answers with the head of the page."""

from contextlib import suppress
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import Invalid
from opale.run.desk.actions import (
    classifications,
    ticket_creation,
    unread_tickets,
)
from opale.run.desk.actions.classifications import ClassificationInput
from opale.run.desk.acts.subjects import TICKET
from opale.run.desk.acts.ticket_facts import outlook_facts
from opale.run.desk.forms.tickets import (
    NewTicketForm,
    SubjectForm,
    TriageForm,
)
from opale.run.desk.models import (
    Attachment,
    Kind,
    Ticket,
    WrittenDraft,
)
from opale.run.desk.queries import attachments, tickets
from opale.run.desk.queries import triage as triage_queries
from opale.run.desk.queries.related_records import has
from opale.run.desk.rights import CONSOLE, WORK
from opale.run.desk.web import merges, ticket_context, triage
from opale.run.desk.web.answers import waiting_context
from opale.run.desk.web.assignment_cards import cards_of
from opale.run.desk.web.conversation import timeline_context
from opale.run.desk.web.edit_conflicts import (
    Comparison,
    compare_edits,
    form_baseline,
    notify_saved,
)
from opale.run.desk.web.reply_box import editor_of
from opale.run.desk.web.request_context import sheet_context
from opale.ui.change_previews import asks_preview, preview_drawn
from opale.ui.forms import submit_form
from opale.ui.side_pane import targets_panel
from opale.ui.toasts import toast, toast_next


@require_GET
@needs(CONSOLE)
def show(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    if ticket.merged_into_id and not request.GET.get("here"):
        return merges.redirect_to_surviving_ticket(request, ticket)
    if getattr(ticket, "has_news", False):
        unread_tickets.mark_read(ticket, by=request.actor)
    actor = request.actor
    side = ticket_context.side_context(ticket, actor)
    context = (
        side
        | ticket_context.head_context(ticket, actor, side["alerts"], side["clocks"])
        | timeline_context(request, ticket)
        | waiting_context(ticket, request)
        | {"sheet": sheet_context(ticket, actor)}
        | {"cards": cards_of(ticket, actor)}
    )
    files = has(ticket, Attachment)
    waiting = attachments.waiting_attachments(ticket, seen_by=actor) if files else []
    for kind in WrittenDraft.Kind:
        context[f"waiting_{kind}"] = [file for file in waiting if file.draft_kind == kind]
        context[f"{kind}_editor"] = editor_of(ticket, kind)
    return render(request, "desk/tickets/show.html", context)


@require_GET
@needs(CONSOLE)
def head(request: ActorRequest, number: int) -> HttpResponse:
    return _head(request, tickets.get_ticket(number, seen_by=request.actor))


@require_GET
@needs(CONSOLE)
def side(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return render(
        request, "desk/tickets/_side.html", ticket_context.side_context(ticket, request.actor)
    )


@require_http_methods(["GET", "POST"])
@needs(WORK)
def classification(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    held, seen, said = (
        TriageForm.initial_of(ticket),
        ClassificationInput.of(ticket),
        _("Classify ticket"),
    )
    form = TriageForm(initial=held, by=request.actor)
    if request.method == "GET":
        opened_with = form_baseline(held)
        return _form(request, ticket, form, said, _("Save"), opened_with=opened_with, previews=True)
    found = compare_edits(request.POST, held, form)
    form = TriageForm(found.data, initial=held, by=request.actor)

    def classify() -> None:
        classifications.classify_ticket(ticket, form.findings(), by=request.actor, seen=seen)

    if asks_preview(request):
        watched = TICKET.watched({TICKET.name: ticket}, seen_by=request.actor)
        return preview_drawn(request, form, watched, classify)
    if not found.open and submit_form(form, classify):
        notify_saved(request, found, undo=reverse("desk_undo_classification", args=[number]))
        return redirect("desk_ticket", number)
    return _form(request, ticket, form, said, _("Save"), found=found, previews=True)


@require_http_methods(["GET", "POST"])
@needs(WORK)
def renaming(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    held, said = {"subject": ticket.subject}, _("Edit subject")
    form = SubjectForm(initial=held)
    if request.method == "GET":
        return _form(request, ticket, form, said, _("Save"), opened_with=form_baseline(held))
    found = compare_edits(request.POST, held, form)
    form = SubjectForm(found.data, initial=held)
    if not found.open and submit_form(
        form,
        lambda: classifications.rename_ticket(
            ticket, form.cleaned_data["subject"], by=request.actor, seen=ticket.subject
        ),
    ):
        notify_saved(request, found)
        return redirect("desk_ticket", number)
    return _form(request, ticket, form, said, _("Save"), found=found)


@require_POST
@needs(WORK)
def qualification(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    asked = request.POST.get("kind") or request.GET.get("kind")  # an undo names it in its address
    kind = Kind.INCIDENT if asked == Kind.INCIDENT else Kind.REQUEST
    before = Kind(ticket.kind)
    classifications.qualify_ticket(ticket, kind, by=request.actor)
    said = _("Changed to incident.") if kind == Kind.INCIDENT else _("Changed to request.")
    undo = reverse("desk_qualify", args=[number]) + f"?kind={before}"
    return _answer(request, number, said, undo=undo if before != kind else "")


@require_GET
@needs(CONSOLE)
def priority_reason(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    context = {"ticket": ticket, "found": tickets.explained_priority(ticket)}
    return render(request, "desk/tickets/_priority.html", context)


@require_http_methods(["GET", "POST"])
@needs(WORK)
def new(request: ActorRequest) -> HttpResponse:
    form = NewTicketForm(
        request.POST or None,
        initial={"kind": Kind.REQUEST, "impact": 3, "urgency": 3},
        by=request.actor,
    )
    if request.method == "POST" and form.is_valid():
        try:
            ticket = ticket_creation.receive_ticket(form.new_ticket(), by=request.actor)
            number = triage.apply_relation(request, ticket)
        except Invalid as refusal:
            _add_errors(form, refusal)
        else:
            return redirect("desk_ticket", number)
    return render(
        request, "desk/tickets/new.html", {"form": form}, status=422 if form.errors else 200
    )


@require_POST
@needs(WORK)
def outlook(request: ActorRequest) -> HttpResponse:
    """Show the plan, stream, priority and deadlines that a new ticket would have as it is filled in
    now."""
    said = request.POST.copy()
    if not said.get("subject", "").strip():
        said["subject"] = "–"
    form = NewTicketForm(said, by=request.actor)
    found: list[tuple[str, str]] = []
    if form.is_valid():
        with suppress(Invalid):
            ticket, commitments = ticket_creation.preview_ticket(
                form.new_ticket(), by=request.actor
            )
            found = outlook_facts(ticket, commitments)
    return render(request, "desk/tickets/_outlook.html", {"facts": found})


def _head(request: ActorRequest, ticket: Ticket) -> HttpResponse:
    return render(
        request, "desk/tickets/_head.html", ticket_context.head_context(ticket, request.actor)
    )


def _answer(request: ActorRequest, number: int, said: str, *, undo: str = "") -> HttpResponse:
    """Return the head drawn again for htmx, or redirect to the page for a browser without
    script."""
    if not request.htmx:
        toast_next(request, said, undo=undo)
        return redirect("desk_ticket", number)
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return toast(_head(request, ticket), said, undo=undo)


def _form(
    request: ActorRequest,
    ticket: Ticket,
    form: Any,
    title: str,
    verb: str,
    *,
    opened_with: str = "",
    found: Comparison | None = None,
    previews: bool = False,
) -> HttpResponse:
    """Show the form; after a concurrent edit, with both texts to decide between."""
    context = {"ticket": ticket, "form": form, "title": title, "verb": verb}
    context |= {"opened_with": opened_with, "compared": found, "previews": previews}
    context["said"] = triage_queries.customer_words(ticket) if previews else None
    differs = bool(found and found.open)
    if differs:
        context["changed_by"] = tickets.last_classification(ticket)
    status = 409 if differs else 422 if form.errors else 200
    template = "_form.html" if targets_panel(request) else "form.html"
    return render(request, f"desk/tickets/{template}", context, status=status)


def _add_errors(form: Any, refusal: Invalid) -> None:
    for name, sentence in (refusal.fields or {"": refusal.sentence}).items():
        form.add_error(name if name in form.fields else None, sentence)
