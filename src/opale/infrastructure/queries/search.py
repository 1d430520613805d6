"""What the search of Opale finds here."""

from dataclasses import dataclass
from typing import Literal

from opale.infrastructure.models import ConfigurationItem
from opale.infrastructure.queries.lists import items, sites
from opale.kernel.actor import Actor
from opale.kernel.letters import unindexed


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
    places = sites(seen_by=seen_by, text=text).order_by("name", "id")
    operated = items(seen_by=seen_by, text=text).order_by(unindexed("name"), "id")
    kinds = dict(ConfigurationItem.Kind.choices)
    found = [
        Found("site", code, name, code) for code, name in places.values_list("code", "name")[:limit]
    ]
    found += [
        Found("item", str(pk), name, str(kinds.get(kind, kind)))
        for pk, name, kind in operated.values_list("pk", "name", "kind")[:limit]
    ]
    return found
