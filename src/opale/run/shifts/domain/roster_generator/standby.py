"""Stand-by as a separate problem: turns held or missing, and who may take them.

A turn lasts a night or a week, beside whatever shifts a person works by day. Values only.
Source: docs/rules/roster-generator.md, "On call".
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo

from opale.run.shifts.domain.cycles import DAY, Span
from opale.run.shifts.domain.roster_generator.differences import ChangeReason, RosterChange
from opale.run.shifts.domain.roster_generator.frame import is_night_work
from opale.run.shifts.domain.working_time import (
    STANDBY_LIMITS,
    WEEK,
    Breach,
    Limit,
    RuleSet,
    find_breaches,
    standby_days,
)

STANDBY = "standby"
YEAR = 365 * DAY


@dataclass(frozen=True, slots=True, order=True)
class Turn:
    """A period of stand-by in a role, held by one person or several."""

    span: Span
    role: str

    @property
    def days(self) -> int:
        return standby_days(self.span)

    def dates(self, zone: tzinfo) -> list[date]:
        """The days on which a day of it begins."""
        first = self.span.starts.astimezone(zone).date()
        return [first + n * DAY for n in range(self.days)]


@dataclass(frozen=True, slots=True)
class HeldStandby:
    """A stand-by duty, published or planned (`key` says which), and its holder."""

    key: str
    turn: Turn
    person: int


@dataclass(frozen=True, slots=True)
class StandbyMember:
    """A person on stand-by for the team.

    `work` are shifts that stay, `standing` stand-by that stays (of another team, or around the
    days in question); `past` is that of the year before, in `served` of which, in percent, the
    person was there. After a call-out no more is given before the end of `resting`.
    """

    person: int
    rules: RuleSet
    zone: tzinfo
    roles: frozenset[str]
    away: tuple[Span, ...] = ()
    work: tuple[Span, ...] = ()
    standing: tuple[Span, ...] = ()
    past: tuple[Span, ...] = ()
    resting: tuple[Span, ...] = ()
    off: frozenset[date] = frozenset()
    wants: frozenset[date] = frozenset()
    share: int = 100
    served: int = 100

    def limits(self) -> list[tuple[str, Limit]]:
        return [(code, one) for code, one in self.rules.limits.items() if code in STANDBY_LIMITS]


@dataclass(frozen=True, slots=True)
class StandbySkillNeed:
    """How many with a skill must stand by in a period: who counts, and by which turns."""

    span: Span
    who: frozenset[tuple[int, Turn]]
    people: int

    def met(self, given: "StandbyAssignment") -> bool:
        return sum(person in given.get(turn, ()) for person, turn in self.who) >= self.people


StandbyAssignment = Mapping[Turn, frozenset[int]]
"""Who has each turn."""


@dataclass(frozen=True, slots=True)
class StandbyProblem:
    """A stand-by problem: `more` is how many a turn lacks beyond its holders."""

    first: date
    zone: tzinfo
    span: Span
    callers: tuple[StandbyMember, ...] = ()
    held: tuple[HeldStandby, ...] = ()
    more: Mapping[Turn, int] = field(default_factory=dict)
    skilled: tuple[StandbySkillNeed, ...] = ()
    gentle: bool = True

    def wanted(self) -> Counter[Turn]:
        return Counter(one.turn for one in self.held) + Counter(self.more)

    def given(self) -> StandbyAssignment:
        found = defaultdict[Turn, set[int]](set)
        for one in self.held:
            found[one.turn].add(one.person)
        return {turn: frozenset(people) for turn, people in found.items()}

    def working(self, work: Mapping[int, Iterable[Span]]) -> "StandbyProblem":
        """Return the member with shifts that were planned meanwhile."""
        callers = (
            replace(one, work=(*one.work, *work.get(one.person, ()))) for one in self.callers
        )
        return replace(self, callers=tuple(callers))

    def even(self, until: datetime | None = None) -> dict[int, float]:
        """Return each person's days by then, the last year included, if all were shared evenly."""
        turns = [
            (turn, count)
            for turn, count in self.wanted().items()
            if until is None or turn.span.starts < until
        ]
        ahead = sum(turn.days * count for turn, count in turns)
        past = sum(standby_days_last_year(one) for one in self.callers)
        shares = sum(one.share for one in self.callers) or 1
        served = sum(one.share * one.served for one in self.callers) or 1
        return {
            one.person: ahead * one.share / shares + past * one.share * one.served / served
            for one in self.callers
        }


def standby_days_last_year(caller: StandbyMember) -> int:
    """Return the days of stand-by in the year before."""
    return sum(standby_days(span) for span in caller.past)


def is_unavailable_for(caller: StandbyMember, turn: Turn) -> bool:
    """Whether a person cannot stand by then, not even as its holder."""
    return turn.role not in caller.roles or any(
        _touches(one, turn.span) for one in (*caller.away, *caller.standing)
    )


def is_unfit_for(caller: StandbyMember, turn: Turn) -> bool:
    """Whether a turn is not given to a person: night work beside it, or rest after a call-out."""
    return any(_touches(one, turn.span) for one in caller.resting) or any(
        _touches(one, turn.span) and is_night_work(one, caller.zone, caller.rules.night)
        for one in caller.work
    )


def standby_breaches(
    asked: StandbyProblem, caller: StandbyMember, turns: Iterable[Turn]
) -> list[Breach]:
    """Return the limits of stand-by that a person's turns break."""
    limits = dict(caller.limits())
    if not limits:
        return []
    rules = replace(caller.rules, limits=limits)
    spans = {*caller.past, *caller.standing, *(turn.span for turn in turns)}
    within = Span(asked.span.starts - WEEK, asked.span.ends + WEEK)
    return find_breaches((), rules, zone=caller.zone, within=within, standby=spans)


def without_standby_breaches(asked: StandbyProblem, given: StandbyAssignment) -> StandbyAssignment:
    """Return the turns without gained ones that break a limit kept without them."""
    before = asked.given()
    found = {turn: set(people) for turn, people in given.items()}
    for caller in asked.callers:
        own = _turns_of(found, caller.person)
        if not standby_breaches(asked, caller, own):
            continue
        standing = standby_breaches(asked, caller, _turns_of(before, caller.person))
        known = {(one.code, one.span.starts): one.found for one in standing}
        gained = [turn for turn in own if caller.person not in before.get(turn, ())]
        while gained and any(
            one.found > known.get((one.code, one.span.starts), one.limit)
            for one in standby_breaches(asked, caller, _turns_of(found, caller.person))
        ):
            found[gained.pop()].discard(caller.person)
    return {turn: frozenset(people) for turn, people in found.items()}


def standby_changes(asked: StandbyProblem, given: StandbyAssignment) -> list[RosterChange]:
    """Return the changes turn by turn. Stand-by that its holder keeps is no change."""
    held = defaultdict[Turn, list[HeldStandby]](list)
    for one in asked.held:
        held[one.turn].append(one)
    return [
        line
        for turn in sorted(held.keys() | given.keys())
        for line in _of_turn(asked, given, turn, held[turn])
    ]


def _of_turn(
    asked: StandbyProblem, given: StandbyAssignment, turn: Turn, held: list[HeldStandby]
) -> Iterator[RosterChange]:
    callers = {one.person: one for one in asked.callers}
    there = given.get(turn, frozenset())
    free = [one for one in held if one.person not in there]
    come = sorted(there - {one.person for one in held})
    day = (turn.span.starts.astimezone(asked.zone).date() - asked.first).days
    for number in range(max(len(free), len(come))):
        duty = free[number] if number < len(free) else None
        to = come[number] if number < len(come) else None
        holder = callers.get(duty.person) if duty else None
        reason: ChangeReason = "gap"
        if holder is not None:
            reason = _reason(asked, given, holder, turn, to)
        elif to is None and duty is not None:
            continue  # its holder has left, and no other person is found
        yield RosterChange(
            duty.key if duty else "",
            day,
            "",
            turn.span,
            duty.person if duty else None,
            to,
            reason,
            turn.role,
            STANDBY,
        )


def _reason(
    asked: StandbyProblem,
    given: StandbyAssignment,
    holder: StandbyMember,
    turn: Turn,
    to: int | None,
) -> ChangeReason:
    if any(_touches(one, turn.span) for one in holder.away):
        return "away"
    if is_unavailable_for(holder, turn) or is_unfit_for(holder, turn):
        return "beside"
    if holder.off & set(turn.dates(asked.zone)):
        return "wish"
    if to is not None and _brings(asked, holder.person, to, turn):
        return "able"
    standing = _turns_of(asked.given(), holder.person)
    if to is None or any(
        _touches(b.span, turn.span) for b in standby_breaches(asked, holder, standing)
    ):
        return "rule"
    days = standby_days_last_year(holder) + sum(one.days for one in standing)
    return "burden" if days > asked.even()[holder.person] else "turn"


def _brings(asked: StandbyProblem, holder: int, to: int, turn: Turn) -> bool:
    before = asked.given()
    return any(
        (to, turn) in one.who and (holder, turn) not in one.who and not one.met(before)
        for one in asked.skilled
    )


def _turns_of(given: Mapping[Turn, Iterable[int]], person: int) -> list[Turn]:
    return sorted(turn for turn, people in given.items() if person in people)


def _touches(one: Span, other: Span) -> bool:
    return one.starts < other.ends and other.starts < one.ends
