"""What the search of Opale finds here."""

from dataclasses import dataclass
from typing import Literal

from django.db.models import QuerySet

from opale.infrastructure.models import ConfigurationItem, Site
from opale.infrastructure.queries.lists import items, sites
from opale.kernel.actor import Actor
from opale.kernel.fixed import fixed
from opale.kernel.letters import called, unindexed


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
    kinds = dict(ConfigurationItem.Kind.choices)
    found = [
        Found("site", code, name, code)
        for code, name in called(_sites, text, seen_by=seen_by, limit=limit)
    ]
    found += [
        Found("item", str(pk), name, str(kinds.get(kind, kind)))
        for pk, name, kind in items_called(text, seen_by=seen_by, limit=limit)
    ]
    return found


def items_called(text: str, *, seen_by: Actor, limit: int) -> list[tuple[int, str, str]]:
    """The ids, names and kinds of the items that are meant."""
    return called(_items, text, seen_by=seen_by, limit=limit)


@fixed
def _sites(*words: str, seen_by: Actor, limit: int) -> QuerySet[Site, tuple[str, str]]:
    found = sites(seen_by=seen_by, text=" ".join(words)).order_by(unindexed("name"), "id")
    return found.values_list("code", "name")[:limit]


@fixed
def _items(
    *words: str, seen_by: Actor, limit: int
) -> QuerySet[ConfigurationItem, tuple[int, str, str]]:
    found = items(seen_by=seen_by, text=" ".join(words)).order_by(unindexed("name"), "id")
    return found.values_list("pk", "name", "kind")[:limit]
