"""Text typed into a list of tickets: a number, letters of the subject, or words of the cause."""

import re
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, Q, Value
from django.db.models.functions import Lower

from opale.kernel.actor import Actor
from opale.kernel.fulltext import parse_query
from opale.kernel.isolation import as_application
from opale.kernel.trigrams import without_index
from opale.run.desk.models import DeskQuerySet, ExternalReference, Ticket
from opale.run.desk.queries.fulltext_scan import AFFORDABLE_TYPING, SearchScope, Walk
from opale.run.desk.rights import CONSOLE

REFERENCES = 50
LONGEST_NUMBER = 18
NEAR: Final = 2_000
"""The number of next tickets searched before all are."""
MANY: Final = 10
"""Enough matches among those to find a full page nearby."""
FURTHER: Final = 10
"""The sample is taken this many times farther away, in case the next tickets are a flood."""
SAMPLE: Final = 1_000
SOME: Final = 5
"""Enough matches in the sample to expect more than FEW in a million tickets."""
FEW: Final = 5_000
"""The most matches to sort; with more, tickets are searched one after the other."""
CAUSES: Final = 100
"""The most tickets found by their cause."""
CAUSE_TIME: Final = timedelta(milliseconds=15)
INDEXED: Final = re.compile(r"[^\W_]{3}")
"""Three consecutive letters or digits let the index find a subject."""

_FIRST_OF_FEW: Final = """
    SELECT id, count(*) OVER () FROM ({few}) AS few (id, received_at)
    ORDER BY received_at {way}, id {way} LIMIT %s
"""


def matching_typed_text(
    tickets: DeskQuerySet[Ticket], text: str, *, seen_by: Actor
) -> DeskQuerySet[Ticket]:
    """Filter tickets by our number (`T-48213`, `48213`) or an external one, else by letters of the
    subject or words of the cause."""
    wanted = text.strip()
    meant = _meant(wanted, seen_by)
    if meant is not None:
        return tickets.filter(meant)
    return tickets.filter(Q(subject__holds=wanted) | _with_cause(wanted, seen_by))


def bounded_matching_typed_text(
    tickets: DeskQuerySet[Ticket], text: str, *, seen_by: Actor
) -> DeskQuerySet[Ticket]:
    """Filter as `matching_typed_text` does, for a list of all tickets in the order of receipt.

    Rare letters are gathered by the index first, so that no page walks through all tickets for
    them; of frequent ones a page finds enough on its way.
    """
    wanted = text.strip()
    meant = _meant(wanted, seen_by)
    if meant is not None:
        return tickets.filter(meant)
    if INDEXED.search(wanted) and not _are_frequent(tickets, wanted):
        few = _first_of_few(tickets.filter(subject__holds=wanted), FEW, newest=True)
        if few is not None:
            return tickets.filter(Q(pk__in=few) | _with_cause(wanted, seen_by))
    held = Q(said__holds=Value(wanted)) | _with_cause(wanted, seen_by)
    return tickets.alias(said=without_index("subject")).filter(held)


def _with_cause(wanted: str, seen_by: Actor) -> Q:
    """Return the filter for the newest tickets whose cause holds the words; the desk alone reads
    causes."""
    asked = parse_query(wanted) if seen_by.can(CONSOLE) and INDEXED.search(wanted) else None
    newest = Ticket.objects.order_by("-id").values_list("id", flat=True).first() if asked else None
    if not asked or newest is None:
        return Q(pk__in=[])
    scope = SearchScope(
        Ticket.objects.visible_to(seen_by), notes=True, subjects=False, messages=False
    )
    walk = Walk(asked, scope, CAUSES, AFFORDABLE_TYPING)
    with as_application():
        walk.back(newest + 1, 0, CAUSE_TIME)
    return Q(pk__in=[hit.ticket_id for hit in walk.hits])


def _are_frequent(tickets: DeskQuerySet[Ticket], wanted: str) -> bool:
    """Return whether so many of the newest tickets hold the letters that a page finds enough."""
    ordered = tickets.order_by("-received_at", "-id")
    moments = ordered.values_list("received_at", flat=True)
    edge = next(iter(moments[NEAR : NEAR + 1]), None)
    if edge is None:
        return False
    held = ordered.alias(said=without_index("subject")).filter(said__holds=Value(wanted))
    if len(held.filter(received_at__gt=edge).values_list("id")[:MANY]) == MANY:
        return True
    beyond = edge + FURTHER * (edge - moments[0])
    return _held_by_some(ordered, wanted, beyond=beyond, newest=True)


def first_matching_typed_text(
    tickets: DeskQuerySet[Ticket], size: int, *, text: str, seen_by: Actor, newest: bool = True
) -> list[Ticket]:
    """Return the first matches in the order of receipt, the `newest` first.

    Frequent letters are found near the start of the list; rare ones are gathered by the index and
    sorted. The planner cannot tell the two apart and would walk through all tickets for letters
    that none holds. Source: docs/rules/search.md, "Newest first, and bounded".
    """
    wanted = text.strip()
    falling = "-" if newest else ""
    ordered = tickets.order_by(f"{falling}received_at", f"{falling}id")
    meant = _meant(wanted, seen_by)
    if meant is not None:
        return list(ordered.filter(meant)[:size])
    held = ordered.alias(said=without_index("subject")).filter(said__holds=Value(wanted))
    moments = ordered.values_list("received_at", flat=True)
    edges = moments[NEAR : NEAR + 1]
    edge = next(iter(edges), None) if INDEXED.search(wanted) else None
    if edge is None:
        return [*held[:size]]
    near = list(held.filter(Q(received_at__gt=edge) if newest else Q(received_at__lt=edge))[:size])
    if len(near) < min(size, MANY) and not _held_by_some(
        ordered, wanted, beyond=edge + FURTHER * (edge - moments[0]), newest=newest
    ):
        first = _first_of_few(tickets.filter(subject__holds=wanted), size, newest=newest)
        if first is not None:
            return list(ordered.filter(pk__in=first))
    beyond = Q(received_at__lte=edge) if newest else Q(received_at__gte=edge)
    return [*near, *held.filter(beyond)[: size - len(near)]]


def _held_by_some(
    ordered: DeskQuerySet[Ticket], wanted: str, *, beyond: datetime, newest: bool
) -> bool:
    """Return whether enough of a sample of the tickets beyond a moment hold the letters."""
    further = ordered.filter(Q(received_at__lt=beyond) if newest else Q(received_at__gt=beyond))
    holds = ExpressionWrapper(Q(said__holds=Value(wanted)), BooleanField())
    sample = further.alias(said=without_index("subject")).values_list(holds, flat=True)[:SAMPLE]
    return sum(map(bool, sample)) >= SOME


def _first_of_few(tickets: DeskQuerySet[Ticket], size: int, *, newest: bool) -> list[int] | None:
    """Return the first matches by time of receipt, gathered and sorted; None if more than FEW
    match."""
    few = tickets.order_by().values_list("id", "received_at")[: FEW + 1]
    gathered, values = few.query.sql_with_params()
    statement = _FIRST_OF_FEW.format(few=gathered, way="DESC" if newest else "ASC")
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, size])
        found = cursor.fetchall()
    return None if found and found[0][1] > FEW else [pk for pk, _count in found]


def _meant(wanted: str, seen_by: Actor) -> Q | None:
    """Return the filter for tickets with this number; None where no ticket has it."""
    known = tickets_with_external_number(wanted, seen_by=seen_by)
    if (number := parse_ticket_number(wanted)) is not None:
        return Q(number=number) | Q(pk__in=known)
    return Q(pk__in=known) if known else None


def parse_ticket_number(text: str) -> int | None:
    """Return our ticket number from `T-48213` or `48213`."""
    digits = text.upper().removeprefix("T-")
    typed = digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER
    return int(digits) if typed else None


def tickets_with_external_number(number: str, *, seen_by: Actor) -> list[int]:
    """Return the tickets with exactly this external number; only the desk knows them."""
    if not seen_by.can(CONSOLE) or not any(character.isdigit() for character in number):
        return []
    rows = ExternalReference.objects.alias(lower=Lower("number")).filter(lower=number.lower())
    return list(rows.values_list("ticket_id", flat=True)[:REFERENCES])
