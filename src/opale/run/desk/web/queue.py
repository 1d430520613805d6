"""Lists of the desk: triage, mine, due, waiting, open, all; and what falls due next."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from typing import Any, cast
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.run.desk.listings.tickets import LABELS, STREAMS, TONES
from opale.run.desk.models import Commitment, DeskQuerySet, Ticket
from opale.run.desk.queries import confidentiality, queue_order, quick_search, ticket_lists
from opale.run.desk.queries import saved_views as saved_view_queries
from opale.run.desk.queries import tickets as ticket_queries
from opale.run.desk.queries.filters import IS_NOT, Filters
from opale.run.desk.rights import CONFIDENTIAL, CONSOLE, READ, WORK
from opale.run.desk.shapes.saved_views import list_url
from opale.run.desk.states import OPEN_STATES, WAITING_STATES, TicketState
from opale.run.desk.web import filters as filter_web
from opale.run.desk.web import saved_views
from opale.ui.components.lists import Chip, Label, Tab
from opale.ui.keyset import Order, Page, Read, page
from opale.ui.keyset import first as first_rows
from opale.ui.shared_regions import SharedRegion

TITLES = {
    "triage": _("Triage"),
    "mine": _("My work"),
    "due": _("Due within 1 hour"),
    "late": _("Late"),
    "waiting": _("Waiting"),
    "open": _("All open"),
    "all": _("All tickets"),
}
DIGITS = 18
"""The most digits of a ticket number in an address."""
ROWS = 30
"""The lines of a page: a screen, and one scroll."""
REDRAWN = "Opale-Redrawn"
"""The header with which a live region requests itself again."""
NEWEST_FIRST = Order(("-received_at", "-id"))
AS_TABLE = {
    "triage": {"state": "new"},
    "mine": {"mine": "1"},
    "waiting": {"state": ",".join(sorted(WAITING_STATES))},
    "open": {"state": ",".join(sorted(OPEN_STATES))},
}
"""The filters that make the same list of the table of all tickets; "due" and "late" have none."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list: the ticket, and its nearest clock."""

    ticket: Ticket
    clock: Commitment | None
    starts_at: datetime | None = None
    open: bool = False

    @property
    def tone(self) -> str:
        return TONES[TicketState(self.ticket.state)]

    @property
    def state(self) -> str:
        """Return the state in a word or two, where the full name would not fit."""
        if self.ticket.state == TicketState.PENDING:
            return gettext("Waiting")
        return self.ticket.get_state_display()

    @property
    def shown(self) -> tuple[Hashable, ...]:
        """Return all that the line shows, as its cache key (`drawn_once`)."""
        ticket, clock = self.ticket, self.clock
        return (
            ticket.number,
            ticket.subject,
            ticket.kind,
            ticket.state,
            ticket.stream,
            ticket.premium,
            ticket.priority,
            ticket.customer_id,
            ticket.employee_id,
            ticket.owner_id,
            ticket.received_at,
            getattr(ticket, "to_owner", False),
            getattr(ticket, "has_news", False),
            (clock.measure, clock.due_at, clock.starts_at) if clock else None,
            self.starts_at,
            self.open,
        )

    @classmethod
    def of(
        cls,
        ticket: Ticket,
        opening: Mapping[int, datetime] | None = None,
        opened: int | None = None,
    ) -> "Line":
        running: list[Commitment] = getattr(ticket, "running", [])
        return cls(
            ticket,
            running[0] if running else None,
            queue_order.starts_at(ticket, opening) if opening else None,
            ticket.number == opened,
        )


@dataclass(frozen=True, slots=True)
class Listing:
    """A view as an address names it: its tickets and their order, and `read`, which searches for
    words where `tickets` are all."""

    view: ticket_lists.View
    tickets: DeskQuerySet[Ticket]
    order: Order
    queue: queue_order.Queue | None = None
    read: Read[Ticket] = first_rows

    @classmethod
    def of(cls, view: str, query: QueryDict, actor: Actor) -> "Listing":
        named, now, filters = cast(ticket_lists.View, view), clock.now(), Filters.read(query)
        words = filters.q if view == "all" else ""
        kept = replace(filters, q="") if words else filters
        rows = saved_view_queries.filtered_tickets(view, kept, seen_by=actor, at=now)
        if view == "all":
            read = partial(_matching, words, actor) if words else first_rows
            return cls(named, rows, NEWEST_FIRST, read=read)
        queue = queue_order.in_order(rows, now)
        return cls(named, queue.tickets, order_of(queue), queue)


def _matching(
    words: str,
    actor: Actor,
    rows: DeskQuerySet[Ticket],
    order: Order,
    size: int,
    place: Sequence[Any] = (),
) -> list[Ticket]:
    """Return the first rows that match the words, beyond a place, the newest or the oldest
    first."""
    rows = rows.filter(order.beyond(place)) if place else rows
    newest = order == NEWEST_FIRST
    return quick_search.first_matching_typed_text(
        rows, size, text=words, seen_by=actor, newest=newest
    )


def order_of(queue: queue_order.Queue) -> Order:
    """Return the order; out of hours, tickets that wait for theirs come last: two halves of one
    order."""
    return Order(queue.order, halves=queue.order[0] == "waits")


@require_GET
@needs(CONSOLE)
def first(request: ActorRequest) -> HttpResponse:
    """Show the desk: triage, or the list that the agent chose as first."""
    if request.GET or REDRAWN in request.headers:
        return drawn(request, "triage")
    chosen = saved_view_queries.first_view(seen_by=request.actor)
    if chosen is None:
        return drawn(request, "triage")
    return redirect(list_url(chosen.view, chosen.query))


@require_GET
@needs(CONSOLE)
def show(request: ActorRequest, view: str) -> HttpResponse:
    if view not in TITLES:
        raise Http404
    return drawn(request, view)


def drawn(request: ActorRequest, view: str) -> HttpResponse:
    actor, query = request.actor, request.GET
    filters = Filters.read(query)
    found, opening = rows_of(view, query, actor)
    opened = opened_in(query)
    context = {
        "view": view,
        "here": where(query),
        "works": actor.can(WORK),
        "open": opened,
        "page": found,
        "lines": partial(lines_of, found.rows, opening, opened),
        "streams": streams(query, filters) if view == "triage" else [],
        "filters": filter_web.chips(query, filters, actor),
        "clear": reverse("desk_view", args=[view]),
    }
    if request.htmx:
        return render(request, "desk/queue/_list.html", context)
    kept = saved_views.places_of_saved_views(actor, view, query)
    saved = next((place for place in kept if place.here), None)
    context |= {
        "title": saved.saved.name if saved else TITLES[view],
        "saved": saved,
        "kept": kept,
        "table": urlencode(query_of_table(view, query)),
        "at": request.get_full_path(),
    }
    return render(request, "desk/queue/show.html", context | listed("" if saved else view, actor))


@require_GET
@needs(CONSOLE)
def lists(request: ActorRequest) -> HttpResponse:
    """Show the lists with their lengths, with the reader's present list marked."""
    context = listed(request.GET.get("here", ""), request.actor)
    return render(request, "desk/queue/_lists.html", context)


def listed(here: str, actor: Actor) -> dict[str, object]:
    counted = ticket_lists.counts(seen_by=actor, at=clock.now())
    url = f"{reverse('desk_lists')}?{urlencode({'here': here})}"
    return {"tabs": tabs(here, counted), "lists_url": url}


def is_shared(query: QueryDict, view: str = "triage") -> bool:
    """Return whether a list is the same for all who hold equal rights: not one's own list, not
    filtered by names that not everybody may read, and of all tickets the first page alone."""
    filters = Filters.read(query)
    if view == "mine" or view not in TITLES or filters.owner or filters.customer or filters.team:
        return False
    return view != "all" or not (filters or "after" in query or "before" in query)


def readers_apart(audience: Actor) -> frozenset[int]:
    if audience.can(CONFIDENTIAL):
        return frozenset()
    return confidentiality.readers_of_confidential(newest=ROWS)


LIST = SharedRegion(
    topics=("desk.queue",),
    rights=(CONSOLE, READ, WORK, CONFIDENTIAL),
    is_shared=is_shared,
    readers_apart=readers_apart,
)


def lines_of(
    rows: Sequence[Ticket], opening: Mapping[int, datetime] | None, opened: int | None
) -> list[Line]:
    return [Line.of(row, opening, opened) for row in rows]


def rows_of(
    view: str, query: QueryDict, actor: Actor
) -> tuple[Page[Ticket], Mapping[int, datetime] | None]:
    """Return the page of a list, and when the closed calendars open."""
    listing = Listing.of(view, query, actor)
    found = page(
        ticket_lists.with_list_columns(listing.tickets), listing.order, query, ROWS, listing.read
    )
    return found, listing.queue.opening if listing.queue else None


def opened_in(query: QueryDict) -> int | None:
    """Return the number of the ticket that is open beside the list."""
    asked = query.get("open", "")
    return int(asked) if asked.isdecimal() and len(asked) <= DIGITS else None


def where(query: QueryDict) -> str:
    """Return the list's query string for the addresses in its lines."""
    kept = query.copy()
    for name in ("open", "before", "after"):
        kept.pop(name, None)
    return kept.urlencode()


def query_of_table(view: str, query: QueryDict) -> dict[str, str]:
    """Return a list and its filters as the table of all tickets reads them."""
    own, negated = AS_TABLE.get(view, {}), set(Filters.read(query).is_not)
    said = {name: ",".join(query.getlist(name)) for name in query if name in LABELS}
    if "state" in own and "state" in negated:
        # The list has its own states: those that are left of them.
        left = set(own["state"].split(",")) - set(said["state"].split(","))
        said["state"] = ",".join(sorted(left))
        negated.remove("state")
    named = {IS_NOT: ",".join(sorted(negated))} if negated else {}
    return own | said | named


@require_GET
@needs(CONSOLE)
def due_next(request: ActorRequest) -> HttpResponse:
    counted = ticket_lists.counts(seen_by=request.actor, at=clock.now())
    due = ticket_lists.nearest_deadlines(seen_by=request.actor, limit=ROWS)
    context = {"due": due, "tabs": tabs("due-next", counted)}
    template = "desk/queue/_due.html" if request.htmx else "desk/queue/due.html"
    return render(request, template, context)


@require_GET
@needs(CONSOLE)
def place(request: ActorRequest, number: int) -> HttpResponse:
    """Explain the place of a line in the queue."""
    ticket, now = ticket_queries.get_ticket(number, seen_by=request.actor), clock.now()
    queue = ticket_lists.tickets_in("open", seen_by=request.actor, at=now)
    context = {
        "ticket": ticket,
        "place": queue_order.place_of(ticket, queue, now) if ticket.state in OPEN_STATES else None,
        "priority": ticket_queries.explained_priority(ticket),
    }
    return render(request, "desk/queue/_place.html", context)


def title_of(view: str, query: QueryDict, actor: Actor) -> str:
    """Return the title of the list: the name of its saved view, else of its view."""
    here = next(
        (place for place in saved_views.places_of_saved_views(actor, view, query) if place.here),
        None,
    )
    return here.saved.name if here else str(TITLES[view])


def streams(query: QueryDict, filters: Filters) -> list[Chip]:
    """Return the stream filter as chips, always shown because triage chooses it first."""
    choices: list[tuple[str, Label]] = [("", _("All streams")), *STREAMS]
    here = None if "stream" in filters.is_not else filters.stream
    found = []
    for value, label in choices:
        changed = query.copy()
        for gone in ("stream", *filter_web.BEGINS_ANEW):
            changed.pop(gone, None)
        if value:
            changed["stream"] = value
        kept = [name for name in filters.is_not if name != "stream"]
        changed.setlist(IS_NOT, kept)
        found.append(Chip(label, f"?{changed.urlencode()}", on=value == here))
    return found


def tabs(here: str, counted: Mapping[str, int]) -> tuple[Tab, ...]:
    return tuple(Tab(label, url, here == name, counted.get(name)) for name, label, url in _lists())


@cache
def _lists() -> tuple[tuple[str, Label, str], ...]:
    """Return name, label and address of every list, in the order of their shortcut keys."""
    levels = (("level-2", _("Level 2")), ("level-3", _("Level 3")))
    return (
        *((view, title, reverse("desk_view", args=[view])) for view, title in TITLES.items()),
        ("due-next", _("Due next"), reverse("desk_due_next")),
        *((level, title, reverse("desk_work", args=[level])) for level, title in levels),
    )
