"""Helpers for HTML."""

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
    """Join pieces, escaping those that are not HTML (`str.join` loses their safety)."""
    return SafeString("".join(conditional_escape(part) for part in parts))


def cached_per_language(draw: Callable[P, T]) -> Callable[P, T]:
    """Cache the HTML drawn by a pure function of its arguments and the language.

    A page of a hundred lines draws the same few badges again and again. Escaped and safe text are
    equal as keys, so the type of each argument belongs to the key.
    """

    @lru_cache(maxsize=MOST_CACHED, typed=True)
    def kept(language: str | None, *args: P.args, **kwargs: P.kwargs) -> T:
        return draw(*args, **kwargs)

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> T:
        return kept(get_language(), *args, **kwargs)  # type: ignore[arg-type]  # plain values

    return drawn
