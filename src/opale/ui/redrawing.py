"""Parts of pages whose answer, when they are drawn again, is the same for all who see the same."""

from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache, partial
from typing import Any

from django.http import QueryDict
from django.urls import Resolver404, resolve

from opale.kernel.actor import Actor

Same = Callable[..., Hashable | None]
"""`same(actor, query, **kwargs)`, with what the address names: what the answer depends on beside
the address, the rights of who asks, language and time zone; None where the answer is his alone."""

SameFor = Callable[[Actor, QueryDict], Hashable | None]

_parts: dict[str, Same] = {}


def register(url_name: str, same: Same) -> None:
    """Let the part at this address be drawn once for all to whom `same` answers the same.

    It is asked before and after the part is drawn, so what changed in between is drawn again: what
    it answers is another one as soon as a change is committed that the part would show.
    """
    _parts[url_name] = same


def sameness(path: str) -> SameFor | None:
    """What to ask of the part at this path; None where each draws for himself."""
    name, kwargs = _named(path)
    same = _parts.get(name)
    return partial(same, **kwargs) if same else None


@lru_cache(1_000)
def _named(path: str) -> tuple[str, Mapping[str, Any]]:
    try:
        match = resolve(path)
    except Resolver404:
        return "", {}
    return match.url_name or "", match.kwargs
