"""Searching tickets by the words of their subjects and messages, the newest tickets first.

A word that stands everywhere cannot be fetched everywhere. So search walks back from the newest
ticket, block by block: small blocks while they hold what is looked for, larger ones as it becomes
plain that they hold little. It ends with enough tickets or with the time it has, and then says how
far back it looked. Rights are a part of each question, as is every filter.
Source: docs/rules/search.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from django.contrib.postgres.search import SearchQueryField
from django.db.models import FloatField, Func, Q, Value
from django.db.models.functions import Cast

from opale.kernel.actor import Actor
from opale.kernel.fulltext import SearchQuery, SearchWords
from opale.kernel.isolation import as_application
from opale.run.desk.models import DeskQuerySet, Message, Ticket
from opale.run.desk.queries.fulltext_scan import (
    AFFORDABLE,
    AFFORDABLE_TYPING,
    Hit,
    SearchScope,
    Walk,
)
from opale.run.desk.queries.quick_search import parse_ticket_number, tickets_with_external_number
from opale.run.desk.rights import CONSOLE, READ
from opale.run.desk.states import ENDED_STATES

Place = Literal["", "subjects", "messages"]
SHOWN = 25
TIME_LIMIT = timedelta(milliseconds=60)
OWN_TICKETS = 500
BACKDATED = 8192
"""How many tickets may have been recorded before one that was received earlier."""
SUBJECT_WEIGHT = 4


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """What else must hold of the tickets that are found."""

    place: Place = ""
    kind: str = ""
    open: bool | None = None
    customer_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundTicket:
    """A ticket that was found, and the message in which it was; None when in the subject alone."""

    ticket: Ticket
    message: Message | None
    rank: float


@dataclass(frozen=True, slots=True)
class FoundTickets:
    """The newest that were found, the best of them first.

    `further` is where to go on, None at the end. Where time ended before there were enough,
    everything received since `looked_back_to` was looked at.
    """

    found: list[FoundTicket] = field(default_factory=list)
    further: int | None = None
    looked_back_to: datetime | None = None


NO_FILTERS = SearchFilters()


def search_tickets(
    asked: SearchQuery,
    *,
    seen_by: Actor,
    limit: int = SHOWN,
    narrowing: SearchFilters = NO_FILTERS,
    before: int | None = None,
    time: timedelta = TIME_LIMIT,
) -> FoundTickets:
    """Tickets whose subject or one of whose messages holds what is asked for.

    `before` is `further` of the page before. Page by page the newest come first; the best of a page
    stand at its top.
    """
    if not asked or not seen_by.can(READ):
        return FoundTickets()
    # The policies of the portal role keep its questions from every index of words. So the house is
    # asked, by the first wall, where the words stand; what stands there is read behind both walls.
    with as_application():
        walk = _walked(asked, seen_by, limit, narrowing, before, time, AFFORDABLE)
        edge = _received(walk, seen_by) if walk.ended_early else None
    return FoundTickets(_read(walk.hits, asked, seen_by), walk.further, edge)


def newest_matching_ids(
    asked: SearchQuery, *, seen_by: Actor, limit: int, time: timedelta
) -> list[int]:
    """The ids of the newest tickets that hold what is asked for, for who types and will choose."""
    if not asked or not seen_by.can(READ):
        return []
    with as_application():
        walk = _walked(asked, seen_by, limit, NO_FILTERS, None, time, AFFORDABLE_TYPING)
    return [hit.ticket_id for hit in walk.hits]


def tickets_with_reference(text: str, *, seen_by: Actor) -> list[Ticket]:
    """The tickets with this number: ours (`T-48213`, `48213`), or exactly that of another."""
    wanted = text.strip()
    if not any(character.isdigit() for character in wanted):
        return []
    known, number = (
        tickets_with_external_number(wanted, seen_by=seen_by),
        parse_ticket_number(wanted),
    )
    if number is None and not known:
        return []
    named = Q(pk__in=known) if number is None else Q(pk__in=known) | Q(number=number)
    return list(with_result_columns(seen_by).filter(named).order_by("-received_at", "-id"))


def newest_id() -> int:
    """0 where there is no ticket."""
    return Ticket.objects.order_by("-id").values_list("id", flat=True).first() or 0


def with_result_columns(seen_by: Actor) -> DeskQuerySet[Ticket]:
    """Tickets with what a line of results shows; who owns them is the house's own."""
    rows = Ticket.objects.visible_to(seen_by).select_related("customer")
    return rows.select_related("owner") if seen_by.can(CONSOLE) else rows


def _walked(
    asked: SearchQuery,
    seen_by: Actor,
    limit: int,
    narrowing: SearchFilters,
    before: int | None,
    time: timedelta,
    affords: int,
) -> Walk:
    visible = Ticket.objects.visible_to(seen_by)
    customers = _customers_of(seen_by)
    named = [one for one in (narrowing.customer_id, *customers) if one is not None]
    land = SearchScope(
        _narrowed(visible, narrowing),
        notes=seen_by.can(CONSOLE),
        # Of several customers each ticket has one: the index is asked for a single one.
        customer_ids=tuple(named if len(customers) <= 1 else named[: len(named) - len(customers)]),
        subjects=narrowing.place != "messages",
        messages=narrowing.place != "subjects",
    )
    walk = Walk(asked, land, limit, affords)
    scope = seen_by.scope(READ)
    if scope is not None and not scope.everything and not customers:
        # Who sees a few tickets alone has these looked through.
        own = visible.filter(pk__lt=before) if before else visible
        ids = own.order_by("-id").values_list("id", flat=True)
        walk.through(list(ids[:OWN_TICKETS]), time)
    else:
        newest, oldest = _edges(narrowing)
        walk.back(min(before or newest, newest), oldest, time)
    return walk


def _customers_of(actor: Actor) -> Sequence[int]:
    """The customers of whom the actor sees every ticket; none where it sees all or a few."""
    scope = actor.scope(READ)
    return () if scope is None or scope.everything else sorted(scope.customers)


def _narrowed(rows: DeskQuerySet[Ticket], wanted: SearchFilters) -> DeskQuerySet[Ticket]:
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.open is not None:
        ended = Q(state__in=ENDED_STATES)
        rows = rows.filter(~ended if wanted.open else ended)
    if wanted.since:
        rows = rows.filter(received_at__gte=wanted.since)
    if wanted.until:
        rows = rows.filter(received_at__lt=wanted.until)
    return rows


def _edges(wanted: SearchFilters) -> tuple[int, int]:
    """Before which ticket to begin and with which to end, by the index of receipts."""
    rows, oldest = Ticket.objects.order_by(), 0
    newest = newest_id() + 1
    if wanted.until:
        later = rows.filter(received_at__gte=wanted.until).order_by("received_at", "id")
        first = later.values_list("id", flat=True).first()
        newest = min(newest, first + BACKDATED) if first else newest
    if wanted.since:
        earlier = rows.filter(received_at__lt=wanted.since).order_by("-received_at", "-id")
        oldest = (earlier.values_list("id", flat=True).first() or 0) - BACKDATED
    return newest, max(oldest, 0)


def _received(walk: Walk, seen_by: Actor) -> datetime | None:
    """When the oldest ticket was received that was still looked at."""
    rows = Ticket.objects.visible_to(seen_by)
    rows = rows.filter(pk=walk.last) if walk.last else rows.filter(pk__gte=walk.further or 0)
    return rows.order_by("id").values_list("received_at", flat=True).first()


def _read(hits: Sequence[Hit], asked: SearchQuery, seen_by: Actor) -> list[FoundTicket]:
    """The tickets and the best of the messages, as the actor may read them, ranked."""
    query = Cast(Value(asked.tsquery), SearchQueryField())

    def rank(column: str) -> Func:
        return Func(SearchWords(column), query, function="ts_rank", output_field=FloatField())

    tickets = {
        ticket.pk: ticket
        for ticket in with_result_columns(seen_by)
        .filter(pk__in=[hit.ticket_id for hit in hits])
        .annotate(rank=rank("subject"))
    }
    messages = Message.objects.visible_to(seen_by).annotate(rank=rank("body"))
    if not seen_by.can(CONSOLE):
        messages = messages.filter(visibility=Message.Visibility.PUBLIC)
    ids = [pk for hit in hits for pk in hit.message_ids]
    best = {
        message.ticket_id: message for message in messages.filter(pk__in=ids).order_by("rank", "id")
    }
    found = []
    for hit in hits:
        if (ticket := tickets.get(hit.ticket_id)) is None:
            continue
        message = best.get(ticket.pk)
        of_message = 0.0 if message is None else message.rank
        of_subject = ticket.rank * SUBJECT_WEIGHT if hit.in_subject else 0.0
        found.append(FoundTicket(ticket, message, of_message + of_subject))
    return sorted(found, key=lambda one: (-one.rank, -one.ticket.pk))
