"""Lists of the desk: triage, mine, due, waiting, open, all; and what falls due next."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from opale.customers.models import Stream
from opale.endpoints.http import AskedRequest, needs
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.run.desk import queries
from opale.run.desk.models import Commitment, DeskQuerySet, Ticket
from opale.run.desk.rights import CONSOLE, WORK
from opale.run.desk.states import OPEN_STATES, TicketState
from opale.run.desk.web.reading import TONES
from opale.ui.components.lists import Chip, Tab
from opale.ui.keyset import Order, page

TITLES = {
    "triage": _("Triage"),
    "mine": _("My work"),
    "due": _("Due within the hour"),
    "waiting": _("Waiting"),
    "open": _("All open"),
    "all": _("All tickets"),
}
DIGITS = 18
"""Of the longest number of a ticket that may be asked for."""
NEWEST_FIRST = Order(("-received_at", "-id"))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list: the ticket, and the one clock that matters."""

    ticket: Ticket
    clock: Commitment | None
    mine: bool
    starts_at: datetime | None = None

    @property
    def tone(self) -> str:
        return TONES[TicketState(self.ticket.state)]

    @property
    def state(self) -> str:
        """In a word or two, where the whole would not fit."""
        if self.ticket.state == TicketState.PENDING:
            return gettext("Waiting")
        return self.ticket.get_state_display()

    @classmethod
    def of(cls, ticket: Ticket, actor: Actor, queue: queries.Queue | None = None) -> "Line":
        running: list[Commitment] = getattr(ticket, "running", [])
        return cls(
            ticket,
            running[0] if running else None,
            ticket.owner_id == actor.person_id,
            queue.starts_at(ticket) if queue else None,
        )


@dataclass(frozen=True, slots=True)
class Listing:
    """A view as an address names it: its tickets and their order."""

    view: queries.View
    tickets: DeskQuerySet[Ticket]
    order: Order
    queue: queries.Queue | None = None

    @classmethod
    def of(cls, view: str, query: QueryDict, actor: Actor) -> "Listing":
        named, now = cast(queries.View, view), clock.now()
        stream = query.get("stream", "")
        rows = queries.tickets_in(named, seen_by=actor, at=now, stream=stream)
        if view == "all":
            return cls(named, rows, NEWEST_FIRST)
        queue = queries.in_order(rows, now)
        return cls(named, queue.tickets, order_of(queue), queue)


def order_of(queue: queries.Queue) -> Order:
    """At night what waits for its hours comes behind: two halves of the same order."""
    return Order(queue.order, halves=queue.order[0] == "waits")


@require_GET
@needs(CONSOLE)
def show(request: AskedRequest, view: str) -> HttpResponse:
    if view not in TITLES:
        raise Http404
    actor, stream = request.actor, request.GET.get("stream", "")
    listing = Listing.of(view, request.GET, actor)
    found = page(queries.for_list(listing.tickets), listing.order, request.GET)
    opened = request.GET.get("open", "")
    context = {
        "view": view,
        "open": int(opened) if opened.isdecimal() and len(opened) <= DIGITS else None,
        "title": TITLES[view],
        "page": found,
        "lines": [Line.of(ticket, actor, listing.queue) for ticket in found.rows],
        "tabs": tabs(view, actor, stream),
        "streams": streams(view, stream),
        "works": actor.can(WORK),
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


@require_GET
@needs(CONSOLE)
def place(request: AskedRequest, number: int) -> HttpResponse:
    """Why a line stands where it stands."""
    ticket, now = queries.get_ticket(number, seen_by=request.actor), clock.now()
    queue = queries.tickets_in("open", seen_by=request.actor, at=now)
    context = {
        "ticket": ticket,
        "place": queries.place_of(ticket, queue, now) if ticket.state in OPEN_STATES else None,
        "priority": queries.explained_priority(ticket),
    }
    return render(request, "desk/queue/_place.html", context)


def streams(view: str, here: str) -> list[Chip]:
    """The filter by stream: triage decides between them first."""
    where = reverse("desk_view", args=[view])
    choices = [("", _("All streams")), *Stream.choices, (queries.NO_STREAM, _("No stream yet"))]
    return [
        Chip(label, f"{where}?stream={value}" if value else where, on=value == here)
        for value, label in choices
    ]


def tabs(here: str, actor: Actor, stream: str = "") -> list[Tab]:
    counted = queries.counts(seen_by=actor, at=clock.now())
    kept = f"?stream={stream}" if stream else ""
    views = [
        Tab(title, reverse("desk_view", args=[view]) + kept, here == view, counted.get(view))
        for view, title in TITLES.items()
    ]
    asked = queries.work_counts(seen_by=actor)
    levels = [
        Tab(title, reverse("desk_work", args=[level]), count=asked[level])
        for level, title in (("level-2", _("Level 2")), ("level-3", _("Level 3")))
    ]
    return [*views, Tab(_("Due next"), reverse("desk_due_next"), here == "due-next"), *levels]
