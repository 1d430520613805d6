"""The rarer kinds of records that a ticket has.

The page of a ticket draws a dozen kinds of records, most of which are absent: it asks once which
exist, and then reads these alone.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from django.db import connection
from django.db.models import Model

from opale.kernel.prepared_statements import fetch_rows
from opale.run.desk.models import (
    Assignment,
    Attachment,
    Breaker,
    Merge,
    MessageMove,
    Participant,
    Pause,
    ProposedAnswer,
    ProposedLink,
    Ticket,
    TicketAlert,
)
from opale.run.desk.ports import timeline_sources

LEADS: Final[Mapping[type[Model], tuple[str, ...]]] = {
    Pause: ("ticket_id",),
    TicketAlert: ("ticket_id",),
    Assignment: ("ticket_id",),
    Merge: ("into_id",),
    MessageMove: ("origin_id", "target_id"),
    Attachment: ("ticket_id",),
    ProposedAnswer: ("ticket_id",),
    Participant: ("ticket_id",),
    ProposedLink: ("ticket_id",),
    Breaker: ("ticket_id",),
}
"""The columns that lead from each kind of record to the ticket."""
ATTRIBUTE: Final = "_related_records"


def has(ticket: Ticket, kind: type[Model]) -> bool:
    """Return whether the ticket has a record of this kind, as first found for its object. For
    pages, which read; an action asks for the rows themselves."""
    return kind in related_records(ticket)


def related_records(ticket: Ticket) -> frozenset[type[Model]]:
    """Return the kinds of records that the ticket has, found once for this object."""
    known: frozenset[type[Model]] | None = getattr(ticket, ATTRIBUTE, None)
    if known is None:
        leads = _leads()
        (found,) = fetch_rows(_statement(), *[ticket.pk] * sum(map(len, leads.values())))
        known = frozenset(kind for kind, there in zip(leads, found, strict=True) if there)
        setattr(ticket, ATTRIBUTE, known)
    return known


def _leads() -> dict[type[Model], tuple[str, ...]]:
    return {**LEADS, **{kind: (source.lead,) for kind, source in timeline_sources().items()}}


@cache
def _statement() -> str:
    """Build the SQL: table names come from the models, the ticket is a parameter."""
    quote = connection.ops.quote_name
    each = (
        f"EXISTS (SELECT FROM {quote(kind._meta.db_table)} WHERE"
        f" {' OR '.join(f'{quote(lead)} = %s' for lead in leads)})"
        for kind, leads in _leads().items()
    )
    return f"SELECT {', '.join(each)}"
