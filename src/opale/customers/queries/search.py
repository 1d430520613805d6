"""What the search of Opale finds here."""

from dataclasses import dataclass
from typing import Any, Literal

from django.db.models import QuerySet

from opale.customers.models import Contact, Customer, Service
from opale.customers.queries.customers import Presence, contacts, customers
from opale.customers.queries.services import services
from opale.kernel.actor import Actor
from opale.kernel.compiled_queries import compiled
from opale.kernel.trigrams import rows_named, without_index


@dataclass(frozen=True, slots=True)
class SearchResult:
    """`key` is what the address of the page is made of; a contact stands on the customer's."""

    kind: Literal["customer", "contact", "service"]
    key: str
    name: str
    note: str


def search(text: str, *, seen_by: Actor, limit: int) -> list[SearchResult]:
    """Customers, then services, then contacts whose name or number holds the text.

    At most `limit` of each.
    """
    if not text.strip():
        return []
    shape: dict[str, Any] = {"seen_by": seen_by, "limit": limit}
    signed = rows_named(_customers, text, standing="all", **shape)
    found = [SearchResult("customer", code, name, code) for _pk, code, name in signed]
    found += [SearchResult("service", *row) for row in rows_named(_services, text, **shape)]
    found += [SearchResult("contact", *row) for row in rows_named(_contacts, text, **shape)]
    return found


def match_customers(text: str, *, seen_by: Actor, limit: int) -> list[tuple[int, str, str]]:
    """The ids, codes and names of the present customers that are meant."""
    return rows_named(_customers, text, seen_by=seen_by, limit=limit, standing="present")


@compiled
def _customers(
    *words: str, seen_by: Actor, limit: int, standing: Presence
) -> QuerySet[Customer, tuple[int, str, str]]:
    found = customers(seen_by=seen_by, text=" ".join(words), standing=standing)
    return found.order_by(without_index("name"), "id").values_list("pk", "code", "name")[:limit]


@compiled
def _services(*words: str, seen_by: Actor, limit: int) -> QuerySet[Service, tuple[str, str, str]]:
    found = services(seen_by=seen_by, text=" ".join(words)).order_by(without_index("name"), "id")
    return found.values_list("reference", "name", "customer__name")[:limit]


@compiled
def _contacts(*words: str, seen_by: Actor, limit: int) -> QuerySet[Contact, tuple[str, str, str]]:
    found = contacts(seen_by=seen_by, text=" ".join(words)).order_by(without_index("name"), "id")
    return found.values_list("customer__code", "name", "customer__name")[:limit]
