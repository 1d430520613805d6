"""The cheapest row of one person at given prices: a shortest path over the days.

How a row may go on depends on how long the person has worked in a run and which kind last, or has
been free; on the weekends worked; on the shifts of the kind of which the fewest are allowed, and on
the minutes of the others. One array for each day holds the least price of each of these states.
"""

from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray

from opale.run.shifts.domain.roster_generator.problem import Kind, Problem, Row, Worker

Prices = NDArray[np.float64]
"""The cost of each shift, by [day, kind]."""
MAX_TRACKED = 15
"""Fewer shifts of a kind than so many are counted in the states; others by the programme."""
TOLERANCE = 1e-6


@dataclass(frozen=True, slots=True)
class PricedRow:
    price: float
    row: Row


class RowPricer:
    """Data of one person that does not depend on the prices."""

    def __init__(self, problem: Problem, worker: Worker) -> None:
        self.worker, self.days = worker, problem.days
        yesterday = worker.before[-1] if worker.before else ""
        self.places = [
            i
            for i, kind in enumerate(problem.kinds)
            if worker.most.get(kind.code) or kind.code == yesterday
        ]
        self.kinds = [problem.kinds[i] for i in self.places]
        self.wish, self.ungranted = _wishes(problem, worker)
        self.followed = [
            [j for j, earlier in enumerate(self.kinds) if kind.code not in earlier.never_before]
            for kind in self.kinds
        ]
        self.begins = {days[0] for days in problem.weekends}
        self.ends = {days[1] for days in problem.weekends if len(days) > 1}
        self.weekends = min(worker.weekends, len(problem.weekends))
        self.scarce = self._scarce()
        self.scarce_most = 0 if self.scarce is None else worker.most[self.kinds[self.scarce].code]
        others = [kind.minutes for i, kind in enumerate(self.kinds) if i != self.scarce]
        self.unit = gcd(*others) or max(1, worker.minutes[1])
        self.units = [
            0 if i == self.scarce else kind.minutes // self.unit
            for i, kind in enumerate(self.kinds)
        ]
        self.allowed = self._allowed()

    def _scarce(self) -> int | None:
        """Return the kind whose number is counted in the states."""
        tight = [
            (self.worker.most[kind.code], i)
            for i, kind in enumerate(self.kinds)
            if 0 < self.worker.most.get(kind.code, 0) <= MAX_TRACKED and self._may_bind(kind)
        ]
        return min(tight)[1] if tight else None

    def _may_bind(self, kind: Kind) -> bool:
        """Whether the limits on minutes and days alone would allow more shifts of the kind."""
        return self.worker.most[kind.code] < min(self.days, self.worker.minutes[1] // kind.minutes)

    def _allowed(self) -> NDArray[np.bool_]:
        """Return by [minutes of the others, shifts of the scarce kind] if a row may have these."""
        least, most = self.worker.minutes
        scarce = 0 if self.scarce is None else self.kinds[self.scarce].minutes
        minutes = np.arange(most // self.unit + 1)[:, None] * self.unit
        minutes = minutes + np.arange(self.scarce_most + 1) * scarce
        return (least <= minutes) & (minutes <= most)

    def uncounted(self) -> list[str]:
        """Return the kinds of which a row may exceed the person's limit."""
        return [
            kind.code
            for i, kind in enumerate(self.kinds)
            if self.worker.most.get(kind.code) and i != self.scarce and self._may_bind(kind)
        ]

    def cheapest(self, prices: Prices, several: int = 1) -> list[PricedRow]:
        """Return up to `several` rows with different sums, cheapest first; wishes are priced in."""
        spent = self._spent(prices)
        works, rests = self._reached(spent)
        worked = works[-1].min(axis=(0, 1), initial=np.inf)
        ends = np.minimum(worked, rests[-1].min(axis=0)).min(axis=2)
        ends[~self.allowed] = np.inf
        sums = [divmod(int(i), ends.shape[1]) for i in ends.ravel().argsort()[:several]]
        return [
            PricedRow(float(ends[units, scarce]), self._row(works, rests, spent, units, scarce))
            for units, scarce in sums
            if np.isfinite(ends[units, scarce])
        ]

    def _spent(self, prices: Prices) -> Prices:
        spent = (self.wish + prices)[:, self.places]
        for day, kind in self.worker.pinned.items():
            others = [i for i, one in enumerate(self.kinds) if one.code != kind]
            spent[day, others] = np.inf
        spent[sorted(self.worker.away)] = np.inf
        codes = {kind.code: i for i, kind in enumerate(self.kinds)}
        for day, code in self.worker.barred:
            if code in codes:
                spent[day, codes[code]] = np.inf
        spent[:, [not self.worker.most.get(kind.code) for kind in self.kinds]] = np.inf
        return spent

    def _reached(self, spent: Prices) -> tuple[Prices, Prices]:
        """Return the least price of each state, before the first day and after each day.

        Works: [day, kind, days worked - 1, minutes, shifts of the scarce kind, weekends];
        rests: [day, days free - 1, minutes, ...], the last for all that are long enough.
        """
        sums = (*self.allowed.shape, self.weekends + 1)
        works = np.full((self.days + 1, len(self.kinds), self.worker.stretch[1], *sums), np.inf)
        rests = np.full((self.days + 1, self.worker.rest, *sums), np.inf)
        kind, run = self._before()
        if kind is None:
            rests[0, min(run, self.worker.rest) - 1, 0, 0, 0] = 0
        else:
            works[0, kind, min(run, self.worker.stretch[1]) - 1, 0, 0, 0] = 0
        for day in range(self.days):
            self._rest(day, works, rests)
            for kind in range(len(self.kinds)):
                if np.isfinite(spent[day, kind]):
                    self._work(day, kind, works, rests[day, -1], spent[day, kind])
            if self.worker.pinned.get(day):
                rests[day + 1] = np.inf
        return works, rests

    def _before(self) -> tuple[int | None, int]:
        """Return the kind and days of the run of work before the first day, or its free days."""
        before = self.worker.before
        if not before:
            return None, self.worker.rest
        run = 1
        while run < len(before) and bool(before[-run - 1]) == bool(before[-1]):
            run += 1
        codes = [kind.code for kind in self.kinds]
        if not before[-1]:
            # The free run may have begun before the known days: it counts as long enough.
            return None, self.worker.rest if run == len(before) else run
        return codes.index(before[-1]), run

    def _may_end(self, day: int) -> list[int]:
        """Return the runs of work that may end before `day`: long enough, or open at the start."""
        least, most = self.worker.stretch
        runs = list(range(least - 1, most))
        if not self.worker.before and 0 < day < least:
            runs.append(day - 1)
        return runs

    def _rest(self, day: int, works: Prices, rests: Prices) -> None:
        before, after = rests[day], rests[day + 1]
        after[1:] = before[:-1]
        np.minimum(after[-1], before[-1], out=after[-1])
        ended = works[day][:, self._may_end(day)].min(axis=(0, 1), initial=np.inf)
        np.minimum(after[0], ended, out=after[0])

    def _work(self, day: int, kind: int, works: Prices, rested: Prices, spent: float) -> None:
        after, units, scarce = works[day + 1, kind], self.units[kind], int(kind == self.scarce)
        kept = (slice(after.shape[1] - units), slice(after.shape[2] - scarce))
        goes_on = works[day, self.followed[kind], :-1].min(axis=0, initial=np.inf)
        later = int(day in self.begins)
        after[1:, units:, scarce:, later:] = goes_on[:, *kept, : after.shape[3] - later] + spent
        later = int(day in self.begins or day in self.ends)
        after[0, units:, scarce:, later:] = rested[*kept, : after.shape[3] - later] + spent

    def _row(self, works: Prices, rests: Prices, spent: Prices, units: int, scarce: int) -> Row:
        """Return the days of a cheapest row with these sums, traced back from its end."""
        row = [""] * self.days
        idle, busy = rests[-1][:, units, scarce], works[-1][:, :, units, scarce]
        free = bool(idle.min() <= busy.min(initial=np.inf))
        last = idle if free else busy
        *run, weekends = map(int, np.unravel_index(last.argmin(), last.shape))
        for day in reversed(range(self.days)):
            if free:
                (rest,) = run
                left = rests[day + 1, rest, units, scarce, weekends]
                before = rests[day, :, units, scarce, weekends]
                sources = [rest - 1] if rest else []
                sources += [rest] if rest == self.worker.rest - 1 else []
                found = [one for one in sources if before[one] <= left + TOLERANCE]
                if found:
                    run = [found[0]]
                    continue
                ended = works[day, :, :, units, scarce, weekends][:, self._may_end(day)]
                kind, place = map(int, np.unravel_index(ended.argmin(), ended.shape))
                free, run = False, [kind, self._may_end(day)[place]]
                continue
            kind, length = run
            row[day] = self.kinds[kind].code
            left = works[day + 1, kind, length, units, scarce, weekends] - spent[day, kind]
            units -= self.units[kind]
            scarce -= kind == self.scarce
            weekends -= day in self.begins or (day in self.ends and not length)
            if length:
                earlier = works[day, self.followed[kind], length - 1, units, scarce, weekends]
                run = [self.followed[kind][int(earlier.argmin())], length - 1]
            else:
                free, run = True, [self.worker.rest - 1]
        return tuple(row)


def _wishes(problem: Problem, worker: Worker) -> tuple[Prices, int]:
    """Return the wish cost of a shift by [day, kind], and that of an empty row."""
    place = {kind.code: i for i, kind in enumerate(problem.kinds)}
    wish, ungranted = np.zeros((problem.days, len(problem.kinds))), 0
    for one in problem.wishes:
        if one.worker == worker.code:
            wish[one.day, place[one.kind]] += -one.weight if one.wanted else one.weight
            ungranted += one.weight if one.wanted else 0
    return wish, ungranted
