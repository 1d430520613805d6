"""Pages to merge tickets, to split messages off, and to undo either."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import Invalid
from opale.kernel.whole_numbers import parse_number, parse_numbers
from opale.run.desk.actions import merges as merge_actions
from opale.run.desk.actions import splits
from opale.run.desk.forms.links import OtherTicketForm, SplitForm
from opale.run.desk.models import Merge, Ticket
from opale.run.desk.queries import links, similar_tickets, ticket_lists
from opale.run.desk.queries import tickets as ticket_queries
from opale.run.desk.rights import WORK
from opale.ui.toasts import toast_next

MOST = 50


@require_http_methods(["GET", "POST"])
@needs(WORK)
def choose(request: ActorRequest) -> HttpResponse:
    """Choose the surviving number among the tickets marked in a list."""
    numbers = parse_numbers(request.GET.getlist("n"))[:MOST]
    tickets = ticket_lists.tickets_with_numbers(numbers, seen_by=request.actor)
    if request.method == "GET" or not request.POST.get("into"):
        return render(request, "desk/merging/choose.html", {"tickets": tickets})
    chosen = parse_number(request.POST["into"])
    into = ticket_queries.get_ticket(chosen or 0, seen_by=request.actor)
    others = [ticket for ticket in tickets if ticket.pk != into.pk]
    try:
        merges = merge_actions.merge_tickets(others, into, by=request.actor)
    except Invalid as refusal:
        context = {"tickets": tickets, "refusal": refusal.sentence, "into": into.number}
        return render(request, "desk/merging/choose.html", context, status=422)
    return _merged(request, into, merges)


@require_http_methods(["GET", "POST"])
@needs(WORK)
def into(request: ActorRequest, number: int) -> HttpResponse:
    """Merge this ticket into another."""
    ticket = ticket_queries.get_ticket(number, seen_by=request.actor)
    form = OtherTicketForm(request.POST or None, by=request.actor)
    if request.method == "POST" and form.is_valid():
        other = form.cleaned_data["other"]
        try:
            merges = merge_actions.merge_tickets([ticket], other, by=request.actor)
        except Invalid as refusal:
            form.add_error("other", refusal.sentence)
        else:
            return _merged(request, other, merges)
    context = {
        "ticket": ticket,
        "form": form,
        "similar": similar_tickets.similar_to(
            similar_tickets.TicketDraft.of(ticket), seen_by=request.actor
        ),
    }
    return render(request, "desk/merging/into.html", context, status=422 if form.errors else 200)


@require_POST
@needs(WORK)
def undo(request: ActorRequest) -> HttpResponse:
    """Undo the merges that a toast or a side column names."""
    keys = parse_numbers(request.GET.getlist("m"))[:MOST]
    merges = [links.get_merge(key, seen_by=request.actor) for key in keys]
    if not merges:
        raise Invalid(_("Choose another ticket to merge."))
    for merge in reversed(merges):
        merge_actions.undo_merge(merge, by=request.actor)
    toast_next(request, _("Merge undone: each ticket has its number again."))
    return _go(request, merges[0].ticket.number)


@require_http_methods(["GET", "POST"])
@needs(WORK)
def split(request: ActorRequest, number: int) -> HttpResponse:
    """Split messages off, to a new ticket or to another one."""
    ticket = ticket_queries.get_ticket(number, seen_by=request.actor)
    form = SplitForm(request.POST or None, by=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            return _send_over(request, ticket, form.cleaned_data)
        except Invalid as refusal:
            form.add_error(None, refusal.sentence)
    found = ticket_queries.messages_of(ticket, seen_by=request.actor).order_by("-at", "-id")[:200]
    context = {
        "ticket": ticket,
        "form": form,
        "choices": list(found),
        "chosen": request.POST.getlist("m"),
    }
    return render(request, "desk/merging/split.html", context, status=422 if form.errors else 200)


def redirect_to_surviving_ticket(request: ActorRequest, ticket: Ticket) -> HttpResponse:
    """Redirect an old number to the surviving ticket, with a note."""
    present = links.get_surviving_ticket(ticket.number, seen_by=request.actor)
    words = {"old": ticket.reference, "number": present.reference}
    toast_next(request, _("%(old)s merged into %(number)s.") % words)
    return redirect("desk_ticket", present.number)


def _send_over(request: ActorRequest, ticket: Ticket, said: dict[str, Any]) -> HttpResponse:
    keys = parse_numbers(request.POST.getlist("m"))
    chosen = links.get_messages(ticket, keys, seen_by=request.actor)
    if said["other"] is None:
        new = splits.split_ticket(
            ticket, chosen, by=request.actor, subject=said["subject"], copy=said["copy"]
        )
        said_so = _("%(number)s created as a separate ticket.") % {"number": new.reference}
        toast_next(request, said_so, undo=reverse("desk_undo_split", args=[new.number]))
        return redirect("desk_ticket", new.number)
    if not chosen:
        raise Invalid(_("Select a message."))
    moves = [
        splits.move_message(message, said["other"], by=request.actor, copy=said["copy"])
        for message in chosen
    ]
    back = (
        ""
        if said["copy"] or len(moves) > 1
        else reverse("desk_undo_message_move", args=[moves[0].pk])
    )
    toast_next(request, _("Messages moved to this ticket."), undo=back)
    return redirect("desk_ticket", said["other"].number)


def _merged(request: ActorRequest, into: Ticket, merges: list[Merge]) -> HttpResponse:
    said = ngettext(
        "%(count)s ticket merged into %(number)s.",
        "%(count)s tickets merged into %(number)s.",
        len(merges),
    ) % {"count": len(merges), "number": into.reference}
    back = reverse("desk_unmerge") + "?" + "&".join(f"m={merge.pk}" for merge in merges)
    toast_next(request, said, undo=back)
    return _go(request, into.number)


def _go(request: ActorRequest, number: int) -> HttpResponse:
    where = reverse("desk_ticket", args=[number])
    if request.htmx:
        return HttpResponse(headers={"HX-Redirect": where})
    return redirect(where)
