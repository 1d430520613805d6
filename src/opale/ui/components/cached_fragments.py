"""Fragments that are the same in many browsers: drawn once for all of them.

When a ticket changes, each browser that has it in a list requests its list again: with thirty
people at the desk the same fifty lines would be drawn thirty times.
"""

from collections.abc import Hashable
from datetime import datetime
from functools import lru_cache
from threading import Lock
from typing import Final

from django import template
from django.template import Context, Engine
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from opale.kernel import clock
from opale.kernel.reference_cache import revision

register = template.Library()
KEPT: Final = 4000
KEPT_FOR_ALL: Final = 500


class Drawn:
    """Fragments drawn in the present minute, KEPT of them at most: older ones are not needed."""

    def __init__(self) -> None:
        self._minute: datetime | None = None
        self._kept: dict[Hashable, SafeString] = {}
        self._lock = Lock()

    def get(self, key: Hashable, minute: datetime) -> SafeString | None:
        return self._kept.get(key) if minute == self._minute else None

    def keep(self, key: Hashable, minute: datetime, drawn: SafeString) -> None:
        with self._lock:
            if minute != self._minute:
                self._minute, self._kept = minute, {}
            while len(self._kept) >= KEPT:
                del self._kept[next(iter(self._kept))]
            self._kept[key] = drawn


def _this_minute() -> datetime:
    return clock.now().replace(second=0, microsecond=0)


_drawn: Final = Drawn()


@register.simple_tag(takes_context=True)
def drawn_once(context: Context, name: str, *shows: Hashable, **names: object) -> SafeString:
    """`{% include name %}` that is drawn again only when what it shows has changed.

    `shows` is all that the fragment depends on, but for the language, the time zone, the present
    minute, and reference data, which belong to every fragment. `names` are what it is drawn with.
    """
    minute = _this_minute()
    zone = timezone.get_current_timezone_name()
    key = (name, shows, get_language(), zone, revision())
    known = _drawn.get(key, minute)
    if known is not None:
        return known
    with context.push(**names):
        drawn = Engine.get_default().get_template(name).render(context)
    _drawn.keep(key, minute, drawn)
    return drawn


@register.simple_tag
def drawn_for_all(name: str, **shows: Hashable) -> SafeString:
    """`{% include name %}` of a part of the frame that hangs on `shows` and the language alone.

    It sees nothing of the page, so nothing of one reader gets to another.
    """
    return _drawn_for_all(get_language(), name, **shows)


@lru_cache(maxsize=KEPT_FOR_ALL)
def _drawn_for_all(_language: str | None, name: str, **shows: Hashable) -> SafeString:
    return Engine.get_default().get_template(name).render(Context(shows))
