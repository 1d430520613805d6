"""Lists of the desk: triage, mine, due, waiting, open, all; and what falls due next."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, partial
from typing import Any, cast

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.run.desk.models import Commitment, DeskQuerySet, Ticket
from opale.run.desk.queries import alike as alike_queries
from opale.run.desk.queries import queue_order, quick_search, ticket_lists
from opale.run.desk.queries import saved_views as saved_view_queries
from opale.run.desk.queries import tickets as ticket_queries
from opale.run.desk.queries import unnarrowed as unnarrowed_queries
from opale.run.desk.queries.filters import Filters
from opale.run.desk.rights import CONFIDENTIAL, CONSOLE, WORK
from opale.run.desk.states import OPEN_STATES, TicketState
from opale.run.desk.web import filters as filter_web
from opale.run.desk.web import saved_views
from opale.run.desk.web.ticket_context import TONES
from opale.ui.components.badges import count
from opale.ui.components.lists import Chip, Label, Tab
from opale.ui.keyset import Order, Page, Read, page, page_by
from opale.ui.keyset import first as first_rows
from opale.ui.redrawing import Asked, Own, Owned, for_many

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
MINE = "mine"
"""The name of the count of one's own list, where a list is drawn for many."""
ROWS = 30
"""Lines of a page: a screen, and what a wheel turns."""
REDRAWN = "Opale-Redrawn"
"""The header with which a live region asks for itself again."""
NEWEST_FIRST = Order(("-received_at", "-id"))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list: the ticket, and the one clock that matters."""

    ticket: Ticket
    clock: Commitment | None
    mine: bool
    starts_at: datetime | None = None
    open: bool = False
    his: "Line | None" = None
    """Where the list is drawn for many: the same line as its owner sees it."""

    @property
    def tone(self) -> str:
        return TONES[TicketState(self.ticket.state)]

    @property
    def state(self) -> str:
        """In a word or two, where the whole would not fit."""
        if self.ticket.state == TicketState.PENDING:
            return gettext("Waiting")
        return self.ticket.get_state_display()

    @property
    def shown(self) -> tuple[Hashable, ...]:
        """All that the line says, as what it is remembered by (`drawn_once`)."""
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
            self.mine,
            self.starts_at,
            self.open,
        )

    @classmethod
    def of(
        cls,
        ticket: Ticket,
        actor: Actor | None,
        opening: Mapping[int, datetime] | None = None,
        opened: int | None = None,
    ) -> "Line":
        running: list[Commitment] = getattr(ticket, "running", [])
        return cls(
            ticket,
            running[0] if running else None,
            actor is not None and ticket.owner_id == actor.person_id,
            queue_order.starts_at(ticket, opening) if opening else None,
            ticket.number == opened,
        )


@dataclass(frozen=True, slots=True)
class Listing:
    """A view as an address names it: its tickets and their order, and the words that `read` looks
    for in them where `tickets` still are all."""

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
    """The first rows in which the words stand, beyond a place, the newest or the oldest first."""
    rows = rows.filter(order.beyond(place)) if place else rows
    newest = order == NEWEST_FIRST
    return quick_search.first_matching_typed_text(
        rows, size, text=words, seen_by=actor, newest=newest
    )


def order_of(queue: queue_order.Queue | unnarrowed_queries.Unnarrowed) -> Order:
    """At night what waits for its hours comes behind: two halves of the same order."""
    return Order(queue.order, halves=queue.order[0] == "waits")


@require_GET
@needs(CONSOLE)
def first(request: ActorRequest) -> HttpResponse:
    """The desk itself: triage, or the list that the agent wants it to open with."""
    if request.GET or REDRAWN in request.headers:
        return drawn(request, "triage")
    chosen = saved_view_queries.first_view(seen_by=request.actor)
    if chosen is None:
        return drawn(request, "triage")
    return redirect(saved_views.address(chosen.view, chosen.query))


@require_GET
@needs(CONSOLE)
def show(request: ActorRequest, view: str) -> HttpResponse:
    if view not in TITLES:
        raise Http404
    return drawn(request, view)


def drawn(request: ActorRequest, view: str) -> HttpResponse:
    actor, query = request.actor, request.GET
    filters = Filters.read(query)
    many = for_many(request)
    known = known_to(request, view)
    counted = counting(actor, known)
    found, opening = rows_of(view, query, actor, known)
    if known and alike_queries.hidden_among(known, found.rows, last=not found.after, seen_by=actor):
        known = None
        found, opening = rows_of(view, query, actor, known)
    opened, kept = opened_in(query), saved_views.places_of_saved_views(actor, view, query)
    saved = next((place for place in kept if place.here), None)
    lists = tabs("" if saved else view, counted(), many=many)
    named = {"view": view, "here": where(query), "works": actor.can(WORK)}
    lines = partial(lines_of, found.rows, None if many else actor, opening, opened)
    context = named | {
        "open": opened,
        "title": saved.saved.name if saved else TITLES[view],
        "saved": saved,
        "kept": kept,
        "at": request.get_full_path(),
        "page": found,
        "lines": lines,
        "many": many,
        "drawn": "" if many else drawn_alike(request, known, found.rows, named | {"lines": lines}),
        "tabs": lists,
        "counted": tuple(tab.shown for tab in lists),
        "streams": streams(query, filters) if view == "triage" else [],
        "filters": filter_web.chips(query, filters, actor),
        "clear": reverse("desk_view", args=[view]),
    }
    template = "desk/queue/_list.html" if request.htmx else "desk/queue/show.html"
    return render(request, template, context)


def known_to(request: ActorRequest, view: str) -> alike_queries.Alike | None:
    """What the lists are for all who see the same, where one is drawn again."""
    if for_many(request):
        return alike_queries.alike_for_many(request.actor)
    if REDRAWN in request.headers:
        return alike_queries.alike(request.actor, cast(ticket_lists.View, view))
    return None


def alike(actor: Actor) -> Hashable:
    """What the rights of a reader make of a list."""
    return actor.can(CONSOLE), actor.can(WORK), actor.can(CONFIDENTIAL)


def owned(actor: Actor, query: QueryDict, view: str = "triage") -> Asked | None:
    """What is each reader's own in a list that is drawn for many: how long his own list is, and the
    lines of his tickets. A list of one's own, a narrowed one, a kept one and one beside a ticket is
    nobody else's.
    """
    if view == "mine" or view not in TITLES or "open" in query or Filters.read(query):
        return None
    if any(place.here for place in saved_views.places_of_saved_views(actor, view, query)):
        return None
    counting = alike_queries.own_among_many(actor, cast(ticket_lists.View, view))
    return Asked(counting, partial(_owned, actor)) if counting else None


def _owned(actor: Actor, counts: Sequence[int]) -> Owned | None:
    mine = alike_queries.own_list_among_many(actor, counts)
    return None if mine is None else {MINE: str(count(mine)), str(actor.person_id): None}


def lines_of(
    rows: Sequence[Ticket],
    actor: Actor | None,
    opening: Mapping[int, datetime] | None,
    opened: int | None,
) -> list[Line]:
    """As the actor sees them; for many, as all do and beside it as its owner does."""
    lines = [Line.of(row, actor, opening, opened) for row in rows]
    if actor is not None:
        return lines
    return [
        replace(line, his=replace(line, mine=True)) if line.ticket.owner_id else line
        for line in lines
    ]


def drawn_alike(
    request: ActorRequest,
    known: alike_queries.Alike | None,
    rows: Sequence[Ticket],
    context: Mapping[str, object],
) -> str:
    """After a change the lines are drawn once for all who see the same and own the same of them;
    "" where each draws his own."""
    if known is None:
        return ""
    own = tuple(row.pk for row in rows if row.owner_id == request.actor.person_id)
    zone = timezone.get_current_timezone_name()
    shown = ("lines", request.get_full_path(), own, context["works"], get_language(), zone)
    template = "desk/queue/_lines.html"
    return known.once(shown, lambda: render_to_string(template, context, request))


def rows_of(
    view: str, query: QueryDict, actor: Actor, known: alike_queries.Alike | None
) -> tuple[Page[Ticket], Mapping[int, datetime] | None]:
    """The page of a list, and when the calendars open that are closed; after a change it is read
    once for all who see the same."""
    filters = Filters.read(query)
    # His own list, and what is narrowed by "me", is everybody's own.
    shared = known is not None and view != "mine" and not filters.owner

    def read() -> tuple[Page[Ticket], Mapping[int, datetime] | None]:
        if not filters:
            reader = alike_queries.anybody_like(actor) if shared else actor
            whole = unnarrowed_queries.Unnarrowed.of(cast(ticket_lists.View, view), clock.now())
            return unnarrowed(whole, query, reader), whole.opening
        listing = Listing.of(view, query, actor)
        tickets = alike_queries.common(listing.tickets, actor) if shared else listing.tickets
        opening = listing.queue.opening if listing.queue else None
        found = page(
            ticket_lists.with_list_columns(tickets), listing.order, query, ROWS, listing.read
        )
        ticket_lists.drop_clock_back_references(found.rows)
        return found, opening

    if known is None or not shared:
        return read()
    asked = (view, where(query), query.get("before"), query.get("after"))
    return known.once(asked, read)


def unnarrowed(
    whole: unnarrowed_queries.Unnarrowed, query: QueryDict, reader: Actor
) -> Page[Ticket]:
    """The page that is asked for, of a list that nothing narrows."""
    order = order_of(whole)

    def read(going: Order, size: int, place: Sequence[Any]) -> list[Ticket]:
        return whole.rows(size, seen_by=reader, place=place, back=going != order)

    return page_by(read, order, unnarrowed_queries.PLACE_KINDS, query, ROWS)


def opened_in(query: QueryDict) -> int | None:
    """The number of the ticket that stands beside the list."""
    asked = query.get("open", "")
    return int(asked) if asked.isdecimal() and len(asked) <= DIGITS else None


def where(query: QueryDict) -> str:
    """What the addresses in a line keep of the list's own."""
    kept = query.copy()
    for name in ("open", "before", "after"):
        kept.pop(name, None)
    return kept.urlencode()


@require_GET
@needs(CONSOLE)
def due_next(request: ActorRequest) -> HttpResponse:
    counted = counting(request.actor)
    due = ticket_lists.due_next(seen_by=request.actor, limit=ROWS)
    context = {"due": due, "tabs": tabs("due-next", counted())}
    template = "desk/queue/_due.html" if request.htmx else "desk/queue/due.html"
    return render(request, template, context)


@require_GET
@needs(CONSOLE)
def place(request: ActorRequest, number: int) -> HttpResponse:
    """Why a line stands where it stands."""
    ticket, now = ticket_queries.get_ticket(number, seen_by=request.actor), clock.now()
    queue = ticket_lists.tickets_in("open", seen_by=request.actor, at=now)
    context = {
        "ticket": ticket,
        "place": queue_order.place_of(ticket, queue, now) if ticket.state in OPEN_STATES else None,
        "priority": ticket_queries.explained_priority(ticket),
    }
    return render(request, "desk/queue/_place.html", context)


def title_of(view: str, query: QueryDict, actor: Actor) -> str:
    """What the list is called: by its name where it is kept, else by what it narrows."""
    here = next(
        (place for place in saved_views.places_of_saved_views(actor, view, query) if place.here),
        None,
    )
    return here.saved.name if here else str(TITLES[view])


def streams(query: QueryDict, filters: Filters) -> list[Chip]:
    """The filter that triage decides between first, always in sight."""
    choices: list[tuple[str, Label]] = [("", _("All streams")), *filter_web.STREAMS]
    found = []
    for value, label in choices:
        changed = query.copy()
        for gone in ("stream", *filter_web.BEGINS_ANEW):
            changed.pop(gone, None)
        if value:
            changed["stream"] = value
        found.append(Chip(label, f"?{changed.urlencode()}", on=value == filters.stream))
    return found


def counting(
    actor: Actor, known: alike_queries.Alike | None = None
) -> Callable[[], Mapping[str, int]]:
    """What tells how long each list is, asked along with the rows of one."""
    now = clock.now()
    if known is None:
        return ticket_lists.counts_later(seen_by=actor, at=now)
    return partial(alike_queries.counts_alike, known, seen_by=actor, at=now)


def tabs(here: str, counted: Mapping[str, int], *, many: bool = False) -> tuple[Tab, ...]:
    shown: dict[str, int | Own] = dict(counted)
    if many:
        shown["mine"] = Own(MINE)
    return tuple(Tab(label, url, here == name, shown.get(name)) for name, label, url in _lists())


@cache
def _lists() -> tuple[tuple[str, Label, str], ...]:
    """Name, label and address of every list, in the order of the keys that lead there."""
    levels = (("level-2", _("Level 2")), ("level-3", _("Level 3")))
    return (
        *((view, title, reverse("desk_view", args=[view])) for view, title in TITLES.items()),
        ("due-next", _("Due next"), reverse("desk_due_next")),
        *((level, title, reverse("desk_work", args=[level])) for level, title in levels),
    )
