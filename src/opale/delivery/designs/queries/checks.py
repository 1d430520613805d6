"""The check of a version against stock and load: what can be reserved now, and the go-live
forecast.

Source: docs/rules/designs.md, "The check".
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Any, Final

from opale.delivery.designs.domain.go_live_forecast import (
    Forecast,
    HeldPart,
    NumberedDays,
    Stage,
    delay_samples,
    forecast_end,
)
from opale.delivery.designs.models import Design, DesignVersion
from opale.delivery.designs.queries.capacity import (
    NeedMatch,
    Stock,
    eligible_pools,
    free_in_chain,
    match_needs,
    stocks,
)
from opale.delivery.designs.queries.delays import measured_delays
from opale.delivery.designs.queries.designs import own_reservations
from opale.delivery.designs.queries.experts import ExpertDays, ExpertPool, digest_of
from opale.delivery.designs.queries.placements import items_of_lines
from opale.delivery.designs.queries.sizing import Piece, Sizing, contents_for, lines_of, size_lines
from opale.delivery.designs.queries.staleness import template_digest
from opale.delivery.projects.queries.workdays import workdays_of
from opale.kernel.actor import Actor
from opale.organisation.models import Company
from opale.organisation.queries.reference import home_day
from opale.planning.task_order import Link, in_order
from opale.planning.task_schedule import Dated, Task, plan
from opale.planning.workdays import Workdays
from opale.reservations.queries.person_days import HORIZON_DAYS

MOST_WORKING_DAYS: Final = 900
"""The number of working days that are numbered: more than three years."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """One work package with its planned days and the person who would do it."""

    piece: Piece
    begins: date
    ends: date
    placed: ExpertDays | None


@dataclass(slots=True)
class CheckResult:
    """The findings of a check, before they are stored."""

    first: date
    scheduled: list[Scheduled] = field(default_factory=list)
    found: list[NeedMatch] = field(default_factory=list)
    unstaffed: list[Piece] = field(default_factory=list)
    forecast: Forecast | None = None
    calendar: NumberedDays | None = None
    measured: Mapping[str, Sequence[int]] = field(default_factory=dict)
    looked_at: dict[str, Any] = field(default_factory=dict)
    stocks: Mapping[int, Stock] = field(default_factory=dict)

    @property
    def feasible(self) -> bool:
        met = all(one.free_on is not None for one in self.found)
        return met and not self.unstaffed and bool(self.scheduled)

    @property
    def ends(self) -> date | None:
        return max((one.ends for one in self.scheduled), default=None)

    def stock_since(self, found: NeedMatch) -> date:
        """Return the day from which stock is reserved: when the first work on it begins."""
        own = [
            one.begins
            for one in self.scheduled
            if one.piece.line.pk == found.wanted.line.pk and one.piece.takes_stock
        ]
        return max(min(own, default=self.first), found.free_on or self.first)


def check(design: Design, version: DesignVersion, *, at: datetime, seen_by: Actor) -> CheckResult:
    """Check a version in one pass. Errors: Invalid (it is too large)."""
    first = home_day(at)
    lines = lines_of(version)
    contents = contents_for(lines)
    wanted = size_lines(lines, contents)
    own = own_reservations(design)
    calendar = _calendar()
    numbered = NumberedDays(calendar, first, MOST_WORKING_DAYS)
    checked = CheckResult(first=numbered.day(0), calendar=numbered)
    choices = eligible_pools(wanted.wanted, items_of_lines(version), seen_by=seen_by)
    rows = {pool.pk: pool for found in choices.values() for pool in found}
    checked.stocks = stocks(list(rows.values()), since=first, own=own)
    checked.found = match_needs(wanted.wanted, choices, checked.stocks, start=checked.first)
    bench = ExpertPool(wanted.pieces, since=first, own=own, seen_by=seen_by)
    links = [
        Link(before, after, lag) for after, waits in wanted.waits.items() for before, lag in waits
    ]
    checked.scheduled = _schedule(wanted, links, checked, checked.found, bench, calendar, sure=True)
    checked.unstaffed = [
        one.piece for one in checked.scheduled if one.piece.staffed and one.placed is None
    ]
    checked.measured = measured_delays(calendar)
    if checked.scheduled:
        # Each run draws whether tentatively held stock comes free.
        sure = {key: stock.certain() for key, stock in checked.stocks.items()}
        certain = match_needs(wanted.wanted, choices, sure, start=checked.first)
        likely = _schedule(wanted, links, checked, certain, bench, calendar, sure=False)
        checked.forecast = forecast_end(
            in_order([piece.number for piece in wanted.pieces], links),
            _stages(wanted, likely, checked, numbered),
            wanted.waits,
            delays=delay_samples(checked.measured),
            stocked=_drawn(checked, numbered),
            seed=version.pk,
        )
    checked.looked_at = {
        "first": first.isoformat(),
        "templates": template_digest(contents),
        "pools": {str(one.stock.pool.pk): one.stock.digest for one in checked.found if one.stock},
        "people": _people(checked, bench),
    }
    return checked


def _calendar() -> Workdays:
    home = Company.objects.select_related("calendar").get(operates=True)
    return workdays_of(home.calendar)


def _schedule(
    wanted: Sizing,
    links: Sequence[Link],
    checked: CheckResult,
    found: Sequence[NeedMatch],
    bench: ExpertPool,
    calendar: Workdays,
    *,
    sure: bool,
) -> list[Scheduled]:
    """Schedule the packages as the plan of a project does, with whoever is free."""
    stock: dict[int, date] = {}
    for one in found:
        key, free_on = one.wanted.line.pk, one.free_on or checked.first
        stock[key] = max(stock.get(key, free_on), free_on)
    tasks = [
        Task(
            key=piece.number,
            days=piece.copy.step.days,
            calendar=calendar,
            hours=piece.copy.step.hours if piece.staffed else 0,
            people=bench.able_to(piece) if piece.staffed else (),
            stocked=stock.get(piece.line.pk) if piece.takes_stock else None,
        )
        for piece in wanted.pieces
    ]
    days = bench.days(sure=sure)
    made = plan(tasks, links, start=checked.first, today=checked.first, people=days)
    return [_scheduled(piece, made.dates[piece.number], bench) for piece in wanted.pieces]


def _scheduled(piece: Piece, dated: Dated, bench: ExpertPool) -> Scheduled:
    placed = None
    if dated.person is not None:
        placed = ExpertDays(bench.read.pages[dated.person].person, dated.stretches)
    return Scheduled(piece, dated.starts, dated.ends, placed)


def _stages(
    wanted: Sizing, likely: Sequence[Scheduled], checked: CheckResult, numbered: NumberedDays
) -> list[Stage]:
    """Return the stages that each run goes through: when its person is free, and how long it
    takes."""
    needs: dict[int, list[int]] = defaultdict(list)
    for number, one in enumerate(checked.found):
        needs[one.wanted.line.pk].append(number)
    return [
        Stage(
            days=(numbered.place(one.ends) - numbered.place(one.begins) + 1)
            if one.piece.copy.step.days
            else 0,
            party=one.piece.copy.step.party,
            floor=numbered.place(one.begins) if one.placed else 0,
            stock=tuple(needs[one.piece.line.pk]) if one.piece.takes_stock else (),
        )
        for one in likely
    ]


def _drawn(
    checked: CheckResult, numbered: NumberedDays
) -> Callable[[Random], Sequence[int | None]]:
    """Return a function that draws the day from which the stock of each need is free; each
    tentative reservation is confirmed by chance, once per draw for all that it holds."""
    reservations = sorted(
        {
            (held.reservation, held.chance)
            for stock in checked.stocks.values()
            for part in stock.chain
            for held in part.held
            if held.chance < 100
        }
    )

    def draw(chance: Random) -> Sequence[int | None]:
        fallen = {key for key, likely in reservations if chance.random() * 100 >= likely}
        mine: dict[int, list[HeldPart]] = defaultdict(list)
        found: list[int | None] = []
        for one in checked.found:
            if one.stock is None:
                found.append(None)
                continue
            quantity = float(one.wanted.quantity)
            stock = one.stock.without(fallen)
            day = free_in_chain(stock, quantity, mine, checked.first)
            if day is not None:
                for part in stock.chain:
                    mine[part.pool.pk].append(HeldPart(day, None, quantity))
            found.append(numbered.place(day) if day is not None else None)
        return found

    if not reservations:
        always = draw(Random(0))  # noqa: S311  # nothing is drawn
        return lambda _chance: always
    return draw


def _people(checked: CheckResult, bench: ExpertPool) -> dict[str, list[str]]:
    """Return the people counted on, until which day, and a digest of their free hours until
    then."""
    until: dict[int, date] = {}
    for one in checked.scheduled:
        if one.placed is not None:
            key = one.placed.person.pk
            last_day = one.placed.days[-1][1]
            until[key] = max(until.get(key, last_day), last_day)
    last = bench.read.day(HORIZON_DAYS - 1)
    return {
        str(key): [
            min(day, last).isoformat(),
            digest_of(bench.read, key, bench.own, min(day, last)),
        ]
        for key, day in sorted(until.items())
    }
