"""What the search of Opale finds here."""

from dataclasses import dataclass
from typing import Literal

from opale.infrastructure.queries.lists import items, sites
from opale.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Found:
    """`key` is what the address of the page is made of."""

    kind: Literal["site", "item"]
    key: str
    name: str
    note: str


def search(text: str, *, seen_by: Actor, limit: int) -> list[Found]:
    """Sites, then items whose name, serial number or address is meant; at most `limit` of each."""
    if not text.strip():
        return []
    found = [
        Found("site", row.code, row.name, row.code)
        for row in sites(seen_by=seen_by, text=text).order_by("name", "id")[:limit]
    ]
    found += [
        Found("item", str(row.pk), row.name, str(row.get_kind_display()))
        for row in items(seen_by=seen_by, text=text).order_by("name", "id")[:limit]
    ]
    return found
