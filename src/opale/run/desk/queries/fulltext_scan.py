"""Full-text search over blocks of tickets, newest first. Source: docs/rules/search.md."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from math import inf
from time import monotonic
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from opale.kernel.fulltext import IN_ORDER, SearchQuery
from opale.kernel.prepared_statements import fetch_rows
from opale.run.desk.models import DeskQuerySet, Ticket
from opale.run.desk.models.base import BLOCKS

AFFORDABLE = 600
"""The most matches that a block may be expected to hold for a full scan."""
AFFORDABLE_TYPING = 40
"""The same while typing, where every wait is felt: beyond it, fewer tickets are scanned."""
MOST_PLACES = 3000
UNBOUNDED = 1_000_000
BLOCK = "({{ticket}} >> {}) = %s::bigint"
SMALLEST = BLOCK.format(BLOCKS[0])
"""The first block searched, with the same statement for any words."""
FEW = 32
"""The smallest number of tickets looked through at a time."""
BLOCKS_AT_ONCE = 15
"""The number of matches to expect in the next batch of tickets."""
MESSAGES_OF_HIT = 3

# Each text is searched by itself, so that the planner expects all of its rows and takes the
# index even if few are needed; a row is fetched, and the order of its words checked, when it
# is needed. Matches are counted before that, so the count does not depend on the order.
_PART = """
    WITH all_said AS MATERIALIZED (
        SELECT ticket_id, id, {holds_said} AS holds FROM desk_message
        WHERE kernel_words(body) @@ %s::tsquery AND {said}
    ), said AS MATERIALIZED (
        SELECT * FROM all_said LIMIT {most}
    ), all_named AS MATERIALIZED (
        SELECT id, {holds_named} AS holds FROM desk_ticket
        WHERE kernel_words(subject) @@ %s::tsquery AND {named}
    ), named AS MATERIALIZED (
        SELECT * FROM all_named LIMIT {most}
    ), all_caused AS MATERIALIZED (
        SELECT id, {holds_caused} AS holds FROM desk_ticket
        WHERE kernel_words(cause) @@ %s::tsquery AND cause <> '' AND {caused}
    ), caused AS MATERIALIZED (
        SELECT * FROM all_caused LIMIT {most}
    )
    SELECT (SELECT count(*) FROM said) + (SELECT count(*) FROM named)
               + (SELECT count(*) FROM caused),
           hit.ticket_id, hit.in_subject, hit.in_cause, hit.message_ids
    FROM (SELECT) AS one LEFT JOIN (
        SELECT ticket_id, in_subject, in_cause, message_ids
        FROM (
            SELECT ticket_id, bool_or(message_id IS NULL AND NOT in_cause) AS in_subject,
                   bool_or(in_cause) AS in_cause,
                   (array_agg(message_id ORDER BY message_id DESC)
                        FILTER (WHERE message_id IS NOT NULL))[1:{messages}] AS message_ids
            FROM (
                SELECT ticket_id, id AS message_id, false AS in_cause FROM said WHERE holds
                UNION ALL SELECT id, NULL, false FROM named WHERE holds
                UNION ALL SELECT id, NULL, true FROM caused WHERE holds
            ) AS place
            GROUP BY ticket_id ORDER BY ticket_id DESC OFFSET 0
        ) AS placed
        WHERE ticket_id IN ({tickets})
        ORDER BY ticket_id DESC LIMIT %s
    ) AS hit ON true
    ORDER BY hit.ticket_id DESC
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """A ticket that matches: whether its subject or cause does, and its newest matching
    messages."""

    ticket_id: int
    in_subject: bool
    in_cause: bool
    message_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SearchScope:
    """The scope of a search: tickets that are visible and pass the filters, and the texts to
    search. Causes are for those who read `notes`."""

    tickets: DeskQuerySet[Ticket]
    notes: bool
    customer_ids: tuple[int, ...] = ()
    subjects: bool = True
    messages: bool = True
    causes: bool = True


@dataclass
class Walk:
    """A scan for more than `limit` tickets, to know whether there are further ones.

    `further` is the ticket before which to go on. `ended_early`: time was up before the end; `last`
    is then the last ticket looked at, where only a few are searched.
    """

    asked: SearchQuery
    territory: SearchScope
    limit: int
    affords: int
    hits: list[Hit] = field(default_factory=list)
    further: int | None = None
    ended_early: bool = False
    last: int | None = None

    def back(self, before: int, last: int, time: timedelta) -> None:
        """Scan from the ticket before `before` down to `last`, in blocks."""
        ends = monotonic() + time.total_seconds()
        reached, seen, held, ceiling, pace = before, 0, 0, len(BLOCKS) - 1, inf
        while reached > last and len(self.hits) <= self.limit:
            began = monotonic()
            if seen and began > ends:
                self.further, self.ended_early = reached, True
                break
            if reached * pace <= ends - began and reached * (held + 1) <= self.affords * seen:
                # Few matches, found fast: the rest is searched at once.
                places, hits = self._ask("{ticket} >= %s", [last], reached, MOST_PLACES)
                if places <= MOST_PLACES:
                    self.hits += hits
                    break
                pace = inf
            level = next_block_size(seen, held, ceiling, self.affords)
            bits = BLOCKS[level]
            block = (reached - 1) >> bits
            most = MOST_PLACES if level else UNBOUNDED
            places, hits = self._ask(BLOCK.format(bits), [block], reached, most)
            if places > most:
                ceiling = level - 1
                continue
            self.hits += hits
            starts = block << bits
            if level == len(BLOCKS) - 1:
                pace = (monotonic() - began) / (reached - starts)
            seen, held, reached = seen + reached - starts, held + places, starts
        self._end()

    def through(self, ticket_ids: Sequence[int], time: timedelta) -> None:
        """Scan these tickets alone, the newest first, in batches small enough to expect few matches
        and to keep to the time."""
        began = monotonic()
        ends = began + time.total_seconds()
        first, size, held = 0, FEW, 0
        while first < len(ticket_ids):
            if len(self.hits) > self.limit or (first and monotonic() > ends):
                self.further = self.last = ticket_ids[first - 1]
                self.ended_early = True
                break
            few = list(ticket_ids[first : first + size])
            # Looked up in the blocks that hold them: a frequent word is in many others.
            blocks = sorted({pk >> BLOCKS[0] for pk in few})
            where = f"({{ticket}} >> {BLOCKS[0]}) = ANY (%s::bigint[]) AND {{ticket}} = ANY (%s)"
            places, hits = self._ask(where, [blocks, few], few[0] + 1, UNBOUNDED)
            self.hits += hits
            first, held = first + size, held + places
            left = (ends - monotonic()) / (monotonic() - began)
            size = max(FEW, min(first * BLOCKS_AT_ONCE // (held + 1), int(first * left)))
        self._end()

    def _end(self) -> None:
        if len(self.hits) > self.limit:
            self.hits = self.hits[: self.limit]
            self.further, self.ended_early = self.hits[-1].ticket_id, False

    @cached_property
    def _tickets(self) -> tuple[str, tuple[Any, ...]] | None:
        """Return the searchable tickets as SQL; None where there are none."""
        try:
            return self.territory.tickets.order_by().values("id").query.sql_with_params()
        except EmptyResultSet:
            return None

    def _ask(
        self, where: str, which: Sequence[Any], before: int, most: int
    ) -> tuple[int, list[Hit]]:
        """Return how many matches a range holds, up to `most` + 1, and the tickets."""
        land = self.territory
        if self._tickets is None:
            return 0, []
        tickets, of_tickets = self._tickets
        where += " AND customer_id = %s::bigint" * len(land.customer_ids) + " AND {ticket} < %s"
        said, named = where.format(ticket="ticket_id"), where.format(ticket="id")
        said += "" if land.notes else " AND visibility = 'public'"
        ordered = [self.asked.french, self.asked.english] if self.asked.french else []
        holds = IN_ORDER if ordered else "true"
        statement = _PART.format(
            holds_said=holds.format(text="body"),
            holds_named=holds.format(text="subject"),
            holds_caused=holds.format(text="cause"),
            said=said if land.messages else f"false AND {said}",
            named=named if land.subjects else f"false AND {named}",
            caused=named if land.causes and land.notes else f"false AND {named}",
            tickets=tickets,
            most=most + 1,
            messages=MESSAGES_OF_HIT,
        )
        part = [*ordered, self.asked.loose, *which, *land.customer_ids, before]
        room = self.limit + 1 - len(self.hits)
        values = [*part, *part, *part, *of_tickets, room]
        if where.startswith(SMALLEST):
            rows = fetch_rows(statement, *values)
        else:
            # The plan for other ranges depends on how frequent the words are.
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                rows = cursor.fetchall()
        hits = [
            Hit(pk, in_subject, in_cause, tuple(ids or ()))
            for _places, pk, in_subject, in_cause, ids in rows
            if pk is not None
        ]
        return int(rows[0][0]), hits


def next_block_size(seen: int, held: int, ceiling: int, most: int) -> int:
    """Return the largest block expected to stay below the limit, from the density found so far."""
    for level in range(ceiling, 0, -1):
        if seen and (1 << BLOCKS[level]) * (held + 1) <= most * seen:
            return level
    return 0
