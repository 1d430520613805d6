"""Search of customers, services and contacts."""

from dataclasses import dataclass
from typing import Literal

from django.db.models import QuerySet

from opale.customers.models import Contact, Customer, Service
from opale.customers.queries.customers import Presence, contacts, customers
from opale.customers.queries.services import services
from opale.kernel.actor import Actor
from opale.kernel.trigrams import without_index


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A search result; `key` forms the address of the page. A contact is on its customer's page."""

    kind: Literal["customer", "contact", "service"]
    key: str
    name: str
    note: str


def search(text: str, *, seen_by: Actor, limit: int) -> list[SearchResult]:
    """Return customers, then services, then contacts whose name or number contains the text.

    At most `limit` of each.
    """
    if not text.strip():
        return []
    signed = _customers(text, seen_by=seen_by, limit=limit, standing="all")
    found = [SearchResult("customer", code, name, code) for _pk, code, name in signed]
    found += [
        SearchResult("service", *row) for row in _services(text, seen_by=seen_by, limit=limit)
    ]
    found += [
        SearchResult("contact", *row) for row in _contacts(text, seen_by=seen_by, limit=limit)
    ]
    return found


def match_customers(text: str, *, seen_by: Actor, limit: int) -> list[tuple[int, str, str]]:
    """Return ids, codes and names of matching present customers."""
    return list(_customers(text, seen_by=seen_by, limit=limit, standing="present"))


def _customers(
    text: str, *, seen_by: Actor, limit: int, standing: Presence
) -> QuerySet[Customer, tuple[int, str, str]]:
    found = customers(seen_by=seen_by, text=text, standing=standing)
    return found.order_by(without_index("name"), "id").values_list("pk", "code", "name")[:limit]


def _services(text: str, *, seen_by: Actor, limit: int) -> QuerySet[Service, tuple[str, str, str]]:
    found = services(seen_by=seen_by, text=text).order_by(without_index("name"), "id")
    return found.values_list("reference", "name", "customer__name")[:limit]


def _contacts(text: str, *, seen_by: Actor, limit: int) -> QuerySet[Contact, tuple[str, str, str]]:
    found = contacts(seen_by=seen_by, text=text).order_by(without_index("name"), "id")
    return found.values_list("customer__code", "name", "customer__name")[:limit]
