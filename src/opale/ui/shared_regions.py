"""Live regions that look the same to everyone with the same rights.

Apps register them here, from their `apps.py`; the web process draws each once for all who hold the
same rights and keeps it until one of its topics changes (`opale.web.region_cache`).
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import Resolver404, resolve

from opale.kernel.actor import EVERYTHING, Actor, Scope


@dataclass(frozen=True, slots=True)
class SharedRegion:
    """Live region shared by readers with the same rights, and what it depends on.

    `topics` are the live topics after which it is drawn again. `rights` are all rights that decide
    what it shows: it is drawn for an actor who holds no others. `is_shared(query, **kwargs)` is
    false for an address that asks for something of the reader's own. `readers_apart(audience)`
    returns the ids of the people who see rows of their own beside those of the audience; they draw
    the region for themselves.
    """

    topics: tuple[str, ...]
    rights: tuple[str, ...]
    is_shared: Callable[..., bool]
    readers_apart: Callable[[Actor], Collection[int]]

    def audience(self, actor: Actor) -> Actor | None:
        """Return an actor without a person who holds this one's rights.

        None for customers' contacts, whose rows are read under a role of their own, and for actors
        who hold one of the rights on rows of their own.
        """
        grants: dict[str, Scope] = {}
        for right in self.rights:
            if (scope := actor.scope(right)) is not None:
                grants[right] = EVERYTHING if scope.everything else scope
        if actor.kind != "person" or any(scope.own for scope in grants.values()):
            return None
        return Actor("person", "audience", "", grants)


_regions: dict[str, SharedRegion] = {}


def register(url_name: str, region: SharedRegion) -> None:
    """Declare the region at this address shared among all who hold the same rights."""
    _regions[url_name] = region


def region_at(path: str) -> tuple[SharedRegion, Mapping[str, Any]] | None:
    """Return the shared region at a path and the path's arguments; None where there is none."""
    name, kwargs = _resolved(path)
    region = _regions.get(name)
    return (region, kwargs) if region else None


@lru_cache(1_000)
def _resolved(path: str) -> tuple[str, Mapping[str, Any]]:
    try:
        match = resolve(path)
    except Resolver404:
        return "", {}
    return match.view_name, match.kwargs
