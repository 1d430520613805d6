"""What the search of Opale finds here."""

from dataclasses import dataclass
from typing import Literal

from opale.customers.queries.customers import contacts, customers
from opale.customers.queries.sold import services
from opale.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Found:
    """`key` is what the address of the page is made of; a contact stands on the customer's."""

    kind: Literal["customer", "contact", "service"]
    key: str
    name: str
    note: str


def search(text: str, *, seen_by: Actor, limit: int) -> list[Found]:
    """Customers, then services, then contacts whose name or number holds the text.

    At most `limit` of each.
    """
    if not text.strip():
        return []
    signed = customers(seen_by=seen_by, text=text, standing="all").order_by("name")
    sold = services(seen_by=seen_by, text=text).order_by("name", "id")
    people = contacts(seen_by=seen_by, text=text).order_by("name", "id")
    found = [
        Found("customer", code, name, code)
        for code, name in signed.values_list("code", "name")[:limit]
    ]
    found += [
        Found("service", *row)
        for row in sold.values_list("reference", "name", "customer__name")[:limit]
    ]
    found += [
        Found("contact", *row)
        for row in people.values_list("customer__code", "name", "customer__name")[:limit]
    ]
    return found
