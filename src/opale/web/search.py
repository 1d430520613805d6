"""Search page over every app: each app searches within the actor's rights; this page merges."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from opale.customers.models import Customer
from opale.customers.queries import customers, search
from opale.discussions import queries as discussions
from opale.discussions.queries import FoundComment
from opale.endpoints.http import ActorRequest, needs
from opale.endpoints.spreadsheets import spreadsheet
from opale.infrastructure.queries import search as search_queries
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.fulltext import LONGEST, SearchQuery, TextPart, excerpt, highlight, parse_query
from opale.organisation.queries import search as organisation_search_queries
from opale.run.desk.listings.tickets import TONES
from opale.run.desk.models import Kind, Message, Ticket
from opale.run.desk.queries import ticket_search
from opale.run.desk.queries.ticket_search import FoundTicket, SearchFilters
from opale.run.desk.rights import CONSOLE, REQUEST
from opale.run.desk.states import TicketState
from opale.ui.components.lists import Chip, chips_of
from opale.ui.markdown_text import markdown_as_line

SHOWN = 25
TIME = timedelta(milliseconds=60)
EXPORTED = 2000
EXPORT_TIME = timedelta(seconds=3)
NAMES_SHOWN = 5
COMMENTS_SHOWN = 10
COMMENTS_BEFORE = "comments_before"
SHORTEST_NAME = 2
BY_ITSELF = 8
"""Times that a page continues by itself where a search timed out without a match."""
CUSTOMERS_OFFERED = 4
PLACES = {
    "subjects": _("In subjects"),
    "messages": _("In messages"),
    "causes": _("In causes"),
}
SINCE = {"7": _("Last 7 days"), "30": _("Last 30 days"), "365": _("Last 12 months")}
PERIODS = {"7": timedelta(days=7), "30": timedelta(days=30), "365": timedelta(days=365)}


@dataclass(frozen=True, slots=True)
class Line:
    """Ticket among the results; `url` is empty for readers without a page of it."""

    ticket: Ticket
    url: str
    tone: str
    subject: SafeString
    message: Message | None
    cause: str
    excerpt: SafeString


@dataclass(frozen=True, slots=True)
class CommentLine:
    """Comment among the results, with the part of its text that holds the words."""

    found: FoundComment
    excerpt: SafeString


@dataclass(frozen=True, slots=True)
class Name:
    name: str
    note: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    """Things of one kind found by name, and the list that holds all of them."""

    label: str
    icon: str
    names: list[Name]
    more_url: str


@require_GET
@needs("")
def show(request: ActorRequest) -> HttpResponse:
    asked, actor = parse_query(request.GET.get("q", "")), request.actor
    if request.htmx and COMMENTS_BEFORE in request.GET:
        return render(request, "web/search/_comments.html", _comments(request, asked))
    before = request.GET.get("before", "")
    narrowing, customer = _narrowing(request, actor)
    found = ticket_search.search_tickets(
        asked,
        seen_by=actor,
        limit=SHOWN,
        time=TIME,
        narrowing=narrowing,
        before=_id(before),
    )
    goes_on = _tries(request) if found.looked_back_to and not found.found else 0
    context: dict[str, Any] = {
        "asked": asked,
        "lines": lines_of(found.found, asked, actor),
        "found": found,
        "further_url": _further(request, found.further, goes_on) if found.further else "",
        "goes_on": 0 < goes_on <= BY_ITSELF,
        "looks_back": bool(before),
    }
    if request.htmx and before:
        return render(request, "web/search/_tickets.html", context)
    known = ticket_search.tickets_with_reference(asked.text, seen_by=actor)
    context |= {
        "known": lines_of([FoundTicket(ticket, None, 0) for ticket in known], asked, actor),
        "groups": list(groups_of(asked.names, actor)),
        **_comments(request, asked),
        "filters": _filters(request, found.found, customer),
        "narrowed": narrowing != SearchFilters(),
        "longest": LONGEST,
        "export_url": _exported_as(request) if found.found else "",
    }
    return render(request, "web/search/show.html", context)


@require_GET
@needs("")
def exported(request: ActorRequest) -> HttpResponseBase:
    """Return the found tickets as a spreadsheet: more than a page, and no other results."""
    asked, actor = parse_query(request.GET.get("q", "")), request.actor
    narrowing, _customer = _narrowing(request, actor)
    found = ticket_search.search_tickets(
        asked, seen_by=actor, limit=EXPORTED, time=EXPORT_TIME, narrowing=narrowing
    )
    columns = (_("Number"), _("Subject"), _("Kind"), _("Priority"), _("State"), _("Customer"))
    head = [*columns, *([_("Owner")] if actor.can(CONSOLE) else []), _("Received")]
    rows = [_cells(one.ticket, actor) for one in found.found]
    if found.further:
        rows.append(["", str(_("There are more results: refine your search.")), *[""] * 5])
    return spreadsheet("search", [str(name) for name in head], rows)


def _cells(ticket: Ticket, actor: Actor) -> list[str]:
    said = [
        ticket.reference,
        ticket.subject,
        ticket.get_kind_display(),
        f"P{ticket.priority}",
        ticket.get_state_display(),
        ticket.customer.name if ticket.customer else "",
    ]
    owner = [ticket.owner.name] if actor.can(CONSOLE) else []
    return [*said, *owner, f"{localtime(ticket.received_at):%Y-%m-%d %H:%M}"]


def lines_of(found: list[FoundTicket], asked: SearchQuery, actor: Actor) -> list[Line]:
    subjects = [one.ticket.subject for one in found]
    bodies = [one.message.body if one.message else one.cause for one in found]
    parts = highlight([*subjects, *bodies], asked)
    return [
        Line(
            one.ticket,
            _page_of(one.ticket, actor),
            TONES[TicketState(one.ticket.state)],
            highlighted_html(subject),
            one.message,
            "" if one.message else one.cause,
            highlighted_html(excerpt(body) if one.message or one.cause else []),
        )
        for one, subject, body in zip(found, parts, parts[len(found) :], strict=False)
    ]


def highlighted_html(parts: Iterable[TextPart]) -> SafeString:
    """Return a text as escaped HTML with the matches marked."""
    forms = {True: "<mark>{}</mark>", False: "{}"}
    return mark_safe(  # noqa: S308  # each piece is escaped
        "".join(format_html(forms[part.found], part.text) for part in parts)
    )


def _comments(request: ActorRequest, asked: SearchQuery) -> dict[str, Any]:
    """Return the context of the found comments."""
    before = _id(request.GET.get(COMMENTS_BEFORE, ""))
    found = discussions.search_comments(
        asked, seen_by=request.actor, limit=COMMENTS_SHOWN, before=before
    )
    parts = highlight([markdown_as_line(one.comment.text) for one in found.found], asked)
    query = request.GET.copy()
    query[COMMENTS_BEFORE] = str(found.further or "")
    return {
        "comments": [
            CommentLine(one, highlighted_html(excerpt(text)))
            for one, text in zip(found.found, parts, strict=True)
        ],
        "comments_url": f"?{query.urlencode()}" if found.further else "",
        "comments_looks_back": before is not None,
    }


def _id(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _page_of(ticket: Ticket, actor: Actor) -> str:
    if actor.can(CONSOLE):
        return reverse("desk_ticket", args=[ticket.number])
    if actor.can(REQUEST) and actor.person_id is not None:
        return reverse("desk_own", args=[ticket.number])
    return ""


KINDS: Mapping[str, tuple[Any, str, str, str]] = {
    "customer": (_("Customers"), "building-community", "customers_customer", "customers_list"),
    "contact": (_("Contacts"), "user", "customers_customer", ""),
    "service": (_("Services"), "package", "customers_service", "customers_services"),
    "item": (_("Items"), "server", "infrastructure_item", "infrastructure_items"),
    "site": (_("Sites"), "building", "infrastructure_site", "infrastructure_sites"),
    "person": (_("People"), "users", "organisation_person", "organisation_people"),
    "team": (_("Teams"), "sitemap", "organisation_team", ""),
}
"""Heading, icon, page and list to search for more, of each kind."""


def groups_of(text: str, actor: Actor) -> Iterator[Group]:
    """Return all things found by name, by kind."""
    found: dict[str, list[Name]] = {}
    for kind, key, name, note in _named(text, actor) if len(text) >= SHORTEST_NAME else ():
        url = reverse(KINDS[kind][2], args=[key])
        found.setdefault(kind, []).append(Name(name, note, url))
    for kind, (label, icon, _page, all_of_them) in KINDS.items():
        if names := found.get(kind):
            more = len(names) > NAMES_SHOWN and all_of_them
            query = urlencode({"q": text})
            more_url = f"{reverse(all_of_them)}?{query}" if more else ""
            yield Group(str(label), icon, names[:NAMES_SHOWN], more_url)


def _named(text: str, actor: Actor) -> Iterator[tuple[str, object, str, str]]:
    limit = NAMES_SHOWN + 1
    for sold in search.search(text, seen_by=actor, limit=limit):
        yield sold.kind, sold.key, sold.name, sold.note
    for built in search_queries.search(text, seen_by=actor, limit=limit):
        yield built.kind, built.key, built.name, built.note
    for own in organisation_search_queries.search(text, seen_by=actor, limit=limit):
        yield own.kind, own.pk, own.name, own.note


def _narrowing(request: HttpRequest, actor: Actor) -> tuple[SearchFilters, Customer | None]:
    """Return the filters of the address; invalid values narrow nothing."""
    asked = request.GET
    customer = None
    if code := asked.get("customer", ""):
        with suppress(NotFound):
            customer = customers.get_customer_by_code(code, seen_by=actor)
    period, place, kind, state = (asked.get(name, "") for name in ("since", "in", "kind", "state"))
    narrowing = SearchFilters(
        place=cast(Any, place if place in PLACES else ""),
        kind=kind if kind in Kind.values else "",
        open={"open": True, "ended": False}.get(state),
        customer_id=customer.pk if customer else None,
        since=clock.now() - PERIODS[period] if period in PERIODS else None,
    )
    return narrowing, customer


def _filters(
    request: HttpRequest, found: Iterable[FoundTicket], customer: Customer | None
) -> list[tuple[Any, list[Chip]]]:
    """Return the filters that can be set or removed, with the customers of the found tickets."""
    query = request.GET
    offered = {customer.code: customer.name} if customer else {}
    for one in found:
        if one.ticket.customer and len(offered) < CUSTOMERS_OFFERED and not customer:
            offered[one.ticket.customer.code] = one.ticket.customer.name
    return [
        (_("Ticket type"), chips_of(query, "kind", Kind.choices)),
        (
            _("State"),
            chips_of(query, "state", [("open", _("Open tickets")), ("ended", _("Closed tickets"))]),
        ),
        (_("Search in"), chips_of(query, "in", PLACES.items())),
        (_("Received"), chips_of(query, "since", SINCE.items())),
        *(
            [(_("Customer"), chips_of(query, "customer", offered.items()))]
            if customer or len(offered) > 1
            else []
        ),
    ]


def _tries(request: HttpRequest) -> int:
    """Return how many parts in a row were searched without a match."""
    told = request.GET.get("tries", "")
    return (int(told) if told.isdecimal() and len(told) < 3 else 0) + 1


def _exported_as(request: HttpRequest) -> str:
    query = request.GET.copy()
    for name in ("before", "tries"):
        query.pop(name, None)
    return f"{reverse('search_export')}?{query.urlencode()}"


def _further(request: HttpRequest, before: int, tries: int) -> str:
    query = request.GET.copy()
    query["before"] = str(before)
    query.pop("tries", None)
    if tries:
        query["tries"] = str(tries)
    return f"?{query.urlencode()}"
