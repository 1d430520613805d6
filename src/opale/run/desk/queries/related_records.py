"""The rarer kinds of records that a ticket has.

The page of a ticket draws a dozen kinds of records, most of which are absent: it asks once which
exist, and then reads these alone.
"""

from functools import cache
from typing import Final

from django.db import connection
from django.db.models import Model

from opale.kernel.prepared_statements import fetch_rows
from opale.run.desk.models import Ticket
from opale.run.desk.ports import TicketRecord, ticket_records

ATTRIBUTE: Final = "_related_records"


def has(ticket: Ticket, kind: type[Model]) -> bool:
    """Return whether the ticket has a record of this kind, as first found for its object. For
    pages, which read; an action asks for the rows themselves."""
    return kind in related_records(ticket)


def related_records(ticket: Ticket) -> frozenset[type[Model]]:
    """Return the kinds of records that the ticket has, found once for this object."""
    known: frozenset[type[Model]] | None = getattr(ticket, ATTRIBUTE, None)
    if known is None:
        rare = rare_records()
        (found,) = fetch_rows(_statement(), *[ticket.pk] * sum(len(one.leads) for one in rare))
        known = frozenset(one.model for one, there in zip(rare, found, strict=True) if there)
        setattr(ticket, ATTRIBUTE, known)
    return known


def rare_records() -> list[TicketRecord]:
    """Return the records that most tickets do not have."""
    return [record for record in ticket_records() if record.rare]


@cache
def _statement() -> str:
    """Build the SQL: table names come from the models, the ticket is a parameter."""
    quote = connection.ops.quote_name
    each = (
        f"EXISTS (SELECT FROM {quote(record.model._meta.db_table)} WHERE"
        f" {' OR '.join(f'{quote(lead)} = %s' for lead in record.leads)})"
        for record in rare_records()
    )
    return f"SELECT {', '.join(each)}"
