"""Texts of past tickets and what they were held to be, and what was learned from them."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import connection

from opale.run.desk.models import Source, WordCount
from opale.run.desk.triage import Words

_EXAMPLES = """
    SELECT ticket.subject || E'\\n' || coalesce(first.body, ''), ticket.kind, ticket.source,
           offering.family, ticket.customer_id
    FROM (
        SELECT * FROM desk_ticket WHERE received_at < %s AND state <> 'merged'
        ORDER BY received_at DESC LIMIT %s
    ) AS ticket
    LEFT JOIN customers_service AS service ON service.id = ticket.service_id
    LEFT JOIN customers_offering AS offering ON offering.id = service.offering_id
    LEFT JOIN LATERAL (
        SELECT body FROM desk_message WHERE ticket_id = ticket.id ORDER BY at, id LIMIT 1
    ) AS first ON true
"""


def examples_before(at: datetime, limit: int) -> Iterator[tuple[str, list[str]]]:
    """The texts of the last tickets received before, with what they were held to be.

    What monitoring writes says nothing about how people write of an incident.
    """
    for text, labels, _customer in owned_examples_before(at, limit):
        yield text, labels


def owned_examples_before(at: datetime, limit: int) -> Iterator[tuple[str, list[str], int | None]]:
    """The same, with whose each is."""
    with connection.cursor() as cursor:
        cursor.execute(_EXAMPLES, [at, limit])
        for text, kind, source, family, customer_id in cursor.fetchall():
            labels = [] if source == Source.EVENT else [kind]
            yield text, [*labels, *([family] if family else [])], customer_id


def learned_words(spoken: Sequence[str]) -> Words:
    rows = WordCount.objects.filter(word__in=["", *spoken])
    return Words(dict(rows.values_list("word", "counts")))
