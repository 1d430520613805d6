"""Cells of the load map, rendered as one string a row, since there are thousands."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from django.utils.formats import date_format
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from opale.reservations.queries.load import Row

OVER: Final = 101
LEVELS: Final = ("none", "low", "half", "busy", "full", "over")
BELOW: Final = (1, 40, 75, 96, OVER)
"""A week below one of these per cents has the level at the same place."""


class Words(NamedTuple):
    """The words of cells, in the reader's language and escaped."""

    booked: str
    tentative: str
    standby: str


@dataclass(frozen=True, slots=True)
class Month:
    name: str
    weeks: int


def months(mondays: Iterable[date]) -> list[Month]:
    """Return the months over the weeks, each as wide as the weeks that begin in it."""
    found: list[tuple[date, int]] = []
    for monday in mondays:
        if found and (found[-1][0].year, found[-1][0].month) == (monday.year, monday.month):
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((monday, 1))
    return [Month(_month(day, count), count) for day, count in found]


def _month(day: date, weeks: int) -> str:
    """Return the name of a month, short where it is narrow."""
    return date_format(day, "F Y" if weeks > 2 else "N")


def level(available: Decimal, booked: Decimal, share: int) -> str:
    """Return the class by which a week is coloured."""
    if not available:
        return "over" if booked else "away"
    return LEVELS[bisect_right(BELOW, share)]


def cells(row: Row, mondays: Sequence[str], url: str) -> SafeString:
    """Return a cell for each week: per cent of available hours, hatched where part is tentative.

    `mondays` are ISO dates.
    """
    spoken = (_("booked"), _("tentative"), _("on call"))
    words = Words(*(str(conditional_escape(word)) for word in spoken))
    address = str(conditional_escape(url))
    drawn = []
    for load, monday in zip(row.weeks, mondays, strict=True):
        marks, told = _told(load.booked, load.available, load.tentative, load.standby > 0, words)
        drawn.append(f'<td {marks}><a tabindex="-1" href="{address}?week={monday}" {told}</a></td>')
    return mark_safe("".join(drawn))  # noqa: S308 - each part is escaped, a number, or our own


@lru_cache(maxsize=4096)
def _told(
    booked: Decimal, available: Decimal, tentative: Decimal, standby: bool, words: Words
) -> tuple[str, str]:
    """Return the attributes of a cell, and its link's title and text; cached, as many weeks are
    alike."""
    share = int(booked * 100 / available) if available else 0
    found = level(available, booked, share)
    marks = f'data-load="{found}"'
    told = f"{booked:.0f} / {available:.0f} h {words.booked}"
    if tentative:
        told += f", {tentative:.0f} h {words.tentative}"
        marks += " data-tentative"
    if standby:
        told += f", {words.standby}"
        marks += " data-standby"
    return marks, f'title="{told}">{"–" if found == "away" else share or ""}'
