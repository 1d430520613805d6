"""Relations of a ticket: links, merged tickets, families, alerts."""

from datetime import datetime
from typing import Any, cast, get_args

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.dates import parse_instant
from opale.kernel.errors import Invalid
from opale.kernel.whole_numbers import parse_number
from opale.run.desk.actions import alerts, ticket_families
from opale.run.desk.actions.ticket_families import Act
from opale.run.desk.forms.links import FamilyForm, OtherTicketForm
from opale.run.desk.models import Ticket, TicketLink
from opale.run.desk.queries import links as link_queries
from opale.run.desk.queries import palette_search, similar_tickets, tickets
from opale.run.desk.rights import CONSOLE, WORK
from opale.run.desk.states import CLOSE, RESOLVE, TicketState
from opale.run.events.queries.alerts import get_alert
from opale.ui import pickers
from opale.ui.toasts import toast_next

TITLES = {
    "update": gettext_lazy("Update customers of child tickets"),
    "restore": gettext_lazy("Restore service with child tickets"),
    "resolve": gettext_lazy("Resolve with child tickets"),
    "close": gettext_lazy("Close with child tickets"),
}
VERBS = {
    "update": gettext_lazy("Send"),
    "restore": gettext_lazy("Mark restored"),
    "resolve": gettext_lazy("Resolve"),
    "close": gettext_lazy("Close"),
}
DONE = {
    "update": gettext_lazy("Each customer was notified on its own ticket."),
    "restore": gettext_lazy("Service restored on all selected tickets."),
    "resolve": gettext_lazy("All selected tickets resolved."),
    "close": gettext_lazy("All selected tickets closed."),
}


@require_GET
@needs(CONSOLE)
def region(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return render(request, "desk/links/_links.html", _context(request, ticket))


@require_http_methods(["GET", "POST"])
@needs(WORK)
def family(request: ActorRequest, number: int, act: str) -> HttpResponse:
    """Preview and run an action on a parent and its children; nothing is done to tickets changed
    since."""
    if act not in get_args(Act):
        raise Http404
    ticket, named = tickets.get_ticket(number, seen_by=request.actor), cast(Act, act)
    members = ticket_families.preview_family_act(ticket, named, seen_by=request.actor)
    languages = {one.ticket.language for one in members if not one.hindrance}
    posted = request.POST if request.method == "POST" else None
    form = FamilyForm(posted, act=named, languages=languages)
    if request.method == "POST" and form.is_valid():
        try:
            ticket_families.apply_family_act(
                ticket, form.spread(named, _seen(request)), by=request.actor
            )
        except Invalid as refusal:
            _add_errors(form, refusal)
        else:
            toast_next(request, str(DONE[act]))
            return redirect("desk_ticket", number)
    context = {
        "ticket": ticket,
        "members": members,
        "form": form,
        "title": TITLES[act],
        "verb": VERBS[act],
    }
    return render(request, "desk/links/family.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs(WORK)
def attach(request: ActorRequest, alert_id: int) -> HttpResponse:
    """Link an alert, from its page, to the ticket that deals with it already."""
    alert = get_alert(alert_id, seen_by=request.actor)
    form = OtherTicketForm(request.POST or None, by=request.actor)
    if request.method == "POST" and form.is_valid():
        other = form.cleaned_data["other"]
        alerts.attach_alert(other, alert, by=request.actor)
        toast_next(request, _("Alert attached to %(number)s.") % {"number": other.reference})
        return redirect("desk_ticket", other.number)
    similar = similar_tickets.similar_to_alert(alert, seen_by=request.actor)
    context = {"alert": alert, "form": form, "similar": similar}
    return render(request, "desk/links/attach.html", context, status=422 if form.errors else 200)


@require_GET
@needs(WORK)
def pick_ticket(request: ActorRequest) -> HttpResponse:
    text = request.GET.get("q", "").strip()
    found = palette_search.find_tickets(text, seen_by=request.actor, limit=pickers.LIMIT)
    choices = (
        pickers.Choice(
            str(ticket.pk),
            f"{ticket.reference} {ticket.subject}",
            ticket.customer.name if ticket.customer else "",
        )
        for ticket in found
    )
    return pickers.picker_response(request, choices)


def _context(request: ActorRequest, ticket: Ticket) -> dict[str, Any]:
    ties = link_queries.directed_links_of(ticket, seen_by=request.actor)
    merges = list(link_queries.merges_of(ticket, seen_by=request.actor)[:20])
    children = [t for t in ties if t.link.kind == TicketLink.Kind.CHILD_OF and not t.outward]
    behind = _behind(ticket, [tie.ticket for tie in children])
    return {
        "next_act": behind[0],
        "open_children": behind[1],
        "ticket": ticket,
        "ties": ties,
        "children": children,
        "merges": merges,
        "may_work": tickets.may_work_on(ticket, request.actor),
        "own_url": reverse("desk_links", args=[ticket.number]),
    }


def _behind(ticket: Ticket, children: list[Ticket]) -> tuple[Act, list[Ticket]]:
    """Return the action that brings children to their parent's state, and the children that lag."""
    if ticket.state == TicketState.CLOSED:
        resolved = [child for child in children if child.state in CLOSE.sources]
        if resolved:
            return "close", resolved
    if ticket.state in (TicketState.RESOLVED, TicketState.CLOSED):
        return "resolve", [child for child in children if child.state in RESOLVE.sources]
    down = [child for child in children if child.kind == "incident" and not child.restored_at]
    return "restore", [c for c in down if c.state in RESOLVE.sources] if ticket.restored_at else []


def _seen(request: ActorRequest) -> dict[int, datetime]:
    """Return the ticked tickets, each with when it was shown: `<key>@<moment>`."""
    found = {}
    for value in request.POST.getlist("on"):
        key, _sep, at = value.partition("@")
        number, moment = parse_number(key), parse_instant(at)
        if number is not None and moment is not None:
            found[number] = moment
    return found


def _add_errors(form: forms.Form, refusal: Invalid) -> None:
    for name, sentence in (refusal.fields or {"": refusal.sentence}).items():
        form.add_error(name if name in form.fields else None, sentence)
