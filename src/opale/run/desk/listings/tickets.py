"""All tickets as a table, beside the lists of the desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet, prefetch_related_objects
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.translation import gettext, gettext_lazy, pgettext_lazy

from opale.customers.listings.columns import customer_filter
from opale.customers.models import Stream
from opale.customers.queries.customers import contacts
from opale.customers.queries.services import services
from opale.endpoints.http import ActorRequest
from opale.infrastructure.queries.items import items, sites
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid
from opale.kernel.keyset import Order
from opale.listings.declarations import Column, Empty, Group, Listing, New, RowsPage
from opale.listings.filters import LONGEST_TEXT, Choice, Filter, Pick, Span, Words, mine
from opale.listings.selection import Selection
from opale.organisation.listings import team_filter
from opale.organisation.queries.people import people
from opale.run.desk.models import Commitment, Kind, Pause, Ticket
from opale.run.desk.queries.assignments import asked_of
from opale.run.desk.queries.filters import ME, Filters, all_tickets
from opale.run.desk.queries.ticket_lists import NO_STREAM, running_clocks
from opale.run.desk.rights import CONSOLE, WORK
from opale.run.desk.states import TicketState
from opale.ui.components.badges import priority, state, tag
from opale.ui.components.times import clock_bar

TONES = {
    TicketState.NEW: "new",
    TicketState.IN_PROGRESS: "active",
    TicketState.PENDING: "waiting",
    TicketState.HELD: "waiting",
    TicketState.RESOLVED: "done",
    TicketState.CLOSED: "closed",
    TicketState.CANCELLED: "closed",
    TicketState.REJECTED: "closed",
    TicketState.MERGED: "closed",
}
Label = str | Promise
STREAMS: list[tuple[str, Label]] = [*Stream.choices, (NO_STREAM, gettext_lazy("No stream"))]
CLOCKS: list[tuple[str, Label]] = [
    ("late", gettext_lazy("overdue")),
    ("1h", gettext_lazy("due within 1 hour")),
    ("4h", gettext_lazy("due within 4 hours")),
    ("1d", gettext_lazy("due within 1 day")),
]
AGES: list[tuple[str, Label]] = [
    ("4h", gettext_lazy("older than 4 hours")),
    ("1d", gettext_lazy("older than 1 day")),
    ("3d", gettext_lazy("older than 3 days")),
    ("7d", gettext_lazy("older than 7 days")),
    ("30d", gettext_lazy("older than 30 days")),
]
PREMIUM: list[tuple[str, Label]] = [
    ("yes", gettext_lazy("Premium")),
    ("no", gettext_lazy("without Premium")),
]
PRIORITIES = [(str(number), f"P{number}") for number in range(1, 6)]
MOST_MARKED = 200
"""The most tickets that are marked for one bulk job."""
LABELS: Mapping[str, Label] = {
    "state": gettext_lazy("State"),
    "priority": gettext_lazy("Priority"),
    "kind": gettext_lazy("Kind"),
    "stream": gettext_lazy("Stream"),
    "premium": gettext_lazy("Option"),
    "customer": gettext_lazy("Customer"),
    "owner": gettext_lazy("Owner"),
    "team": gettext_lazy("Escalated to"),
    "tag": gettext_lazy("Tag"),
    "waiting": gettext_lazy("On hold"),
    "clock": gettext_lazy("Clock"),
    "age": gettext_lazy("Age"),
    "q": gettext_lazy("Text"),
}
CHOICES: Mapping[str, list[tuple[str, Label]]] = {
    "state": list(TicketState.choices),
    "priority": list(PRIORITIES),
    "kind": list(Kind.choices),
    "stream": STREAMS,
    "premium": PREMIUM,
    "waiting": list(Pause.Kind.choices),
    "clock": CLOCKS,
    "age": AGES,
}


@dataclass(frozen=True, slots=True)
class Line:
    """A ticket of the table, with its nearest clock and those who are asked for work on it."""

    ticket: Ticket
    clock: Commitment | None
    asked: Sequence[str]

    @property
    def due_at(self) -> datetime | None:
        return self.clock.due_at if self.clock else None


def _lines(rows: Sequence[Ticket], _actor: Actor) -> list[Line]:
    """Return the rows with clocks and work, in two queries."""
    prefetch_related_objects(list(rows), running_clocks())
    asked = asked_of(rows)
    return [
        Line(one, next(iter(getattr(one, "running", ())), None), asked.get(one.pk, ()))
        for one in rows
    ]


@dataclass(frozen=True, slots=True)
class Owner(Pick):
    """Filter by the owner; "me" is the reader, as in the lists of the desk."""

    def read(self, query: QueryDict, actor: Actor) -> int | None:
        if query.get(self.name) == ME:
            return actor.person_id
        return Pick.read(self, query, actor)


@dataclass(frozen=True, slots=True)
class Tag(Filter):
    """Filter by one tag, which a press on it in a line sets."""

    def read(self, query: QueryDict, actor: Actor) -> str | None:
        return query.get(self.name, "")[:LONGEST_TEXT].replace("\0", "").strip() or None


def _words(value: str) -> tuple[str, ...]:
    return tuple(value.split(","))


def _rows(*, seen_by: Actor, mine: int | None = None, **said: Any) -> QuerySet[Ticket]:
    tickets = all_tickets(seen_by=seen_by, **said)
    return tickets if mine is None else tickets.filter(owner_id=mine)


def _clock(line: Line) -> object:
    clock = line.clock
    if clock is None or clock.due_at is None:
        return ""
    full_name = clock.get_measure_display()
    return clock_bar(str(clock.short_name), clock.due_at, clock.starts_at, full_name=full_name)


def _tags(line: Line) -> object:
    root = reverse("desk_tickets")
    return format_html_join(
        " ",
        '<a href="{}?{}">{}</a>',
        ((root, urlencode({"tag": name}), tag(name)) for name in line.ticket.tags),
    )


def _figures(request: ActorRequest) -> Mapping[str, object]:
    """Return the address that changes all tickets of the table, where the desk's bulk jobs know
    all its filters."""
    said = Selection.read(TICKETS, request.GET, request.actor).narrowing()
    if said.pop("mine", ""):
        said["owner"] = ME
    known = bool(said) and said.keys() <= {one.name for one in fields(Filters)}
    return {
        "bulk": urlencode({"view": "all", **said}) if known and request.actor.can(WORK) else "",
    }


def _bulk_page(tickets: Sequence[Ticket]) -> str:
    """Return the address of the page that changes these tickets. Errors: Invalid (too many)."""
    if len(tickets) > MOST_MARKED:
        raise Invalid(
            gettext("At most %(most)s tickets at once: use “Edit all tickets of this view”.")
            % {"most": MOST_MARKED}
        )
    numbers = urlencode({"n": [one.number for one in tickets]}, doseq=True)
    return f"{reverse('desk_bulk_new')}?{numbers}"


def _menu(name: str, **more: Any) -> Choice:
    return Choice(name, LABELS[name], CHOICES[name], argument=name, menu=True, **more)


# Only what an index of all tickets sorts can be sorted by: number and receipt.
TICKETS = Listing(
    name="tickets",
    title=gettext_lazy("All tickets"),
    right=CONSOLE,
    url_name="desk_tickets",
    model=Ticket,
    rows=_rows,
    lines=_lines,
    order=Order(("-received_at", "-id")),
    topic="desk.queue",
    new=New(gettext_lazy("New ticket"), "desk_ticket_new", WORK),
    template="desk/list.html",
    buttons="desk/tickets/_table_buttons.html",
    above="desk/tickets/_table_above.html",
    figures=_figures,
    rows_page=RowsPage(gettext_lazy("Edit selected"), WORK, _bulk_page, key="b"),
    empty=Empty(
        "ticket",
        gettext_lazy("No ticket matches your filters"),
        gettext_lazy("No tickets in this view."),
    ),
    columns=(
        Column(
            "number", gettext_lazy("Number"), "reference", order="number", fixed=True,
            style="number", link=lambda one: reverse("desk_ticket", args=[one.ticket.number]),
        ),
        Column(
            "priority", LABELS["priority"], "priority",
            cell=lambda one: priority(one.ticket.priority),
            group=Group("priority", said="P{}".format),
        ),
        Column(
            "subject", gettext_lazy("Subject"), "subject", style="fill",
            link=lambda one: reverse("desk_ticket", args=[one.ticket.number]),
        ),
        Column(
            "customer", LABELS["customer"], lambda one: str(one.ticket.whose),
            reads=("customer",), right="customers.read",
            group=Group("customer", nothing=gettext_lazy("No customer")),
        ),
        Column("kind", LABELS["kind"], "kind", shown=False, group=Group("kind")),
        Column(
            "state", LABELS["state"], "state",
            cell=lambda one: state(
                one.ticket.get_state_display(), TONES[TicketState(one.ticket.state)]
            ),
            group=Group("state"),
        ),
        Column(
            "stream", LABELS["stream"], "stream", shown=False,
            group=Group("stream", nothing=gettext_lazy("No stream"), none=NO_STREAM),
        ),
        Column(
            "owner", LABELS["owner"], "owner__name", group=Group("owner", person=True)
        ),
        Column("team", LABELS["team"], lambda one: list(one.asked), shown=False),
        Column("clock", gettext_lazy("Next deadline"), lambda one: one.due_at, cell=_clock),
        Column("wanted", gettext_lazy("Requested date"), "wanted_at", shown=False),
        Column(
            "received", gettext_lazy("Received"), "received_at", order=True,
            group=Group("received_at", month=True),
        ),
        Column("changed", pgettext_lazy("a ticket", "Changed"), "updated_at", shown=False),
        Column("restored", gettext_lazy("Restored"), "restored_at", shown=False),
        Column("resolved", gettext_lazy("Resolved"), "resolved_at", shown=False),
        Column("closed", gettext_lazy("Closed"), "closed_at", shown=False),
        Column("premium", gettext_lazy("Premium"), "premium", shown=False),
        Column(
            "source", gettext_lazy("Channel"), "source", shown=False, group=Group("source")
        ),
        Column(
            "service", gettext_lazy("Service"), "service__name", right="customers.read",
            shown=False, group=Group("service"),
        ),
        Column(
            "item", gettext_lazy("Item"), "item__name", right="infrastructure.read", shown=False
        ),
        Column("tags", gettext_lazy("Tags"), "tags", cell=_tags, shown=False),
        Column("confidential", gettext_lazy("Confidential"), "confidential", shown=False),
    ),
    filters=(
        Words(label=gettext_lazy("Subject or number"), argument="q"),
        mine("mine", gettext_lazy("Mine")),
        Choice(
            "priority", LABELS["priority"], PRIORITIES, argument="priority", turn=_words,
            several=True,
        ),
        _menu("state", turn=_words, several=True),
        _menu("kind"),
        _menu("stream"),
        _menu("premium"),
        _menu("waiting"),
        _menu("clock"),
        _menu("age"),
        team_filter(LABELS["team"], argument="team"),
        customer_filter(argument="customer"),
        Pick(
            "service", gettext_lazy("Service"), lookup="service_id", right="customers.read",
            picker="customers_pick_service", rows=lambda actor: services(seen_by=actor),
        ),
        Pick(
            "contact", gettext_lazy("Contact"), lookup="contact_id", right="customers.read",
            picker="customers_pick_contact",
            rows=lambda actor: contacts(seen_by=actor, left=True),
        ),
        Pick(
            "item", gettext_lazy("Item"), lookup="item_id", right="infrastructure.read",
            picker="infrastructure_pick_item", rows=lambda actor: items(seen_by=actor),
        ),
        Pick(
            "site", gettext_lazy("Site"), lookup="item__site_id", right="infrastructure.read",
            picker="infrastructure_pick_site", rows=lambda actor: sites(seen_by=actor),
        ),
        Owner(
            "owner", LABELS["owner"], argument="owner", picker="organisation_people_pick",
            rows=lambda actor: people(seen_by=actor, left=True),
        ),
        Tag("tag", LABELS["tag"], argument="tag"),
        Span("received", gettext_lazy("Received"), lookup="received_at", moment=True),
    ),
)  # fmt: skip
