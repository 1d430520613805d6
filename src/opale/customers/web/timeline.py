"""A drawing of the renewals of the next half year, on a line from today on.

Positions are per cent of the width, so that the line fits the page.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opale.customers.models import Contract
from opale.customers.queries.portfolio import HORIZONS, urgency
from opale.ui.markup import EMPTY

DAYS: Final = max(HORIZONS)
BEFORE, WIDTH = 6.0, 92.0
"""The per cent at which today begins, after past days, and the width of the days ahead."""
LINE, HEIGHT, STEP = 64, 96, 13
HIGHEST: Final = 4
NEAR: Final = 1.6
"""Dots nearer than this per cent are stacked."""


@dataclass(frozen=True, slots=True)
class Dot:
    contract: Contract
    left: float
    above: int
    urgency: str


def place(day: date, today: date) -> float:
    ahead = (day - today).days
    if ahead < 0:
        return BEFORE / 2
    return round(BEFORE + WIDTH * min(ahead, DAYS) / DAYS, 2)


def draw(contracts: Sequence[Contract], *, today: date) -> SafeString:
    """Return the drawing of these contracts, the nearest first, with months below."""
    dots = _dots(contracts, today)
    label = _("Last days to give notice, next %(days)s days") % {"days": DAYS}
    return format_html(
        '<svg class="c-line" width="100%" height="{}" role="img" aria-label="{}">{}{}{}{}{}</svg>',
        HEIGHT,
        label,
        _bands(),
        format_html(
            '<line class="axis" x1="0" x2="100%" y1="{0}" y2="{0}"></line>'
            '<line class="now" x1="{1}%" x2="{1}%" y1="8" y2="{2}"><title>{3}</title></line>',
            LINE,
            BEFORE,
            LINE + 6,
            _("Today"),
        ),
        _months(today),
        format_html_join(
            "",
            '<circle class="dot" data-urgency="{}" cx="{}%" cy="{}" r="5"><title>{}</title>'
            "</circle>",
            (
                (dot.urgency, dot.left, LINE - 9 - STEP * dot.above, _said(dot.contract))
                for dot in dots
            ),
        ),
        _passed(dots),
    )


def _dots(contracts: Iterable[Contract], today: date) -> list[Dot]:
    found: list[Dot] = []
    for contract in contracts:
        if contract.decide_by is None:
            continue
        left = place(contract.decide_by, today)
        near = sum(1 for dot in found if abs(dot.left - left) < NEAR)
        found.append(
            Dot(contract, left, min(near, HIGHEST - 1), urgency(contract.decide_by, today))
        )
    return found


def _passed(dots: Iterable[Dot]) -> SafeString:
    """Return how many contracts are before today, where they are too many to be drawn."""
    count = sum(dot.urgency == "late" for dot in dots)
    if count <= HIGHEST:
        return EMPTY
    return format_html(
        '<text class="late" x="{}%" y="{}" text-anchor="middle">{}</text>',
        BEFORE / 2,
        LINE + 22,
        count,
    )


def _bands() -> SafeString:
    """Return the bands, one behind the other: 30, 90 and 180 days."""
    ends = [BEFORE + WIDTH * days / DAYS for days in HORIZONS]
    starts = [BEFORE, *ends[:-1]]
    return format_html_join(
        "",
        '<rect class="band" data-urgency="within-{}" x="{}%" width="{}%" y="8" height="{}"></rect>',
        (
            (days, round(left, 2), round(right - left, 2), LINE - 8)
            for days, left, right in zip(HORIZONS, starts, ends, strict=True)
        ),
    )


def _months(today: date) -> SafeString:
    days = (today + timedelta(days=n) for n in range(1, DAYS + 1))
    firsts = [(place(day, today), date_format(day, "M")) for day in days if day.day == 1]
    return format_html_join(
        "",
        '<line class="tick" x1="{0}%" x2="{0}%" y1="{1}" y2="{2}"></line>'
        '<text x="{0}%" y="{3}" text-anchor="middle">{4}</text>',
        ((left, LINE, LINE + 6, LINE + 22, name) for left, name in firsts if left < 97),
    )


def _said(contract: Contract) -> str:
    day = date_format(contract.decide_by, "SHORT_DATE_FORMAT") if contract.decide_by else ""
    return f"{contract.customer.name} · {contract.number} · {day}"
