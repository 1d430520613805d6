"""Ticket search while typing, for the command palette and the ticket picker."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from django.db.models import Value
from django.urls import reverse
from django.utils.translation import gettext as _

from opale.customers.queries.search import match_customers
from opale.infrastructure.queries.search import match_items
from opale.kernel.actor import Actor
from opale.kernel.fulltext import parse_query
from opale.kernel.trigrams import without_index
from opale.run.desk.models import DeskQuerySet, Ticket
from opale.run.desk.queries.ticket_search import (
    newest_id,
    newest_matching_ids,
    tickets_with_reference,
)
from opale.run.desk.rights import CONSOLE
from opale.ui.palette import Result

MIN_LENGTH = 3
RECENT = 2000
"""The number of newest subjects searched for a word that is still being typed."""
TIME_LIMIT = timedelta(milliseconds=15)
THINGS, OF_EACH = 2, 2


def find_tickets(text: str, *, seen_by: Actor, limit: int = 20) -> list[Ticket]:
    """Return the tickets that a few letters may mean: the one with this number, else the
    likeliest."""
    return tickets_with_reference(text, seen_by=seen_by)[:limit] or likely_tickets(
        text, seen_by=seen_by, limit=limit
    )


def likely_tickets(text: str, *, seen_by: Actor, limit: int) -> list[Ticket]:
    """Return some tickets of items and customers with this name, the newest whose subject holds the
    letters, and those that hold the words."""
    text = text.strip()
    if len(text) < MIN_LENGTH:
        return []
    found: dict[int, Ticket] = {}
    for way in (_of_things, _newest_subjects, _words):
        for ticket in way(text, seen_by, limit):
            found.setdefault(ticket.pk, ticket)
        if len(found) >= limit:
            break
    return list(found.values())[:limit]


def _of_things(text: str, seen_by: Actor, limit: int) -> Iterator[Ticket]:
    """Yield the newest tickets of the items and customers with this name."""
    for item_id, _name, _kind in match_items(text, seen_by=seen_by, limit=THINGS):
        yield from _newest(_brief(seen_by).filter(item_id=item_id), OF_EACH)
    for customer_id, _code, _name in match_customers(text, seen_by=seen_by, limit=THINGS):
        yield from _newest(_brief(seen_by).filter(customer_id=customer_id), OF_EACH)


def _newest_subjects(text: str, seen_by: Actor, limit: int) -> Iterable[Ticket]:
    # By order of recording: by time of receipt PostgreSQL would go through all tickets.
    rows = _brief(seen_by).filter(pk__gt=newest_id() - RECENT).alias(said=without_index("subject"))
    return rows.filter(said__holds=Value(text)).order_by("-id")[:limit]


def _words(text: str, seen_by: Actor, limit: int) -> Iterable[Ticket]:
    ids = newest_matching_ids(parse_query(text), seen_by=seen_by, limit=limit, time=TIME_LIMIT)
    return _brief(seen_by).filter(pk__in=ids).order_by("-received_at", "-id")


def _brief(seen_by: Actor) -> DeskQuerySet[Ticket]:
    """Limit tickets to the columns of a palette line."""
    rows = Ticket.objects.visible_to(seen_by).select_related("customer")
    return rows.only("number", "subject", "customer__name")


def _newest(rows: DeskQuerySet[Ticket], limit: int) -> DeskQuerySet[Ticket]:
    return rows.order_by("-received_at", "-id")[:limit]


def palette_tickets(text: str, actor: Actor, limit: int) -> list[Result]:
    """Return the ticket with this number, ours or an external one, for the command palette."""
    if not actor.can(CONSOLE):
        return []
    return _results(tickets_with_reference(text.strip(), seen_by=actor)[:limit])


def further_palette_tickets(text: str, actor: Actor, limit: int) -> list[Result]:
    """Return the tickets that a few letters may mean, unless they are a ticket number."""
    if not actor.can(CONSOLE) or tickets_with_reference(text.strip(), seen_by=actor):
        return []
    return _results(likely_tickets(text, seen_by=actor, limit=limit))


def _results(tickets: Iterable[Ticket]) -> list[Result]:
    return [
        Result(
            label=f"{ticket.reference} {ticket.subject}",
            url=reverse("desk_ticket", args=[ticket.number]),
            icon="headset",
            group=_("Tickets"),
            note=ticket.customer.name if ticket.customer else "",
        )
        for ticket in tickets
    ]
