"""Candidate services for a new ticket of a customer, and the customer's earlier tickets."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from opale.customers.models import Customer, Family, Offering, Service
from opale.customers.queries.plan_tables import offering_name
from opale.run.desk.domain.text_classification import extract_stems, extract_words
from opale.run.desk.domain.triage import Candidate

RECENT = 300
"""The number of a customer's last tickets that are compared with a new one."""
DEPTH = 3


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier ticket of the customer."""

    id: int
    service_id: int | None
    contact_id: int | None
    kind: str
    impact: int
    urgency: int
    likeness: float


_BEFORE = """
    SELECT id, service_id, contact_id, kind, impact, urgency, similarity(subject, %s)
    FROM (
        SELECT id, service_id, contact_id, kind, impact, urgency, subject FROM desk_ticket
        WHERE customer_id = %s AND received_at < %s AND id <> %s
        ORDER BY received_at DESC LIMIT %s
    ) AS recent
"""


def tickets_before(
    customer: Customer, subject: str, at: datetime, apart_from: int
) -> list[Earlier]:
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, [subject, customer.pk, at, apart_from, RECENT])
        return [Earlier(*row) for row in cursor.fetchall()]


_STANDS_ON = """
    WITH RECURSIVE below(service_id, item_id, depth) AS (
        SELECT service_id, item_id, 0 FROM infrastructure_serviceitem WHERE service_id = ANY (%s)
        UNION
        SELECT below.service_id, link.lower_id, below.depth + 1
        FROM below JOIN infrastructure_dependency AS link ON link.upper_id = below.item_id
        WHERE below.depth < %s
    )
    SELECT DISTINCT below.service_id, item.name, host(item.address)
    FROM below JOIN infrastructure_configurationitem AS item ON item.id = below.item_id
"""


def candidates(customer: Customer, services: Mapping[int, Service]) -> list[Candidate]:
    with connection.cursor() as cursor:
        cursor.execute(_STANDS_ON, [list(services), DEPTH])
        rows = cursor.fetchall()
    sharers: dict[str, set[int]] = {}
    for service_id, *names in rows:
        for name in filter(None, names):
            sharers.setdefault(name, set()).add(service_id)
    places = {pk: _places(customer, row) for pk, row in services.items()}
    sold = {pk: _sold(row) for pk, row in services.items()}
    held = Counter(one for stems in sold.values() for one in stems)
    named = Counter(place for names in places.values() for place in names)
    return [
        Candidate(
            id=pk,
            reference=row.reference,
            family=row.offering.family,
            family_name=_family_name(row.offering),
            places=frozenset(p for p in places[pk] if named[p] < len(services)),
            items={n: len(pks) for n, pks in sharers.items() if pk in pks},
            sold=offering_name(row.offering),
            sold_as=frozenset(one for one in sold[pk] if held[one] < len(services)),
        )
        for pk, row in services.items()
    ]


def _family_name(offering: Offering) -> str:
    """Return the name of a product family; the offering's own name for the family "other"."""
    if offering.family == Family.OTHER:
        return offering_name(offering)
    return str(Family(offering.family).label)


def _sold(service: Service) -> set[str]:
    offering = service.offering
    return set(extract_stems(f"{offering.name_en} {offering.name_fr}"))


def _places(customer: Customer, service: Service) -> set[str]:
    """Return the words of a service's name that are in neither the offering's nor the customer's:
    its place or its user."""
    offering = service.offering
    known = set(extract_words(f"{offering.name_en} {offering.name_fr} {customer.name}"))
    return {
        part
        for part in service.name.split()
        if (said := extract_words(part)) and not known & set(said)
    }
