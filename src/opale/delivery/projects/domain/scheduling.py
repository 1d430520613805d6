"""Schedule of work packages: dates, the critical chain, and the reason for each date.

Pure: no database, no clock. Days are whole; a package takes so many working days of its own
calendar, and begins on the first one after whatever it waits for. Two packages of one person are
done one after the other. Source: docs/rules/projects.md, "Dates".
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from heapq import heapify, heappop, heappush
from typing import Final, Literal

from opale.kernel.business_time import HORIZON, Calendar, NeverOpen, between

A_DAY: Final = timedelta(days=1)
MOST_DAYS: Final = 2_000
"""The longest work package and the longest wait after one."""

Kind = Literal["start", "after", "person", "not_before", "promised", "begun", "done", "latest"]


class Cycle(ValueError):
    """Packages that wait for each other; `keys` come back to the first."""

    def __init__(self, keys: Sequence[int]) -> None:
        super().__init__(f"a cycle: {keys}")
        self.keys = tuple(keys)


class Workdays:
    """Working days of a calendar, each looked up once."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self._known: dict[date, bool] = {}

    def opens(self, day: date) -> bool:
        known = self._known.get(day)
        if known is None:
            zone = self.calendar.zone
            begins = datetime.combine(day, time(), zone)
            ends = datetime.combine(day + A_DAY, time(), zone)
            known = self._known[day] = between(self.calendar, begins, ends) > timedelta(0)
        return known

    def on_or_after(self, day: date) -> date:
        return self._towards(day, A_DAY)

    def on_or_before(self, day: date) -> date:
        return self._towards(day, -A_DAY)

    def _towards(self, day: date, step: timedelta) -> date:
        for _n in range(HORIZON.days):
            if self.opens(day):
                return day
            day += step
        raise NeverOpen("never_open", "The calendar does not open often enough to get there.")

    def last_of(self, first: date, days: int) -> date:
        """Return the last of so many working days, the first of which is on or after `first`."""
        day = self.on_or_after(first)
        for _n in range(days - 1):
            day = self.on_or_after(day + A_DAY)
        return day

    def first_of(self, last: date, days: int) -> date:
        """Return the first of so many working days, the last of which is on or before `last`."""
        day = self.on_or_before(last)
        for _n in range(days - 1):
            day = self.on_or_before(day - A_DAY)
        return day

    def count(self, since: date, until: date) -> int:
        """Count the working days after `since` up to `until`; negative when `until` is earlier."""
        if until < since:
            return -self.count(until, since)
        return sum(self.opens(since + n * A_DAY) for n in range(1, (until - since).days + 1))


@lru_cache(maxsize=256)
def workdays(calendar: Calendar) -> Workdays:
    return Workdays(calendar)


@dataclass(frozen=True, slots=True)
class Link:
    """A dependency: `after` waits for the end of `before` and for `lag` further working days."""

    before: int
    after: int
    lag: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A work package to schedule. `days` are working days, none for a milestone; `promised` is an
    end promised by somebody else."""

    key: int
    days: int
    calendar: Workdays
    not_before: date | None = None
    promised: date | None = None
    started: date | None = None
    finished: date | None = None
    person: int | None = None


@dataclass(frozen=True, slots=True)
class Because:
    """The reason for a start: `of` is the package that it waits for, `on` the day that gives.

    For promised, begun and completed packages it is the reason for the end.
    """

    kind: Kind
    on: date
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Dated:
    """A scheduled package; both days are working days. `slack` is in working days."""

    starts: date
    ends: date
    slack: int
    critical: bool
    because: Because


@dataclass(frozen=True, slots=True)
class Plan:
    dates: Mapping[int, Dated]
    ends: date | None
    chain: tuple[int, ...]
    """The packages that decide the end, the first one first, waits for people included."""
    late_by: int
    """Working days by which the plan would have to begin earlier to keep the wanted day."""


def in_order(keys: Iterable[int], links: Iterable[Link]) -> list[int]:
    """Sort each package after all that it waits for, otherwise as given. Errors: Cycle."""
    place = {key: index for index, key in enumerate(keys)}
    waits: dict[int, int] = dict.fromkeys(place, 0)
    then: dict[int, list[int]] = defaultdict(list)
    for link in links:
        then[link.before].append(link.after)
        waits[link.after] += 1
    ready = [place[key] for key, count in waits.items() if not count]
    heapify(ready)
    named = list(place)
    found: list[int] = []
    while ready:
        key = named[heappop(ready)]
        found.append(key)
        for later in then[key]:
            waits[later] -= 1
            if not waits[later]:
                heappush(ready, place[later])
    if len(found) < len(place):
        left = {key for key, count in waits.items() if count}
        raise Cycle(_cycle_among(left, then))
    return found


def _cycle_among(left: set[int], then: Mapping[int, Sequence[int]]) -> list[int]:
    """Return one cycle among packages that can never begin, found by walking back."""
    before: dict[int, int] = {}
    for key in left:
        for later in then.get(key, ()):
            if later in left:
                before.setdefault(later, key)
    key = min(left)
    seen: list[int] = []
    while key not in seen:
        seen.append(key)
        key = before[key]
    way = seen[seen.index(key) :][::-1]
    turn = way.index(min(way))
    return [*way[turn:], *way[:turn], way[turn]]


def plan(
    tasks: Sequence[Task],
    links: Sequence[Link],
    *,
    start: date,
    today: date,
    wanted: date | None = None,
    backward: bool = False,
) -> Plan:
    """Schedule all packages forward; back from `wanted`, give each its latest dates.

    Packages that have not begun start on `start` or today at the earliest. Errors: Cycle,
    NeverOpen.
    """
    if not tasks:
        return Plan({}, None, (), 0)
    known = {task.key: task for task in tasks}
    order = in_order(known, links)
    waits: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        waits[link.after].append(link)
    floor = max(start, today)
    early: dict[int, _Placed] = {}
    for key in order:
        early[key] = _place(known[key], waits[key], early, floor=floor)
    target = wanted if backward and wanted else max(dated.ends for dated in early.values())
    late = _latest(order, known, links, target)
    late_by = 0
    latest: Mapping[int, date] = {}
    if backward and wanted:
        latest = {key: begins for key, (begins, _ends) in late.items()}
        short = [
            known[key].calendar.count(latest[key], early[key].starts)
            for key in order
            if not known[key].started and not known[key].finished
        ]
        late_by = max([0, *short])
    dates, taken = _one_after_the_other(order, known, waits, late, latest, floor=floor)
    ends = max(dated.ends for dated in dates.values())
    final = _latest_of_all(order, known, links, taken, dates)
    chain = _chain(dates, known)
    return Plan(
        {key: _with_slack(known[key], dates[key], final[key], key in chain) for key in order},
        ends,
        chain,
        late_by,
    )


@dataclass(frozen=True, slots=True)
class _Placed:
    starts: date
    ends: date
    because: Because


def _place(
    task: Task,
    waits: Sequence[Link],
    placed: Mapping[int, _Placed],
    *,
    floor: date,
    bounds: Sequence[Because] = (),
) -> _Placed:
    """Return the earliest days of a package after its predecessors."""
    if task.finished is not None:
        begun = min(task.started or task.finished, task.finished)
        return _Placed(begun, task.finished, Because("done", task.finished))
    if task.started is not None:
        return _begun(task, task.started, floor)
    reasons = [Because("start", floor), *bounds]
    if task.not_before is not None:
        reasons.append(Because("not_before", task.not_before))
    reasons += [_after(task, link, placed[link.before]) for link in waits]
    because = max(reasons, key=lambda reason: reason.on)
    if not task.days:
        # A milestone is dated on the day its last predecessor ends.
        starts = because.on
    else:
        starts = task.calendar.on_or_after(because.on)
    if task.promised is not None:
        # An overdue promise may be kept any day from now.
        return _Placed(starts, max(task.promised, starts), Because("promised", task.promised))
    ends = task.calendar.last_of(starts, task.days) if task.days else starts
    return _Placed(starts, ends, because)


def _begun(task: Task, started: date, floor: date) -> _Placed:
    """Return the days of a begun package: it ends as promised or after its days; if
    overdue, on the first day from now."""
    if task.promised is not None:
        return _Placed(started, max(task.promised, floor), Because("promised", task.promised))
    ends = task.calendar.last_of(started, max(task.days, 1))
    if ends < floor:
        ends = task.calendar.on_or_after(floor)
    return _Placed(started, ends, Because("begun", started))


def _after(task: Task, link: Link, before: _Placed) -> Because:
    if not task.days and not link.lag:
        return Because("after", before.ends, link.before)
    on = before.ends + A_DAY
    for _n in range(link.lag):
        on = task.calendar.on_or_after(on) + A_DAY
    return Because("after", on, link.before)


def _one_after_the_other(
    order: Sequence[int],
    known: Mapping[int, Task],
    waits: Mapping[int, Sequence[Link]],
    late: Mapping[int, tuple[date, date]],
    latest: Mapping[int, date],
    *,
    floor: date,
) -> tuple[dict[int, _Placed], list[Link]]:
    """Reschedule so that nobody does two packages at once, the most urgent start first."""
    then: dict[int, list[int]] = defaultdict(list)
    left = {key: len(waits.get(key, ())) for key in order}
    for key in order:
        for link in waits.get(key, ()):
            then[link.before].append(key)
    place = {key: index for index, key in enumerate(order)}

    def turn(key: int) -> tuple[bool, date, int]:
        task = known[key]
        return (not (task.started or task.finished), late[key][0], place[key])

    ready = [(*turn(key), key) for key in order if not left[key]]
    heapify(ready)
    placed: dict[int, _Placed] = {}
    busy: dict[int, list[tuple[date, date, int]]] = defaultdict(list)
    while ready:
        key = heappop(ready)[-1]
        task = known[key]
        bounds = [Because("latest", latest[key])] if key in latest else []
        own = waits.get(key, ())
        found = _place(task, own, placed, floor=floor, bounds=bounds)
        if task.person is not None and task.days and not task.finished:
            if not task.started:
                taken = busy[task.person]
                found = _when_free(task, found, taken, own, placed, bounds, floor)
            busy[task.person].append((found.starts, found.ends, key))
            busy[task.person].sort()
        placed[key] = found
        for later in then[key]:
            left[later] -= 1
            if not left[later]:
                heappush(ready, (*turn(later), later))
    return placed, [
        Link(before, after)
        for row in busy.values()
        for (_b, ends, before), (begins, _e, after) in itertools.pairwise(row)
        if begins > ends
    ]


def _when_free(
    task: Task,
    found: _Placed,
    taken: Sequence[tuple[date, date, int]],
    waits: Sequence[Link],
    placed: Mapping[int, _Placed],
    bounds: Sequence[Because],
    floor: date,
) -> _Placed:
    """Return the first gap in the person's days that is long enough."""
    starts, ends, wait = found.starts, found.ends, None
    for begins, until, other in taken:
        if starts <= until and begins <= ends:
            wait = Because("person", until + A_DAY, other)
            starts = task.calendar.on_or_after(wait.on)
            ends = task.calendar.last_of(starts, task.days)
    if wait is None:
        return found
    return _place(task, waits, placed, floor=floor, bounds=[*bounds, wait])


def _latest_of_all(
    order: Sequence[int],
    known: Mapping[int, Task],
    links: Sequence[Link],
    taken: Sequence[Link],
    dates: Mapping[int, _Placed],
) -> dict[int, tuple[date, date]]:
    """Return the latest dates, with waits for people, except where work began before its
    predecessor ended."""
    ends = max(dated.ends for dated in dates.values())
    by_day = sorted(order, key=lambda key: (dates[key].starts, dates[key].ends))
    together = [*links, *taken]
    try:
        return _latest(in_order(by_day, together), known, together, ends)
    except Cycle:
        return _latest(order, known, links, ends)


def _latest(
    order: Sequence[int], known: Mapping[int, Task], links: Iterable[Link], target: date
) -> dict[int, tuple[date, date]]:
    """Return the latest start and end of each package for all to end on the target."""
    then: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        then[link.before].append(link)
    found: dict[int, tuple[date, date]] = {}
    for key in reversed(order):
        task = known[key]
        ends = target
        for link in then[key]:
            begins = found[link.after][0]
            later = known[link.after]
            for _n in range(link.lag):
                begins = later.calendar.on_or_before(begins - A_DAY)
            ends = min(ends, begins if not later.days and not link.lag else begins - A_DAY)
        if task.days:
            ends = task.calendar.on_or_before(ends)
            found[key] = (task.calendar.first_of(ends, task.days), ends)
        else:
            found[key] = (ends, ends)
    return found


def _with_slack(task: Task, dated: _Placed, latest: tuple[date, date], in_chain: bool) -> Dated:
    if task.finished is not None:
        return Dated(dated.starts, dated.ends, 0, False, dated.because)
    slack = max(0, task.calendar.count(dated.ends, latest[1]))
    return Dated(dated.starts, dated.ends, slack, in_chain or slack == 0, dated.because)


def _chain(dates: Mapping[int, _Placed], known: Mapping[int, Task]) -> tuple[int, ...]:
    """Return the critical chain: from the last end back through the reason for each start."""
    key: int | None = max(dates, key=lambda one: (dates[one].ends, dates[one].starts, one))
    chain: list[int] = []
    while key is not None and key not in chain:
        if known[key].finished is None:
            chain.append(key)
        key = dates[key].because.of
    return tuple(reversed(chain))
