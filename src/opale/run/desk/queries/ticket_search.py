"""Full-text search of tickets by subject, messages and cause, the newest tickets first.

A frequent word cannot be fetched everywhere. So search goes back from the newest ticket, block by
block: small blocks while they hold many matches, larger ones when they hold few. It ends with
enough tickets or when its time is up, and then says how far back it looked. Rights are part of each
query, as is every filter.

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

Place = Literal["", "subjects", "messages", "causes"]
SHOWN = 25
TIME_LIMIT = timedelta(milliseconds=60)
OWN_TICKETS = 500
BACKDATED = 8192
"""The most tickets that may be recorded before one that was received earlier."""
SUBJECT_WEIGHT = 4


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """The filters of a search beside its words."""

    place: Place = ""
    kind: str = ""
    open: bool | None = None
    customer_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class FoundTicket:
    """A ticket that was found, and the matching message; None when only the subject or the cause
    matches. `cause` is the cause where it matches."""

    ticket: Ticket
    message: Message | None
    rank: float
    cause: str = ""


@dataclass(frozen=True, slots=True)
class FoundTickets:
    """The newest matches, the best of them first.

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
    """Return the tickets whose subject, cause or one of whose messages matches the words.

    `before` is `further` of the previous page. Pages go from newest to oldest; each page is sorted
    by relevance.
    """
    if not asked or not seen_by.can(READ):
        return FoundTickets()
    # The row policies of the portal role prevent the use of word indexes. So the provider's role,
    # limited by the first wall, finds the matches; they are then read behind both walls.
    with as_application():
        walk = _walked(asked, seen_by, limit, narrowing, before, time, AFFORDABLE)
        edge = _received(walk, seen_by) if walk.ended_early else None
    return FoundTickets(_read(walk.hits, asked, seen_by), walk.further, edge)


def newest_matching_ids(
    asked: SearchQuery, *, seen_by: Actor, limit: int, time: timedelta
) -> list[int]:
    """Return the ids of the newest matching tickets, for a picker."""
    if not asked or not seen_by.can(READ):
        return []
    with as_application():
        walk = _walked(asked, seen_by, limit, NO_FILTERS, None, time, AFFORDABLE_TYPING)
    return [hit.ticket_id for hit in walk.hits]


def tickets_with_reference(text: str, *, seen_by: Actor) -> list[Ticket]:
    """Return the tickets with this number: ours (`T-48213`, `48213`), or exactly an external
    one."""
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
    """Return the id of the newest ticket; 0 where there is none."""
    return Ticket.objects.order_by("-id").values_list("id", flat=True).first() or 0


def with_result_columns(seen_by: Actor) -> DeskQuerySet[Ticket]:
    """Add the columns of a result line; owners are for the provider's staff."""
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
        # With several customers, a ticket still has one: the index is asked for one at a time.
        customer_ids=tuple(named if len(customers) <= 1 else named[: len(named) - len(customers)]),
        subjects=narrowing.place in ("", "subjects"),
        messages=narrowing.place in ("", "messages"),
        causes=narrowing.place in ("", "causes"),
    )
    walk = Walk(asked, land, limit, affords)
    scope = seen_by.scope(READ)
    if scope is not None and not scope.everything and not customers:
        # An actor who sees only a few tickets has just these searched.
        own = visible.filter(pk__lt=before) if before else visible
        ids = own.order_by("-id").values_list("id", flat=True)
        walk.through(list(ids[:OWN_TICKETS]), time)
    else:
        newest, oldest = _edges(narrowing)
        walk.back(min(before or newest, newest), oldest, time)
    return walk


def _customers_of(actor: Actor) -> Sequence[int]:
    """Return the customers of whom the actor sees every ticket; none where it sees all or a few."""
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
    """Return the first and the last ticket to search, by the index of receipts."""
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
    """Return when the oldest ticket that was looked at was received."""
    rows = Ticket.objects.visible_to(seen_by)
    rows = rows.filter(pk=walk.last) if walk.last else rows.filter(pk__gte=walk.further or 0)
    return rows.order_by("id").values_list("received_at", flat=True).first()


def _read(hits: Sequence[Hit], asked: SearchQuery, seen_by: Actor) -> list[FoundTicket]:
    """Return the matching tickets and messages that the actor may read, ranked."""
    query = Cast(Value(asked.tsquery), SearchQueryField())

    def rank(column: str) -> Func:
        return Func(SearchWords(column), query, function="ts_rank", output_field=FloatField())

    tickets = {
        ticket.pk: ticket
        for ticket in with_result_columns(seen_by)
        .filter(pk__in=[hit.ticket_id for hit in hits])
        .annotate(rank=rank("subject"), cause_rank=rank("cause"))
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
        of_cause = ticket.cause_rank if hit.in_cause else 0.0
        cause = ticket.cause if hit.in_cause else ""
        found.append(FoundTicket(ticket, message, of_message + of_subject + of_cause, cause))
    return sorted(found, key=lambda one: (-one.rank, -one.ticket.pk))
