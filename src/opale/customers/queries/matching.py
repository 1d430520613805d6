"""Which service and which customer a text names, whoever asks.

For what Opale itself finds out, from the labels of an alert for example. A text that was written
in small letters is also looked for in capitals, as codes and references are.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TypeVar

from opale.customers.models import Customer, Service

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ServiceMatch:
    """The service of a reference, and whose it is."""

    service_id: int
    customer_id: int


def services_by_references(texts: Collection[str]) -> dict[str, ServiceMatch]:
    """For each text that is the reference of a service in use, the service; in one query."""
    if not texts:
        return {}
    rows = Service.objects.filter(reference__in=_spellings(texts))
    rows = rows.exclude(state=Service.State.TERMINATED)
    known = {
        reference: ServiceMatch(service_id, customer_id)
        for reference, service_id, customer_id in rows.values_list("reference", "id", "customer_id")
    }
    return _by_text(texts, known)


def customers_by_codes(texts: Collection[str]) -> dict[str, int]:
    """For each text that is the code of a customer, the customer's id; in one query."""
    if not texts:
        return {}
    rows = Customer.objects.filter(code__in=_spellings(texts))
    return _by_text(texts, dict(rows.values_list("code", "id")))


def _spellings(texts: Collection[str]) -> set[str]:
    return {text.upper() for text in texts}.union(texts)


def _by_text(texts: Collection[str], known: Mapping[str, T]) -> dict[str, T]:
    spelled = {text: known.get(text, known.get(text.upper())) for text in texts}
    return {text: found for text, found in spelled.items() if found is not None}
