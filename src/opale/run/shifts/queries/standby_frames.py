"""A team's stand-by as a problem for the generator, read from the tables.

Source: docs/rules/roster-generator.md, "On call".
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

from opale.organisation.models import Absence, Membership, Person, Team
from opale.run.shifts.domain.cycles import DAY, Hours, Span, remainders
from opale.run.shifts.domain.roster_generator.frame import Shift
from opale.run.shifts.domain.roster_generator.standby import (
    YEAR,
    HeldStandby,
    StandbyMember,
    StandbyProblem,
    StandbySkillNeed,
    Turn,
)
from opale.run.shifts.domain.working_time import end_of_rest
from opale.run.shifts.models import CallOut, Duty, DutyWish, PatternLine, ShiftPattern
from opale.run.shifts.queries.breaches import rules_in_force
from opale.run.shifts.queries.entries import Entry
from opale.run.shifts.queries.frame_parts import (
    HISTORY_LENGTH,
    MIN_OCCURRENCES,
    bounded,
    entry_of,
    is_missing_need,
    is_open_need,
    key_of,
    roles_of,
    shift_of,
    touches,
)
from opale.run.shifts.queries.needs import Requirement, gaps_of

STANDBY = Duty.Kind.STANDBY.value
MAX_STANDBY = timedelta(days=31)
RECENT = timedelta(days=2)
"""A rest after a call-out is over after this time."""


@dataclass(frozen=True, slots=True)
class RosterRead:
    """The roster as read: `everything` of the team, `theirs` of its people; `kept` are the shifts
    that are planned anew.
    """

    team: Team
    first: date
    span: Span
    zone: tzinfo
    places: Mapping[int, Sequence[Membership]]
    needs: Sequence[Requirement]
    everything: Sequence[Entry]
    theirs: Sequence[Entry]
    kept: Collection[str]
    gentle: bool


def people_on_standby(team: Team, everything: Iterable[Entry]) -> set[int]:
    """Return who stands by for a team, or has a place in one of its patterns of stand-by."""
    stood = {entry.person_id for entry in everything if not entry.staffed}
    return stood | {line.person_id for line in _lines(team)}


def load_standby(read: RosterRead) -> StandbyProblem:
    """Return the stand-by problem for people who stood by in the last year, do so ahead, or have a
    place in a pattern of stand-by; stand-by of others stays as it is.
    """
    of_team = [entry for entry in read.everything if not entry.staffed]
    lines = _lines(read.team)
    people = _people(read, of_team, lines)
    here = [e for e in of_team if read.span.starts <= e.span.starts < read.span.ends]
    held = tuple(
        HeldStandby(key_of(entry), Turn(entry.span, entry.role), entry.person_id)
        for entry in here
        if entry.person_id in people or entry.left_on is not None
    )
    own = {one.key for one in held}
    touching = [e for e in of_team if touches(e.span, read.span)]
    callers = tuple(_callers(read, people, own, roles_of(read.team, of_team, STANDBY)))
    more = _more(read, touching, _usual(read, of_team, lines))
    found = StandbyProblem(read.first, read.zone, read.span, callers, held, more, (), read.gentle)
    fixed = [entry for entry in touching if key_of(entry) not in own]
    return replace(found, skilled=tuple(_skilled(read, found, fixed)))


def _lines(team: Team) -> list[PatternLine]:
    rows = PatternLine.objects.filter(pattern__team=team, pattern__kind=STANDBY)
    return list(rows.select_related("pattern", "person__company"))


def _in_force(line: PatternLine, read: RosterRead) -> bool:
    last = read.span.ends.astimezone(read.zone).date()
    return line.since <= last and (line.until is None or line.until >= read.first)


def _people(
    read: RosterRead, of_team: Iterable[Entry], lines: Iterable[PatternLine]
) -> dict[int, Person]:
    """Return the members who stand by, and who has a place in a pattern of stand-by."""
    stood = {entry.person_id for entry in of_team}
    people = {key: own[0].person for key, own in read.places.items() if key in stood}
    for line in lines:
        if line.person.left_on is None and _in_force(line, read):
            people[line.person_id] = line.person
    return dict(sorted(people.items(), key=lambda one: (one[1].name, one[0])))


def _callers(
    read: RosterRead,
    people: Mapping[int, Person],
    own: Collection[str],
    roles: Mapping[int, set[str]],
) -> Iterator[StandbyMember]:
    rules = rules_in_force({person.company for person in people.values()}, read.first)
    standing, work = defaultdict[int, list[Span]](list), defaultdict[int, list[Span]](list)
    past = defaultdict[int, list[Span]](list)
    for entry in read.theirs:
        if entry.staffed:
            if key_of(entry) not in read.kept:
                work[entry.person_id].append(entry.span)
        elif entry.span.starts < read.span.starts and entry.team_id == read.team.pk:
            past[entry.person_id].append(entry.span)
            standing[entry.person_id].append(entry.span)
        elif key_of(entry) not in own:
            standing[entry.person_id].append(entry.span)
    away, called = _away(people, read.span), _called(people, read.span)
    off, wants = _wishes(people, read)
    since = read.span.starts - YEAR
    for key, person in people.items():
        places = read.places.get(key, ())
        of_team = [_held(place, read.span) for place in places]
        served = max((1 - (one.starts - since) / YEAR for one in of_team), default=1.0)
        yield StandbyMember(
            key,
            rules[person.company_id],
            ZoneInfo(person.company.time_zone),
            frozenset(roles.get(key, ())),
            away=(*away[key], *(remainders(_reach(read.span), of_team) if places else ())),
            work=tuple(one for one in work[key] if touches(one, _reach(read.span))),
            standing=tuple(
                one for one in standing[key] if one.ends > read.span.starts - MAX_STANDBY
            ),
            past=tuple(one for one in past[key] if one.starts >= since),
            resting=tuple(
                Span(one.starts, until)
                for one in called[key]
                if (until := end_of_rest(one, work[key], rules[person.company_id]))
                > read.span.starts
            ),
            off=frozenset(off[key]),
            wants=frozenset(wants[key]),
            share=max((place.share_percent for place in places), default=100),
            served=max(1, min(100, round(100 * served))),
        )


def _held(place: Membership, span: Span) -> Span:
    reach = _reach(span)
    return Span(
        bounded(place.period.lower, span.starts - YEAR), bounded(place.period.upper, reach.ends)
    )


def _reach(span: Span) -> Span:
    """Return the span with the time after it in which a turn begun in it may end."""
    return Span(span.starts, span.ends + MAX_STANDBY)


def _away(people: Collection[int], span: Span) -> dict[int, list[Span]]:
    reach, away = _reach(span), defaultdict[int, list[Span]](list)
    rows = Absence.objects.filter(
        person__in=list(people), period__overlap=(reach.starts, reach.ends)
    )
    for person, period in rows.values_list("person_id", "period"):
        away[person].append(Span(period.lower, period.upper))
    return away


def _called(people: Collection[int], span: Span) -> dict[int, list[Span]]:
    called = defaultdict[int, list[Span]](list)
    rows = CallOut.objects.filter(
        person__in=list(people), period__overlap=(span.starts - RECENT, span.starts)
    )
    for person, period in rows.values_list("person_id", "period"):
        called[person].append(Span(period.lower, period.upper))
    return called


def _wishes(
    people: Collection[int], read: RosterRead
) -> tuple[dict[int, set[date]], dict[int, set[date]]]:
    off, wants = defaultdict[int, set[date]](set), defaultdict[int, set[date]](set)
    last = _reach(read.span).ends.date()
    rows = DutyWish.objects.filter(
        person__in=list(people),
        day__range=(read.first, last),
        wanted__in=(DutyWish.Wanted.OFF, DutyWish.Wanted.STANDBY),
    )
    for person, day, wanted in rows.values_list("person_id", "day", "wanted"):
        (off if wanted == DutyWish.Wanted.OFF else wants)[person].add(day)
    return off, wants


WeekdayShift = tuple[int, Shift]
"""Hours that begin on a day of the week."""


def _usual(
    read: RosterRead, known: Iterable[Entry], lines: Iterable[PatternLine]
) -> set[WeekdayShift]:
    """Return the usual turns of the team: by its patterns, ahead, and frequent recent ones."""
    often, usual = Counter[WeekdayShift](), set[WeekdayShift]()
    for entry in known:
        day, shift = shift_of(entry.role, entry.span, read.zone)
        if read.span.starts <= entry.span.starts < read.span.ends:
            usual.add((day.weekday(), shift))
        elif read.span.starts - HISTORY_LENGTH <= entry.span.starts < read.span.starts:
            often[day.weekday(), shift] += 1
    usual |= {one for one, count in often.items() if count >= MIN_OCCURRENCES}
    for line in lines:
        pattern = line.pattern
        if ZoneInfo(pattern.time_zone) != read.zone or pattern.within != ShiftPattern.Within.ALL:
            continue
        cycle = pattern.cycle()
        for day in (read.first + n * DAY for n in range(len(cycle.days))):
            for hours in cycle.hours_of(day, line.offset):
                usual.add((day.weekday(), Shift(pattern.role, hours)))
    return usual


def _more(
    read: RosterRead, standing: Iterable[Entry], usual: Iterable[WeekdayShift]
) -> dict[Turn, int]:
    """Return how many are needed beyond those on stand-by: turn by turn, the longest first."""
    asked = [need for need in read.needs if need.kind == STANDBY and not need.personal]
    ordered = sorted(usual, key=lambda one: (-one[1].length, one[1].hours, one[1].role))
    known, more = list(standing), Counter[Turn]()
    days = (read.span.ends.astimezone(read.zone).date() - read.first).days
    for day in (read.first + n * DAY for n in range(days if asked else 0)):
        near = [one for one in known if _near(one.span, day, read.zone)]
        for weekday, shift in ordered:
            if weekday != day.weekday():
                continue
            span = shift.hours.on(day, read.zone)
            for need in asked:
                if not is_open_need(need, STANDBY, shift.role):
                    continue
                for _one in range(need.minimum):
                    if not is_missing_need(need, near, span):
                        break
                    made = entry_of(0, shift.role, span, None, STANDBY)
                    near.append(made)
                    known.append(made)
                    more[Turn(span, shift.role)] += 1
    return dict(more)


def _near(span: Span, day: date, zone: tzinfo) -> bool:
    whole = Hours(timedelta(), MAX_STANDBY).on(day, zone)
    return touches(span, whole)


def _skilled(
    read: RosterRead, asked: StandbyProblem, fixed: Sequence[Entry]
) -> Iterator[StandbySkillNeed]:
    """Return the skills and languages that stand-by needs over the whole of each turn."""
    personal = [n for n in read.needs if n.personal and n.kind == STANDBY]
    turns = sorted(asked.wanted()) if personal else []
    cuts = {at for turn in turns for at in (turn.span.starts, turn.span.ends)}
    cuts |= {at for entry in fixed for at in (entry.span.starts, entry.span.ends)}
    for part in (Span(*pair) for pair in pairwise(sorted(cuts))):
        on = [t for t in turns if t.span.starts <= part.starts and part.ends <= t.span.ends]
        for need in personal if on else ():
            if not gaps_of(need, fixed, part):
                continue
            held = sum(_serves(need, entry, part) for entry in fixed)
            who = frozenset(
                (one.person, turn)
                for turn in on
                for one in asked.callers
                if _serves(need, entry_of(0, turn.role, turn.span, one.person, STANDBY), part)
            )
            yield StandbySkillNeed(part, who, need.minimum - held)


def _serves(need: Requirement, entry: Entry, part: Span) -> bool:
    served = need.served(entry)
    return served is not None and served.starts <= part.starts and part.ends <= served.ends
