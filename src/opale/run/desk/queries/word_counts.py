"""Texts of past tickets with their classifications, to learn from."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db import connection
from django.utils import translation

from opale.customers.models import Family, Offering
from opale.run.desk.domain.text_classification import CatalogueName, WordCounts, stem
from opale.run.desk.models import RequestType, Source, WordCount

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


def training_examples_before(
    at: datetime, limit: int
) -> Iterator[tuple[str, list[str], int | None]]:
    """Yield the texts of the last tickets received before, with classification and customer.

    A text of monitoring has no kind: it does not show how people describe an incident.
    """
    with connection.cursor() as cursor:
        cursor.execute(_EXAMPLES, [at, limit])
        for text, kind, source, family, customer_id in cursor.fetchall():
            labels = [] if source == Source.EVENT else [kind]
            yield text, [*labels, *([family] if family else [])], customer_id


def catalogue_words() -> list[CatalogueName]:
    """Return the names in the catalogues of offerings and requests, in both languages."""
    offerings = Offering.objects.filter(retired_on=None)
    types = RequestType.objects.filter(retired_on=None)
    return [
        *(
            CatalogueName(f"{row.name_en} {row.name_fr} {_family(row.family)}", [row.family])
            for row in offerings
        ),
        *(
            CatalogueName(
                f"{row.name_en} {row.name_fr}", [row.family] if row.family else [], asked=True
            )
            for row in types
        ),
    ]


def _family(family: str) -> str:
    if family == Family.OTHER:
        return ""
    names = []
    for language in ("en", "fr"):
        with translation.override(language):
            names.append(str(Family(family).label))
    return " ".join(names)


def load_word_counts(spoken: Sequence[str]) -> WordCounts:
    rows = WordCount.objects.filter(word__in={"", *map(stem, spoken)})
    return WordCounts(dict(rows.values_list("word", "counts")))
