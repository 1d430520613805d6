"""Cells of the load map. They are thousands: one string a row, of numbers and translated words."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.formats import date_format
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from opale.reservations.queries import Load, Row

OVER: Final = 101
STEPS: Final = (("none", 1), ("low", 40), ("half", 75), ("busy", 96), ("full", OVER))
"""Below these per cent a week is told as this."""


@dataclass(frozen=True, slots=True)
class Month:
    name: str
    weeks: int


def months(mondays: Iterable[date]) -> list[Month]:
    """The months over the weeks, each as wide as the weeks that begin in it."""
    found: list[tuple[date, int]] = []
    for monday in mondays:
        if found and (found[-1][0].year, found[-1][0].month) == (monday.year, monday.month):
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((monday, 1))
    return [Month(_month(day, count), count) for day, count in found]


def _month(day: date, weeks: int) -> str:
    """A month of one week has room for a short name alone."""
    return date_format(day, "F Y" if weeks > 2 else "M")


def level(available: Decimal, booked: Decimal, share: int) -> str:
    """The word by which a week is coloured."""
    if not available:
        return "over" if booked else "away"
    return next((word for word, below in STEPS if share < below), "over")


def cells(row: Row, mondays: Sequence[date], url: str) -> SafeString:
    """A cell a week: per cent of what can be given, hatched where some of it is tentative."""
    spoken = {"booked": _("booked"), "tentative": _("tentative"), "standby": _("on stand-by")}
    words = {name: str(conditional_escape(word)) for name, word in spoken.items()}
    address = str(conditional_escape(url))
    drawn = [
        _cell(load, f"{address}?week={monday.isoformat()}", words)
        for load, monday in zip(row.weeks, mondays, strict=True)
    ]
    return mark_safe("".join(drawn))  # noqa: S308 - each part is escaped, a number, or our own


def _cell(load: Load, url: str, words: dict[str, str]) -> str:
    booked, available = load.booked, load.available
    share = int(booked * 100 / available) if available else 0
    found = level(available, booked, share)
    told = f"{booked:.0f} / {available:.0f} h {words['booked']}"
    marks = ""
    if load.tentative:
        told += f", {load.tentative:.0f} h {words['tentative']}"
        marks += " data-tentative"
    if load.standby:
        told += f", {words['standby']}"
        marks += " data-standby"
    shown = "–" if found == "away" else share or ""
    link = f'<a tabindex="-1" href="{url}" title="{told}">{shown}</a>'
    return f'<td data-load="{found}"{marks}>{link}</td>'
