"""Assignment of stand-by: a mixed-integer programme over people and turns, some weeks at a time.

Loaded by the planner alone: it loads numpy and HiGHS.
Source: docs/rules/roster-generator.md, "On call".
"""

import time
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date

import highspy
import numpy as np

from opale.run.shifts.domain.cycles import DAY, Span
from opale.run.shifts.domain.roster_generator.frame import (
    CHANGE_COSTS,
    MISSING_SKILL_COST,
    REFUSED_WISH_COST,
    UNDERSTAFFED_COST,
    UNFAIRNESS_COST,
)
from opale.run.shifts.domain.roster_generator.master_problem import quiet_solver
from opale.run.shifts.domain.roster_generator.standby import (
    StandbyAssignment,
    StandbyMember,
    StandbyProblem,
    Turn,
    is_unavailable_for,
    is_unfit_for,
    standby_days_last_year,
    without_standby_breaches,
)
from opale.run.shifts.domain.working_time import WEEK

PART, MANY = (91, 28), 30
"""Days that are planned at a time; fewer where so many turns begin in them."""
LONG, CLOSE = 5, 25
"""What it costs to stand by again right after so many days or more of it, where nothing is
agreed."""
BESIDE = 100
"""The cost of a turn held by who works at night beside it, less than that of an empty turn."""
HALF = 0.5
LEAST = 0.2
FEASIBLE = 2
"""The HiGHS status of a solution that keeps all constraints."""


def assign_standby(
    asked: StandbyProblem, *, seconds: float, stop: Callable[[], bool] = lambda: False
) -> StandbyAssignment:
    """Return who has each turn, keeping all rules of stand-by that were kept before."""
    until, begins = time.monotonic() + seconds, asked.span.starts
    given = dict[Turn, frozenset[int]]()
    starts = [turn.span.starts for turn in asked.wanted()]
    ends = max(starts, default=begins)
    crowded = len(starts) * PART[0] * DAY > MANY * (ends - begins + PART[0] * DAY)
    length = PART[crowded] * DAY
    while begins <= ends:
        part = Span(begins, begins + length)
        left = max(LEAST, (until - time.monotonic()) / (1 + (ends - begins) // length))
        given |= _kept(asked, part) if stop() else _Part(asked, part, given).solved(left)
        begins = part.ends
    return without_standby_breaches(asked, given)


def _kept(asked: StandbyProblem, part: Span) -> StandbyAssignment:
    return {turn: who for turn, who in asked.given().items() if _begins_in(turn, part)}


def _begins_in(turn: Turn, part: Span) -> bool:
    return part.starts <= turn.span.starts < part.ends


class _Part:
    """The turns that begin in some weeks, after those already assigned.

    Later turns stay with their present holders: limits count them.
    """

    def __init__(self, asked: StandbyProblem, part: Span, given: StandbyAssignment) -> None:
        self.asked, self.given = asked, given
        self.wanted = {t: n for t, n in asked.wanted().items() if _begins_in(t, part)}
        self.turns = sorted(self.wanted)
        self.before, self.even = asked.given(), asked.even(part.ends)
        self.around = {
            turn: who
            for turn, who in {**self.before, **given}.items()
            if not _begins_in(turn, part)
        }
        self.dates = {turn: turn.dates(asked.zone) for turn in [*self.turns, *self.around]}
        self.solver = quiet_solver()
        self.places: dict[tuple[int, Turn], int] = {}
        self.missed: list[tuple[int, Mapping[int, float], float | None, float | None]] = []
        self.stays: dict[int, list[date]] = {}
        self.windows = defaultdict[tuple[int, Turn], list[tuple[int, date, date]]](list)

    def solved(self, seconds: float) -> StandbyAssignment:
        if not self.turns or not self.asked.callers:
            return {}
        fixed = dict[int, list[Span]]()
        for turn, people in self.around.items():
            for person in people:
                fixed.setdefault(person, []).append(turn.span)
        for caller in self.asked.callers:
            own = replace(caller, standing=(*caller.standing, *fixed.get(caller.person, ())))
            self._choices(own)
            self._one_at_a_time(own)
            self._limits(own)
            self._close(own)
            self._fair(own)
        self._needs()
        self._skills()
        chosen = np.array(list(self.places.values()), dtype=np.int32)
        kinds = np.full(len(chosen), highspy.HighsVarType.kInteger)
        self.solver.changeColsIntegrality(len(chosen), chosen, kinds)
        self.solver.setOptionValue("time_limit", seconds)
        # Presolve ignores the time limit, and gains nothing where people are so much alike.
        self.solver.setOptionValue("presolve", "off")
        first = self._first()
        self.solver.setSolution(self._begun_with(first))
        self.solver.run()
        if int(self.solver.getInfo().primal_solution_status) != FEASIBLE:
            return first
        values = self.solver.getSolution().col_value
        found = defaultdict[Turn, set[int]](set)
        for (person, turn), place in self.places.items():
            if values[place] > HALF:
                found[turn].add(person)
        return {turn: frozenset(found[turn]) for turn in self.turns}

    def _choices(self, caller: StandbyMember) -> None:
        """Add a column for each turn that a person may have, with its cost."""
        for turn in self.turns:
            holds = caller.person in self.before.get(turn, ())
            if is_unavailable_for(caller, turn) or (not holds and is_unfit_for(caller, turn)):
                continue
            cost = 0
            if holds:
                cost = BESIDE if is_unfit_for(caller, turn) else -CHANGE_COSTS[self.asked.gentle]
            days = set(self.dates[turn])
            cost += REFUSED_WISH_COST * len(days & caller.off) - (
                REFUSED_WISH_COST if days & caller.wants else 0
            )
            self.places[caller.person, turn] = self._column(cost, high=1)

    def _own(self, caller: StandbyMember) -> list[tuple[Turn, int]]:
        return [
            (turn, self.places[caller.person, turn])
            for turn in self.turns
            if (caller.person, turn) in self.places
        ]

    def _one_at_a_time(self, caller: StandbyMember) -> None:
        running = list[tuple[Turn, int]]()
        for turn, place in self._own(caller):
            running = [one for one in running if turn.span.starts < one[0].span.ends]
            running.append((turn, place))
            if len(running) > 1:
                self._line(dict.fromkeys((one[1] for one in running), 1.0), high=1)

    def _limits(self, caller: StandbyMember) -> None:
        """Limit the days of stand-by in a row, and in so many weeks, counting those that stay."""
        spans = {*caller.standing, *caller.past} if caller.limits() else set()
        stays = sorted(day for span in spans for day in Turn(span, "").dates(self.asked.zone))
        own = sorted((day, place) for turn, place in self._own(caller) for day in self.dates[turn])
        self.stays[caller.person] = stays
        for code, limit in caller.limits():
            most = int(limit.length / DAY)
            if code == "standby_row":
                windows = self._rows(caller, most)
            else:
                windows = self._weeks(caller, limit.weeks)
            for window in windows:
                self._at_most(most, window, own, stays)
            for turn, _place in self._own(caller):
                first, last = self.dates[turn][0], self.dates[turn][-1]
                self.windows[caller.person, turn] += [
                    (most, since, until)
                    for since, until in windows
                    if since <= last and first < until
                ]

    def _rows(self, caller: StandbyMember, most: int) -> list[tuple[date, date]]:
        """Forbid one day more than allowed in a row, from each turn's first day to its last."""
        begins = set[date]()
        for turn, _place in self._own(caller):
            begins |= {self.dates[turn][0], self.dates[turn][-1] - most * DAY}
        return [(day, day + (most + 1) * DAY) for day in sorted(begins)]

    def _weeks(self, caller: StandbyMember, weeks: int) -> list[tuple[date, date]]:
        days = [day for turn, _place in self._own(caller) for day in self.dates[turn]]
        if not days:
            return []
        first = min(days) - (weeks - 1) * WEEK
        monday, found = first - first.weekday() * DAY, []
        while monday <= max(days):
            found.append((monday, monday + weeks * WEEK))
            monday += WEEK
        return found

    def _at_most(
        self,
        most: int,
        window: tuple[date, date],
        own: Sequence[tuple[date, int]],
        days: Sequence[date],
    ) -> None:
        """Limit the days: `own` of turns that may be assigned, `days` of those that stay."""
        since, until = window
        inside = Counter[int]()
        for _day, place in own[bisect_left(own, (since, -1)) : bisect_left(own, (until, -1))]:
            inside[place] += 1
        stays = bisect_left(days, until) - bisect_left(days, since)
        if sum(inside.values()) + stays > most:
            self._line(inside, high=max(0, most - stays))

    def _close(self, caller: StandbyMember) -> None:
        """Avoid long stand-by soon after long stand-by, where no agreement limits it."""
        if any(code == "standby_row" for code, _limit in caller.limits()):
            return
        own = [(turn, place) for turn, place in self._own(caller) if turn.days >= LONG]
        ended = [s for s in caller.standing if Turn(s, "").days >= LONG]
        for turn, place in own:
            after = [p for other, p in own if _follows(turn.span, other.span)]
            if after:
                self._soft({place: 1.0, **dict.fromkeys(after, 1.0)}, CLOSE, high=1)
            if any(_follows(one, turn.span) or _follows(turn.span, one) for one in ended):
                self._soft({place: 1.0}, CLOSE, high=0)

    def _fair(self, caller: StandbyMember) -> None:
        """Charge each day beyond an even share, and those more than a week beyond it twice. Where
        little is to change, turns already held are not charged.
        """
        held = [turn for turn in self.turns if caller.person in self.before.get(turn, ())]
        stays = held if self.asked.gentle else []
        own = {place: float(turn.days) for turn, place in self._own(caller) if turn not in stays}
        if not own:
            return
        ahead = sum(turn.days for turn, who in self.given.items() if caller.person in who)
        ahead += sum(turn.days for turn in stays)
        free = self.even[caller.person] - standby_days_last_year(caller) - ahead
        for beyond in (free, free + WEEK / DAY):
            self._soft(own, UNFAIRNESS_COST, high=beyond)

    def _needs(self) -> None:
        people = defaultdict[Turn, dict[int, float]](dict)
        for (_who, turn), place in self.places.items():
            people[turn][place] = 1.0
        for turn, count in self.wanted.items():
            self._soft(people[turn], UNDERSTAFFED_COST, low=count)
            self._line(people[turn], high=count)

    def _skills(self) -> None:
        for one in self.asked.skilled:
            who = {self.places[who]: 1.0 for who in one.who if who in self.places}
            there = sum(p in self.around.get(t, ()) for p, t in one.who if t not in self.wanted)
            if who and one.people > there:
                self._soft(who, MISSING_SKILL_COST, low=one.people - there)

    def _soft(
        self,
        of: Mapping[int, float],
        cost: float,
        *,
        low: float | None = None,
        high: float | None = None,
    ) -> None:
        """Add a constraint that may be missed at a cost: too little, or too much."""
        column = self._column(cost)
        if low is not None:
            self._line({**of, column: 1.0}, low=low)
        elif high is not None:
            self._line({**of, column: -1.0}, high=high)
        self.missed.append((column, of, low, high))

    def _begun_with(self, given: StandbyAssignment) -> highspy.HighsSolution:
        values = np.zeros(self.solver.getNumCol())
        for (person, turn), place in self.places.items():
            values[place] = person in given.get(turn, ())
        for column, of, low, high in self.missed:
            total = sum(share * values[place] for place, share in of.items())
            short = (low - total) if low is not None else (total - (high or 0.0))
            values[column] = max(0.0, short)
        solution = highspy.HighsSolution()
        solution.col_value = list(values)
        return solution

    def _first(self) -> StandbyAssignment:
        """Return a first plan that keeps the rules: each turn to its holder, else to the person
        furthest below an even share.
        """
        load = {
            one.person: standby_days_last_year(one)
            + sum(turn.days for turn, who in self.around.items() if one.person in who)
            - self.even[one.person]
            for one in self.asked.callers
        }
        days = {one.person: list[date]() for one in self.asked.callers}
        taken = defaultdict[int, list[Turn]](list)
        given = dict[Turn, frozenset[int]]()
        for turn in self.turns:
            holders = self.before.get(turn, frozenset())
            can = [who for who in load if (who, turn) in self.places]
            ranked = sorted(can, key=lambda who: (who not in holders, load[who], who))
            chosen = set[int]()
            for who in ranked:
                if len(chosen) == self.wanted[turn]:
                    break
                if self._fits(who, turn, taken[who], days[who]):
                    chosen.add(who)
                    taken[who].append(turn)
                    days[who] += self.dates[turn]
                    load[who] += turn.days
            given[turn] = frozenset(chosen)
        return given

    def _fits(self, who: int, turn: Turn, taken: Sequence[Turn], days: Sequence[date]) -> bool:
        if any(one.span.ends > turn.span.starts for one in taken):
            return False
        own = sorted([*days, *self.stays.get(who, ()), *self.dates[turn]])
        return all(
            bisect_left(own, until) - bisect_left(own, since) <= most
            for most, since, until in self.windows.get((who, turn), ())
        )

    def _column(self, cost: float, high: float = highspy.kHighsInf) -> int:
        none = np.array([], dtype=np.int32)
        self.solver.addCol(float(cost), 0, high, 0, none, np.array([]))
        return int(self.solver.getNumCol()) - 1

    def _line(
        self,
        of: Mapping[int, float],
        low: float = -highspy.kHighsInf,
        high: float = highspy.kHighsInf,
    ) -> None:
        places = np.array(list(of), dtype=np.int32)
        values = np.array(list(of.values()), dtype=np.float64)
        self.solver.addRow(float(low), float(high), len(of), places, values)


def _follows(one: Span, other: Span) -> bool:
    """Whether less than a day lies between the end of one and the beginning of the other."""
    return one.starts < other.starts and other.starts - one.ends < DAY
