"""The ticket's page and its actions. Each action answers with the head of the page."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.customers.queries.customers import contacts
from opale.customers.queries.services import services
from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.kernel.errors import Conflict, Invalid
from opale.run.desk.actions import (
    alerts,
    classifications,
    lifecycle,
    pauses,
    ticket_creation,
    unread_tickets,
)
from opale.run.desk.actions import ownership as ownership_actions
from opale.run.desk.actions.classifications import ClassificationInput
from opale.run.desk.forms.tickets import (
    GiveTicketForm,
    NewTicketForm,
    ResolutionForm,
    RestorationForm,
    SubjectForm,
    TriageForm,
)
from opale.run.desk.models import (
    Attachment,
    Kind,
    Ticket,
)
from opale.run.desk.queries import attachments, tickets
from opale.run.desk.queries.related_records import has
from opale.run.desk.rights import CONSOLE, WORK
from opale.run.desk.web import merges, ticket_context, triage
from opale.run.desk.web.answers import waiting_context
from opale.run.desk.web.conversation import timeline_context
from opale.run.desk.web.edit_conflicts import (
    Comparison,
    compare_edits,
    form_baseline,
    notify_kept_values,
)
from opale.run.desk.web.request_context import sheet_context
from opale.run.events.queries.alerts import get_alert
from opale.ui import pickers
from opale.ui.forms import submit_form
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
    )
    files = has(ticket, Attachment)
    context["waiting"] = attachments.waiting_attachments(ticket, seen_by=actor) if files else []
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


@require_POST
@needs(WORK)
def ownership(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    seen, former = request.POST.get("seen_owner", ""), ticket.owner_id
    ownership_actions.take_ticket(
        ticket, by=request.actor, seen_owner_id=int(seen) if seen.isdigit() else None
    )
    back = reverse("desk_give_back", args=[number]) if former != request.actor.person_id else ""
    return _answer(request, number, _("This ticket is yours now."), undo=back)


@require_POST
@needs(WORK)
def giving_back(request: ActorRequest, number: int) -> HttpResponse:
    """Give the ticket back to its previous owner: the undo of a take."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    owner = ownership_actions.give_back(ticket, by=request.actor).owner
    return _answer(request, number, _("The ticket is %(name)s’s again.") % {"name": owner.name})


@require_http_methods(["GET", "POST"])
@needs(WORK)
def giving(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    seen = {"seen_owner_id": ticket.owner_id}
    form = GiveTicketForm(request.POST or None, initial=seen, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        ownership_actions.give_ticket(ticket, by=request.actor, **form.cleaned_data)
        toast_next(request, _("The ticket has a new owner."))
        return redirect("desk_ticket", number)
    return _form(request, ticket, form, _("Give the ticket to somebody"), _("Give"))


@require_http_methods(["GET", "POST"])
@needs(WORK)
def classification(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    held, seen, said = (
        TriageForm.initial_of(ticket),
        ClassificationInput.of(ticket),
        _("What is this ticket?"),
    )
    form = TriageForm(initial=held, actor=request.actor)
    if request.method == "GET":
        return _form(request, ticket, form, said, _("Save"), opened_with=form_baseline(held))
    found = compare_edits(request.POST, held, form)
    form = TriageForm(found.data, initial=held, actor=request.actor)
    if not found.open and form.is_valid():
        try:
            classifications.classify_ticket(ticket, form.findings(), by=request.actor, seen=seen)
        except Invalid as refusal:
            _add_errors(form, refusal)
        else:
            notify_kept_values(request, found)
            return redirect("desk_ticket", number)
    return _form(request, ticket, form, said, _("Save"), found=found)


@require_http_methods(["GET", "POST"])
@needs(WORK)
def renaming(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    held, said = {"subject": ticket.subject}, _("Change the subject")
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
        notify_kept_values(request, found)
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
    said = _("This is an incident now.") if kind == Kind.INCIDENT else _("This is a request now.")
    undo = reverse("desk_qualify", args=[number]) + f"?kind={before}"
    return _answer(request, number, said, undo=undo if before != kind else "")


@require_GET
@needs(CONSOLE)
def priority_reason(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    context = {"ticket": ticket, "found": tickets.explained_priority(ticket)}
    return render(request, "desk/tickets/_priority.html", context)


@require_POST
@needs(WORK)
def resumption(request: ActorRequest, number: int) -> HttpResponse:
    pauses.resume_ticket(tickets.get_ticket(number, seen_by=request.actor), by=request.actor)
    return _answer(request, number, _("The clock runs again."))


@require_http_methods(["GET", "POST"])
@needs(WORK)
def restoration(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    form = RestorationForm(
        request.POST or None,
        initial={"at": tickets.proposed_restoration(ticket) or clock.now()},
    )
    if request.method == "POST" and form.is_valid():
        try:
            lifecycle.restore_service(ticket, by=request.actor, at=form.cleaned_data["at"])
        except Invalid as refusal:
            _add_errors(form, refusal)
        else:
            undo = reverse("desk_unrestore", args=[number])
            toast_next(request, _("The service is restored."), undo=undo)
            return redirect("desk_ticket", number)
    return _form(request, ticket, form, _("The service works again"), _("Restored"))


@require_POST
@needs(WORK)
def restoration_as_proposed(request: ActorRequest, number: int) -> HttpResponse:
    """Accept the end of the last alert as the time of restoration, in one key press."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    proposed = tickets.proposed_restoration(ticket)
    if proposed is None:
        raise Conflict(_("An alert stands again, or the restoration was said already."))
    at = max(proposed, ticket.received_at)
    lifecycle.restore_service(ticket, by=request.actor, at=at)
    undo = reverse("desk_unrestore", args=[number])
    return _answer(request, number, _("The service is restored."), undo=undo)


@require_POST
@needs(WORK)
def unrestore(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    lifecycle.withdraw_restoration(ticket, by=request.actor)
    return _answer(request, number, _("The service is not restored; the clock has run on."))


@require_http_methods(["GET", "POST"])
@needs(WORK)
def resolution(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    form = ResolutionForm(request.POST or None, initial={"cause": ticket.cause})
    if request.method == "POST" and form.is_valid():
        lifecycle.resolve_ticket(ticket, by=request.actor, cause=form.cleaned_data["cause"])
        undo = reverse("desk_reopen", args=[number])
        toast_next(request, _("Resolved."), undo=undo)
        return redirect("desk_ticket", number)
    return _form(request, ticket, form, _("Resolve"), _("Resolve"))


@require_POST
@needs(WORK)
def closure(request: ActorRequest, number: int) -> HttpResponse:
    lifecycle.close_ticket(tickets.get_ticket(number, seen_by=request.actor), by=request.actor)
    return _answer(request, number, _("Closed."), undo=reverse("desk_reopen", args=[number]))


@require_POST
@needs(WORK)
def cancellation(request: ActorRequest, number: int) -> HttpResponse:
    lifecycle.cancel_ticket(tickets.get_ticket(number, seen_by=request.actor), by=request.actor)
    return _answer(request, number, _("Cancelled."), undo=reverse("desk_reopen", args=[number]))


@require_POST
@needs(WORK)
def reopening(request: ActorRequest, number: int) -> HttpResponse:
    lifecycle.reopen_ticket(tickets.get_ticket(number, seen_by=request.actor), by=request.actor)
    return _answer(request, number, _("Open again, under its number."))


@require_http_methods(["GET", "POST"])
@needs(WORK)
def new(request: ActorRequest) -> HttpResponse:
    form = NewTicketForm(
        request.POST or None,
        initial={"kind": Kind.REQUEST, "impact": 3, "urgency": 3},
        actor=request.actor,
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
def incident(request: ActorRequest, alert_id: int) -> HttpResponse:
    """Qualify an alert as an incident, in one key press, and go to its ticket."""
    alert = get_alert(alert_id, seen_by=request.actor)
    ticket = alerts.open_incident(alert, by=request.actor)
    toast_next(request, _("Incident %(number)s is open.") % {"number": ticket.reference})
    where = reverse("desk_ticket", args=[ticket.number])
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": where})
    return redirect(where)


@require_GET
@needs(WORK)
def pick_contact(request: ActorRequest) -> HttpResponse:
    found = contacts(seen_by=request.actor, text=request.GET.get("q", "").strip())
    rows = found.select_related("customer").order_by("name")[: pickers.LIMIT]
    return pickers.picker_response(
        request, (pickers.Choice(str(c.pk), c.name, c.customer.name) for c in rows)
    )


@require_GET
@needs(WORK)
def pick_service(request: ActorRequest) -> HttpResponse:
    found = services(seen_by=request.actor, text=request.GET.get("q", "").strip())
    rows = found.select_related("customer").order_by("name")[: pickers.LIMIT]
    return pickers.picker_response(
        request, (pickers.Choice(str(s.pk), s.name, s.customer.name) for s in rows)
    )


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
) -> HttpResponse:
    """Show the form; after a concurrent edit, with both texts to decide between."""
    context = {"ticket": ticket, "form": form, "title": title, "verb": verb}
    context |= {"opened_with": opened_with, "compared": found}
    differs = bool(found and found.open)
    if differs:
        context["changed_by"] = tickets.last_classification(ticket)
    status = 409 if differs else 422 if form.errors else 200
    return render(request, "desk/tickets/form.html", context, status=status)


def _add_errors(form: Any, refusal: Invalid) -> None:
    for name, sentence in (refusal.fields or {"": refusal.sentence}).items():
        form.add_error(name if name in form.fields else None, sentence)
