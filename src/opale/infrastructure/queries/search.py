"""Search of sites and items."""

from dataclasses import dataclass
from typing import Literal

from django.db.models import QuerySet

from opale.infrastructure.models import ConfigurationItem, Site
from opale.infrastructure.queries.items import items, sites
from opale.kernel.actor import Actor
from opale.kernel.trigrams import without_index


@dataclass(frozen=True, slots=True)
class SearchResult:
    """A search result; `key` forms the address of the page."""

    kind: Literal["site", "item"]
    key: str
    name: str
    note: str


def search(text: str, *, seen_by: Actor, limit: int) -> list[SearchResult]:
    """Return sites, then items by name, serial number or address; at most `limit` of each."""
    if not text.strip():
        return []
    kinds = dict(ConfigurationItem.Kind.choices)
    found = [
        SearchResult("site", code, name, code)
        for code, name in _sites(text, seen_by=seen_by, limit=limit)
    ]
    found += [
        SearchResult("item", str(pk), name, str(kinds.get(kind, kind)))
        for pk, name, kind in match_items(text, seen_by=seen_by, limit=limit)
    ]
    return found


def match_items(text: str, *, seen_by: Actor, limit: int) -> list[tuple[int, str, str]]:
    """Return ids, names and kinds of matching items."""
    found = items(seen_by=seen_by, text=text).order_by(without_index("name"), "id")
    return list(found.values_list("pk", "name", "kind")[:limit])


def _sites(text: str, *, seen_by: Actor, limit: int) -> QuerySet[Site, tuple[str, str]]:
    found = sites(seen_by=seen_by, text=text).order_by(without_index("name"), "id")
    return found.values_list("code", "name")[:limit]
