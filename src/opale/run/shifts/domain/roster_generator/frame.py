"""A part of a team's roster as a problem for the generator, and the solution as its changes.

Values only: the caller reads people, duties, absences and wishes into a `Frame`; days count from
its first.
Source: docs/rules/roster-generator.md, "From a team's own roster".
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import groupby

from opale.run.shifts.domain.cycles import DAY, Hours, Span, instant, intersections
from opale.run.shifts.domain.roster_generator.problem import (
    Kind,
    Need,
    Problem,
    Row,
    SkillCover,
    Wish,
    Worker,
)
from opale.run.shifts.domain.working_time import HOUR, NIGHT_WORK_MINIMUM, WEEK, Limit, RuleSet

UNDERSTAFFED_COST, OVERSTAFFED_COST = 200, 60
"""The cost of each person too few and too many on a shift."""
MISSING_SKILL_COST, WHOLLY = 120, timedelta(hours=4)
"""What it costs that one too few of those who are there has a skill or speaks a language, for so
long or longer; less in proportion."""
REFUSED_WISH_COST = 10
"""The cost of a wish that is not granted."""
UNFAIRNESS_COST = 5
"""What the nights and weekends of whoever had twice as many as others cost at most, each."""
CHANGE_COSTS = {True: 40, False: 2}
"""The cost of taking a duty from its holder, if little is to change and if not."""
RUN, FREE = (5, 6), 2
"""Days worked in a run, at most if nothing else is in the roster and in any case; days free."""
SLACK = 1.2
"""The most work of a person, as a multiple of an even share."""
BEFORE = 7


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """Hours on the wall clock, worked in a role."""

    role: str
    hours: Hours

    @property
    def code(self) -> str:
        return f"{self.role} {self.hours.starts} {self.hours.ends}"

    @property
    def length(self) -> timedelta:
        return self.hours.ends - self.hours.starts


@dataclass(frozen=True, slots=True)
class Slot:
    """A duty, published or planned (`key` says which), and its holder."""

    key: str
    day: int
    shift: str
    person: int


@dataclass(frozen=True, slots=True)
class Member:
    """A person who works in the team, with limits, past work and wishes.

    `busy` is work around or beside the frame, which stays; `past` that of the year before it.
    `standby` are times on call: nobody is given night work beside them who has none already.
    `off` are days, `wants` shifts of days; `share` is that of a full-time colleague, in percent.
    """

    person: int
    rules: RuleSet
    zone: tzinfo
    roles: frozenset[str]
    away: tuple[Span, ...] = ()
    busy: tuple[Span, ...] = ()
    past: tuple[Span, ...] = ()
    standby: tuple[Span, ...] = ()
    off: frozenset[int] = frozenset()
    wants: frozenset[tuple[int, str]] = frozenset()
    share: int = 100

    def limit(self, code: str) -> Limit | None:
        return self.rules.limits.get(code)

    @property
    def rest(self) -> timedelta:
        limit = self.limit("daily_rest")
        return limit.length if limit else timedelta()


Rows = Mapping[int, Row]
"""What each person works on each day, by the codes of shifts."""


@dataclass(frozen=True, slots=True)
class SkillNeed:
    """A skill needed in a part of a shift of a day: `people` with it have to be there, and `who`
    has it, by which shift of which day. `length` is how long that part is.
    """

    day: int
    who: frozenset[tuple[int, int, str]]
    people: int
    length: timedelta = WHOLLY

    @property
    def weight(self) -> int:
        return max(1, round(MISSING_SKILL_COST * min(1.0, self.length / WHOLLY)))

    def met(self, rows: Rows) -> bool:
        return sum(rows[who][day] == code for who, day, code in self.who) >= self.people


@dataclass(frozen=True, slots=True)
class Frame:
    """A problem: `more` is how many a shift of a day lacks beyond its holders; `able` who of them
    has to have a skill, or to speak a language.
    """

    first: date
    days: int
    zone: tzinfo
    shifts: Mapping[str, Shift]
    members: tuple[Member, ...]
    slots: tuple[Slot, ...]
    more: Mapping[tuple[int, str], int] = field(default_factory=dict)
    gentle: bool = True
    able: tuple[SkillNeed, ...] = ()

    def span(self, day: int, shift: str) -> Span:
        return self.shifts[shift].hours.on(self.first + day * DAY, self.zone)

    def wanted(self) -> Counter[tuple[int, str]]:
        held = Counter((slot.day, slot.shift) for slot in self.slots)
        return held + Counter(self.more)

    def standing(self) -> dict[int, Row]:
        """Return the present rows: one shift a day; a second one is in no row."""
        rows = {member.person: [""] * self.days for member in self.members}
        for slot in self.slots:
            if slot.person in rows:
                rows[slot.person][slot.day] = slot.shift
        return {person: tuple(row) for person, row in rows.items()}

    def weekend(self, day: int) -> bool:
        return (self.first + day * DAY).weekday() >= 5

    def midnight(self, day: int) -> datetime:
        return instant(datetime.combine(self.first + day * DAY, time()), self.zone)


@dataclass(frozen=True, slots=True)
class Tally:
    """A person's nights and weekend days worked."""

    nights: int = 0
    weekends: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.nights + other.nights, self.weekends + other.weekends)


def make_tally(spans: Iterable[Span], zone: tzinfo, night: tuple[time, time]) -> Tally:
    found = list(spans)
    nights = sum(is_night_work(span, zone, night) for span in found)
    return Tally(nights, sum(span.starts.astimezone(zone).weekday() >= 5 for span in found))


def is_night_work(span: Span, zone: tzinfo, night: tuple[time, time]) -> bool:
    """Whether enough hours lie in the night to count as night work."""
    day = span.starts.astimezone(zone).date() - DAY
    total = timedelta()
    while day <= span.ends.astimezone(zone).date():
        begins = instant(datetime.combine(day, night[0]), zone)
        ends = instant(datetime.combine(day + DAY, night[1]), zone)
        total += sum(
            (part.length for part in intersections(span, [Span(begins, ends)])), timedelta()
        )
        day += DAY
    return total >= NIGHT_WORK_MINIMUM


def build_problem(
    frame: Frame, begin: int, days: int, rows: Rows, tallies: Mapping[int, Tally]
) -> Problem:
    """Return the problem of a part of the frame, after the rows that are already decided."""
    block = range(begin, begin + days)
    wanted = frame.wanted()
    needs = tuple(
        Need(day - begin, code, wanted[day, code], UNDERSTAFFED_COST, OVERSTAFFED_COST)
        for day in block
        for code in frame.shifts
    )
    work = sum(
        (frame.shifts[code].length * n for (day, code), n in wanted.items() if day in block),
        timedelta(),
    )
    full = work * SLACK / max(1, sum(member.share for member in frame.members))
    standing = frame.standing()
    spans = {(day, code): frame.span(day, code) for day in block for code in frame.shifts}
    workers = tuple(
        _worker(frame, member, block, standing[member.person], rows[member.person], full, spans)
        for member in frame.members
    )
    wishes, covers = tuple(_wishes(frame, block, tallies)), tuple(_covers(frame, block, rows))
    return Problem(days, _kinds(frame), workers, needs, wishes, covers=covers)


def _covers(frame: Frame, block: range, rows: Rows) -> Iterable[SkillCover]:
    """Return the skills to cover; what is decided before the block counts as it is."""
    for one in frame.able:
        if one.day in block:
            before = sum(rows[who][day] == code for who, day, code in one.who if day < block.start)
            who = frozenset(
                (str(who), day - block.start, code) for who, day, code in one.who if day in block
            )
            if one.people > before:
                yield SkillCover(who, one.people - before, one.weight)


def _kinds(frame: Frame) -> tuple[Kind, ...]:
    rest = max((member.rest for member in frame.members), default=timedelta())
    return tuple(
        Kind(
            code,
            int(shift.length / timedelta(minutes=1)),
            frozenset(
                other.code
                for other in frame.shifts.values()
                if DAY + other.hours.starts - shift.hours.ends < rest
            ),
        )
        for code, shift in frame.shifts.items()
    )


def _worker(
    frame: Frame,
    member: Member,
    block: range,
    standing: Row,
    decided: Row,
    full: timedelta,
    spans: Mapping[tuple[int, str], Span],
) -> Worker:
    own = standing[block.start : block.stop]
    member = replace(member, busy=_around(frame, block, member.busy))
    may = {code: len(block) for code, shift in frame.shifts.items() if is_allowed(member, shift)}
    longest = max((frame.shifts[code].length for code in may), default=HOUR)
    held = sum((frame.shifts[code].length for code in own if code), timedelta())
    most = min(_by_law(member, len(block)), max(full * member.share, held) + longest)
    week = member.limit("week") or member.limit("average")
    by_week = int(week.length / longest) if week else RUN[1]
    worked, free = _runs(own)
    return Worker(
        str(member.person),
        may,
        (0, int(most / timedelta(minutes=1))),
        (1, max(1, min(RUN[1], by_week, max(RUN[0], worked)))),
        min(FREE, free),
        0,
        before=decided[max(0, block.start - BEFORE) : block.start],
        barred=frozenset(
            (day - block.start, code)
            for day in block
            for code in may
            if is_unavailable(member, spans[day, code])
            or (standing[day] != code and is_night_work_on_standby(frame, member, spans[day, code]))
        ),
    )


def is_allowed(member: Member, shift: Shift) -> bool:
    """Whether the person has the role, and the shift is no longer than a working day may be."""
    limit = member.limit("day")
    return shift.role in member.roles and (limit is None or shift.length <= limit.length)


def _by_law(member: Member, days: int) -> timedelta:
    limits = [limit.length for code in ("week", "average") if (limit := member.limit(code))]
    return min(limits, default=WEEK) * days / 7


def longest_run(row: Row) -> int:
    """Return the most days worked in a row."""
    return _runs(row)[0]


def _runs(row: Row) -> tuple[int, int]:
    """Return the longest run of work, and the shortest run of free days between two of them."""
    runs = [(bool(key), len(list(run))) for key, run in groupby(row, key=bool)]
    worked = max((length for busy, length in runs if busy), default=0)
    return worked, min((length for busy, length in runs[1:-1] if not busy), default=FREE)


def _around(frame: Frame, block: range, spans: Iterable[Span]) -> tuple[Span, ...]:
    near = Span(frame.midnight(block.start) - 2 * DAY, frame.midnight(block.stop) + 2 * DAY)
    return tuple(one for one in spans if one.starts < near.ends and near.starts < one.ends)


def is_unavailable(member: Member, span: Span) -> bool:
    """Whether a person is away then, or works beside it or too close to it."""
    near = Span(span.starts - member.rest, span.ends + member.rest)
    return any(one.starts < span.ends and span.starts < one.ends for one in member.away) or any(
        one.starts < near.ends and near.starts < one.ends for one in member.busy
    )


def is_night_work_on_standby(frame: Frame, member: Member, span: Span) -> bool:
    """Whether it is night work for a person on stand-by then."""
    beside = any(one.starts < span.ends and span.starts < one.ends for one in member.standby)
    return beside and is_night_work(span, frame.zone, member.rules.night)


def _wishes(frame: Frame, block: range, tallies: Mapping[int, Tally]) -> Iterable[Wish]:
    for slot in frame.slots:
        if slot.day in block and slot.person in tallies:
            kept = CHANGE_COSTS[frame.gentle]
            yield Wish(str(slot.person), slot.day - block.start, slot.shift, kept, wanted=True)
    count = max(1, len(frame.members))
    nights = sum(one.nights for one in tallies.values()) / count
    weekends = sum(one.weekends for one in tallies.values()) / count
    for member in frame.members:
        had = tallies[member.person]
        dear = _dear(had.nights, nights), _dear(had.weekends, weekends)
        at_night = {code for code in frame.shifts if dear[0] and _night(frame, member, code)}
        for day in block:
            for code in frame.shifts:
                weight = dear[0] if code in at_night else 0
                weight += dear[1] if frame.weekend(day) else 0
                weight += REFUSED_WISH_COST if day in member.off else 0
                if weight:
                    yield Wish(str(member.person), day - block.start, code, weight, wanted=False)
                if (day, code) in member.wants:
                    yield Wish(
                        str(member.person), day - block.start, code, REFUSED_WISH_COST, wanted=True
                    )


def _night(frame: Frame, member: Member, code: str) -> bool:
    return is_night_work(frame.span(0, code), frame.zone, member.rules.night)


def _dear(had: int, average: float) -> int:
    return (
        0
        if had <= average
        else min(UNFAIRNESS_COST, round(UNFAIRNESS_COST * (had - average) / max(average, 1)))
    )
