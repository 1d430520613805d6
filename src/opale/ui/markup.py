"""Pieces of HTML."""

from collections.abc import Callable, Iterable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

P = ParamSpec("P")
T = TypeVar("T")
MOST_CACHED = 4096

EMPTY = SafeString("")


def join_html(parts: Iterable[str]) -> SafeString:
    """Pieces beside each other; those that are not HTML are escaped (`str.join` forgets safety)."""
    return SafeString("".join(conditional_escape(part) for part in parts))


def cached_per_language(draw: Callable[P, T]) -> Callable[P, T]:
    """Remember what a pure function of its arguments and the language draws.

    A page of a hundred lines draws the same few marks over and over. Escaped and safe text are
    equal as keys, so the type of each argument belongs to the key.
    """

    @lru_cache(maxsize=MOST_CACHED, typed=True)
    def kept(language: str | None, *args: P.args, **kwargs: P.kwargs) -> T:
        return draw(*args, **kwargs)

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> T:
        return kept(get_language(), *args, **kwargs)  # type: ignore[arg-type]  # plain values

    return drawn
