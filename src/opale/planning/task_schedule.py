"""Schedule of tasks: dates, the critical chain, and the reason for each date.

Pure: no database, no clock. Waits take working days of a calendar. Work takes hours of a person, on
the days on which the person has them, spread over the days that it takes at least: absences and
other work are left out, and several tasks of few hours share a day.
Source: docs/rules/projects.md, "Dates".
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from heapq import heapify, heappop, heappush
from typing import Final, Literal

from opale.planning.hour_allocation import Fit, earliest_fit
from opale.planning.task_order import Cycle, Link, in_order
from opale.planning.workdays import A_DAY, Workdays

MOST_DAYS: Final = 2_000
"""The longest task and the longest wait after one."""

Kind = Literal[
    "start", "after", "person", "busy", "stock", "not_before", "promised", "begun", "done", "latest"
]


@dataclass(frozen=True, slots=True)
class PersonDays:
    """A person's calendar, and the hours of each day from `first` on: all, and the free ones."""

    calendar: Workdays
    first: date
    given: Sequence[float]
    free: Sequence[float]

    def place(self, day: date) -> int:
        return (day - self.first).days

    def day(self, place: int) -> date:
        return self.first + place * A_DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task to schedule.

    It takes `days` working days at least, none for a milestone, and `hours` of one of `people`,
    whoever is done first, of equals the one named first. `stocked` is the day from which its stock
    is there; `promised` is an end promised by somebody else.
    """

    key: int
    days: int
    calendar: Workdays
    hours: float = 0
    people: tuple[int, ...] = ()
    not_before: date | None = None
    stocked: date | None = None
    promised: date | None = None
    started: date | None = None
    finished: date | None = None


@dataclass(frozen=True, slots=True)
class Because:
    """The reason for a start: `of` is the task that it waits for, `on` the day that gives.

    For promised, begun and completed tasks it is the reason for the end.
    """

    kind: Kind
    on: date
    of: int | None = None


@dataclass(frozen=True, slots=True)
class Dated:
    """A scheduled task; both days are working days. `slack` is in working days.

    `stretches` are the first day, the last day and the hours a day of `person`; without a person,
    nobody has the hours within the days that are known.
    """

    starts: date
    ends: date
    slack: int
    critical: bool
    because: Because
    person: int | None = None
    stretches: tuple[tuple[date, date, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    dates: Mapping[int, Dated]
    ends: date | None
    chain: tuple[int, ...]
    """The tasks that decide the end, the first one first, waits for people included."""
    late_by: int
    """Working days by which the plan would have to begin earlier to keep the wanted day."""


@dataclass(frozen=True, slots=True)
class _Placed:
    starts: date
    ends: date
    because: Because
    person: int | None = None
    stretches: tuple[tuple[date, date, float], ...] = ()


def plan(
    tasks: Sequence[Task],
    links: Sequence[Link],
    *,
    start: date,
    today: date,
    people: Mapping[int, PersonDays] | None = None,
    wanted: date | None = None,
    backward: bool = False,
) -> Plan:
    """Schedule all tasks forward; back from `wanted`, give each its latest dates.

    Tasks that have not begun start on `start` or today at the earliest. The most urgent one takes
    its hours first, by how late it might begin if everybody were free: so the same tasks have the
    same dates, whether their people are named or chosen here. Errors: Cycle, NeverOpen.
    """
    if not tasks:
        return Plan({}, None, (), 0)
    known = {task.key: task for task in tasks}
    order = in_order(known, links)
    waits: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        waits[link.after].append(link)
    floor = max(start, today)
    diaries = people or {}
    early: dict[int, _Placed] = {}
    for key in order:
        early[key] = _place(known[key], waits[key], early, floor=floor)
    target = max(dated.ends for dated in early.values())
    turns = _latest(order, known, links, target)
    sheet = _Sheet(order, known, waits, {key: begins for key, (begins, _ends) in turns.items()})
    dates = sheet.fill(diaries, floor)
    late_by = 0
    if backward and wanted:
        latest = _latest(order, known, links, wanted, diaries)
        short = [
            known[key].calendar.count(latest[key][0], dates[key].starts)
            for key in order
            if not known[key].started and not known[key].finished
        ]
        late_by = max([0, *short])
        bounds = {key: begins for key, (begins, _ends) in latest.items()}
        late = sheet.fill(diaries, floor, bounds)
        soonest = max(dated.ends for dated in dates.values())
        # Hours that are scarce may push the latest dates beyond the wanted day.
        if max(dated.ends for dated in late.values()) <= max(wanted, soonest):
            dates = late
    ends = max(dated.ends for dated in dates.values())
    final = _latest_of_all(order, known, links, dates)
    chain = _chain(dates, known)
    return Plan(
        {key: _with_slack(known[key], dates[key], final[key], key in chain) for key in order},
        ends,
        chain,
        late_by,
    )


def _place(
    task: Task,
    waits: Sequence[Link],
    placed: Mapping[int, _Placed],
    *,
    floor: date,
    bounds: Sequence[Because] = (),
) -> _Placed:
    """Return the earliest days of a task after its predecessors, if everybody were free."""
    if task.finished is not None:
        begun = min(task.started or task.finished, task.finished)
        return _Placed(begun, task.finished, Because("done", task.finished))
    if task.started is not None:
        return _begun(task, task.started, floor)
    reasons = [Because("start", floor), *bounds]
    if task.not_before is not None:
        reasons.append(Because("not_before", task.not_before))
    if task.stocked is not None:
        reasons.append(Because("stock", task.stocked))
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
    """Return the days of a begun task: it ends as promised or after its days; if overdue, on the
    first day from now."""
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


@dataclass(slots=True)
class _Hours:
    """The free hours of people, less those that tasks took, and the tasks that took them."""

    people: Mapping[int, PersonDays]
    free: dict[int, list[float]] = field(init=False)
    taken: dict[int, list[tuple[date, date, int]]] = field(init=False)

    def __post_init__(self) -> None:
        self.free = {key: list(one.free) for key, one in self.people.items()}
        self.taken = defaultdict(list)

    def first_done(self, task: Task, on: date, *, hours: float, days: int) -> _Placed | None:
        """Give a task the days of whoever is done first, from a day on, or nobody's."""
        best: tuple[tuple[date, int], int, Fit] | None = None
        for index, key in enumerate(task.people):
            one = self.people.get(key)
            if one is None:
                continue
            fit = earliest_fit(one.given, self.free[key], hours, begins=one.place(on), days=days)
            if fit is None:
                continue
            starts = one.day(fit.begins)
            ends = max(one.day(fit.after - 1), one.calendar.last_of(starts, days))
            if best is None or (ends, index) < best[0]:
                best = (ends, index), key, fit
        if best is None:
            return None
        (ends, _index), key, fit = best
        one = self.people[key]
        starts = one.day(fit.begins)
        wait = self._wait(key, on, starts)
        self._take(key, fit)
        self.taken[key].append((starts, one.day(fit.after - 1), task.key))
        stretches = tuple(
            (one.day(part.begins), one.day(part.after - 1), part.hours) for part in fit.stretches
        )
        return _Placed(starts, ends, wait, key, stretches)

    def _wait(self, key: int, on: date, starts: date) -> Because:
        """Return why a person begins later than on a day: another task, or absences and other
        work."""
        between = [one for one in self.taken[key] if one[0] < starts and one[1] >= on]
        if not between:
            return Because("busy", starts)
        return Because("person", starts, max(between, key=lambda one: one[1])[2])

    def _take(self, key: int, fit: Fit) -> None:
        given, free = self.people[key].given, self.free[key]
        for part in fit.stretches:
            for place in range(part.begins, part.after):
                if given[place] > 0:
                    free[place] -= part.hours


class _Sheet:
    """Tasks in the order in which they take hours: the most urgent first."""

    def __init__(
        self,
        order: Sequence[int],
        known: Mapping[int, Task],
        waits: Mapping[int, Sequence[Link]],
        urgent: Mapping[int, date],
    ) -> None:
        self.order, self.known, self.waits = order, known, waits
        self.then: dict[int, list[int]] = defaultdict(list)
        for key in order:
            for link in waits.get(key, ()):
                self.then[link.before].append(key)
        self.turns = {
            key: (not (known[key].started or known[key].finished), urgent[key], index)
            for index, key in enumerate(order)
        }

    def fill(
        self,
        people: Mapping[int, PersonDays],
        floor: date,
        bounds: Mapping[int, date] | None = None,
    ) -> dict[int, _Placed]:
        """Date each task, on or after its bound, in the hours that its person still has."""
        hours = _Hours(people)
        left = {key: len(self.waits.get(key, ())) for key in self.order}
        ready = [(self.turns[key], key) for key in self.order if not left[key]]
        heapify(ready)
        placed: dict[int, _Placed] = {}
        while ready:
            key = heappop(ready)[1]
            bound = bounds.get(key) if bounds else None
            placed[key] = self._dated(key, placed, hours, floor, bound)
            for later in self.then[key]:
                left[later] -= 1
                if not left[later]:
                    heappush(ready, (self.turns[later], later))
        return placed

    def _dated(
        self,
        key: int,
        placed: Mapping[int, _Placed],
        hours: _Hours,
        floor: date,
        bound: date | None,
    ) -> _Placed:
        task = self.known[key]
        waits = self.waits.get(key, ())
        bounds = [Because("latest", bound)] if bound is not None else []
        found = _place(task, waits, placed, floor=floor, bounds=bounds)
        if not (task.days and task.hours and task.people) or task.finished or task.promised:
            return found
        if task.started is not None:
            return _carried_on(task, found, hours, floor)
        own = hours.first_done(task, found.because.on, hours=task.hours, days=task.days)
        if own is None:
            # Nobody knows so far ahead: it takes its days of the person's calendar.
            first = hours.people.get(task.people[0])
            if first is not None and len(task.people) == 1:
                task = replace(task, calendar=first.calendar)
            return _place(task, waits, placed, floor=floor, bounds=bounds)
        calendar = hours.people[own.person or 0].calendar
        prompt = own.starts <= calendar.on_or_after(found.because.on)
        because = found.because if prompt else own.because
        return _Placed(own.starts, own.ends, because, own.person, own.stretches)


def _carried_on(task: Task, found: _Placed, hours: _Hours, floor: date) -> _Placed:
    """Give a begun task the hours of the days that are left of it."""
    worked = task.calendar.count(found.starts - A_DAY, floor - A_DAY)
    left = max(task.days - max(worked, 0), 1)
    own = hours.first_done(
        task, max(found.starts, floor), hours=task.hours * left / task.days, days=1
    )
    if own is None:
        return found
    ends = max(found.ends, own.ends)
    return _Placed(found.starts, ends, found.because, own.person, own.stretches)


def _latest_of_all(
    order: Sequence[int],
    known: Mapping[int, Task],
    links: Sequence[Link],
    dates: Mapping[int, _Placed],
) -> dict[int, tuple[date, date]]:
    """Return the latest dates, with waits for people, except where work began before its
    predecessor ended."""
    ends = max(dated.ends for dated in dates.values())
    spans = {
        key: known[key].calendar.count(one.starts - A_DAY, one.ends) if known[key].days else 0
        for key, one in dates.items()
    }
    taken = [
        Link(one.because.of, key)
        for key, one in dates.items()
        if one.because.kind == "person"
        and one.because.of is not None
        and one.starts > dates[one.because.of].ends
    ]
    by_day = sorted(order, key=lambda key: (dates[key].starts, dates[key].ends))
    together = [*links, *taken]
    try:
        return _latest(in_order(by_day, together), known, together, ends, spans=spans)
    except Cycle:
        return _latest(order, known, links, ends, spans=spans)


def _latest(
    order: Sequence[int],
    known: Mapping[int, Task],
    links: Iterable[Link],
    target: date,
    people: Mapping[int, PersonDays] | None = None,
    *,
    spans: Mapping[int, int] | None = None,
) -> dict[int, tuple[date, date]]:
    """Return the latest start and end of each task for all to end on the target: in the hours that
    `people` have left, or in so many working days as `spans` says."""
    then: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        then[link.before].append(link)
    free = {key: list(one.free)[::-1] for key, one in (people or {}).items()}
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
            days = max(spans[key], 1) if spans else task.days
            begins = task.calendar.first_of(ends, days)
            found[key] = (min([begins, *_last_hours(task, ends, people, free)]), ends)
        else:
            found[key] = (ends, ends)
    return found


def _last_hours(
    task: Task,
    ends: date,
    people: Mapping[int, PersonDays] | None,
    free: Mapping[int, list[float]],
) -> Iterable[date]:
    """Take the last hours before a day of the first who has them, and yield the day on which they
    begin; `free` counts days backward."""
    if task.started or task.finished or not people or not task.hours:
        return
    for key in task.people:
        one = people.get(key)
        if one is None or not 0 <= one.place(ends) < len(one.given):
            continue
        given, last = one.given[::-1], len(one.given) - 1
        fit = earliest_fit(
            given, free[key], task.hours, begins=last - one.place(ends), days=task.days
        )
        if fit is not None:
            for part in fit.stretches:
                for place in range(part.begins, part.after):
                    if given[place] > 0:
                        free[key][place] -= part.hours
            yield one.day(last - (fit.after - 1))
            return


def _with_slack(task: Task, dated: _Placed, latest: tuple[date, date], in_chain: bool) -> Dated:
    slack, critical = 0, False
    if task.finished is None:
        slack = max(0, task.calendar.count(dated.ends, latest[1]))
        critical = in_chain or slack == 0
    return Dated(
        dated.starts, dated.ends, slack, critical, dated.because, dated.person, dated.stretches
    )


def _chain(dates: Mapping[int, _Placed], known: Mapping[int, Task]) -> tuple[int, ...]:
    """Return the critical chain: from the last end back through the reason for each start."""
    key: int | None = max(dates, key=lambda one: (dates[one].ends, dates[one].starts, one))
    chain: list[int] = []
    while key is not None and key not in chain:
        if known[key].finished is None:
            chain.append(key)
        key = dates[key].because.of
    return tuple(reversed(chain))
