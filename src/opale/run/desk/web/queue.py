"""Lists of the desk: triage, mine, due, waiting, open, all; and what falls due next."""

from dataclasses import dataclass
from typing import cast

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from opale.endpoints.http import AskedRequest, needs
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.run.desk import queries
from opale.run.desk.models import Commitment, Ticket
from opale.run.desk.rights import CONSOLE
from opale.ui.components.lists import Tab
from opale.ui.keyset import Order, page

TITLES = {
    "triage": _("Triage"),
    "mine": _("My work"),
    "due": _("Due within the hour"),
    "waiting": _("Waiting"),
    "open": _("All open"),
    "all": _("All tickets"),
}
URGENT_FIRST = Order(("priority", "received_at", "id"))
NEWEST_FIRST = Order(("-received_at", "-id"))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list: the ticket, and the one clock that matters."""

    ticket: Ticket
    clock: Commitment | None
    mine: bool

    @classmethod
    def of(cls, ticket: Ticket, actor: Actor) -> "Line":
        running: list[Commitment] = getattr(ticket, "running", [])
        return cls(ticket, running[0] if running else None, ticket.owner_id == actor.person_id)


@require_GET
@needs(CONSOLE)
def show(request: AskedRequest, view: str) -> HttpResponse:
    if view not in TITLES:
        raise Http404
    actor, now, named = request.actor, clock.now(), cast(queries.View, view)
    rows = queries.for_list(queries.tickets_in(named, seen_by=actor, at=now))
    order = NEWEST_FIRST if view == "all" else URGENT_FIRST
    found = page(rows, order, request.GET)
    context = {
        "view": view,
        "title": TITLES[view],
        "page": found,
        "lines": [Line.of(ticket, actor) for ticket in found.rows],
        "tabs": tabs(view, actor),
    }
    template = "desk/queue/_list.html" if request.htmx else "desk/queue/show.html"
    return render(request, template, context)


@require_GET
@needs(CONSOLE)
def due_next(request: AskedRequest) -> HttpResponse:
    due = queries.due_next(seen_by=request.actor)
    context = {"due": due, "tabs": tabs("due-next", request.actor)}
    template = "desk/queue/_due.html" if request.htmx else "desk/queue/due.html"
    return render(request, template, context)


def tabs(here: str, actor: Actor) -> list[Tab]:
    counted = queries.counts(seen_by=actor, at=clock.now())
    views = [
        Tab(title, reverse("desk_view", args=[view]), here == view, counted.get(view))
        for view, title in TITLES.items()
    ]
    return [*views, Tab(_("Due next"), reverse("desk_due_next"), here == "due-next")]
