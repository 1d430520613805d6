"""A team's roster as a problem for the generator, read from the tables.

Source: docs/rules/roster-generator.md, "From a team's own roster".
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

from opale.kernel.actor import Actor
from opale.organisation.models import Absence, Membership, Team
from opale.run.shifts.domain.cycles import DAY, Span, instant, part_of_day, remainders
from opale.run.shifts.domain.roster_generator.differences import RosterChange
from opale.run.shifts.domain.roster_generator.frame import Frame, Member, Shift, SkillNeed, Slot
from opale.run.shifts.domain.roster_generator.standby import StandbyProblem
from opale.run.shifts.models import CallOut, Duty, DutyWish, ShiftPattern
from opale.run.shifts.queries.breaches import LOOKED_BACK, rules_in_force
from opale.run.shifts.queries.entries import Entry, entries
from opale.run.shifts.queries.frame_parts import (
    HISTORY_LENGTH,
    MIN_OCCURRENCES,
    bounded,
    entry_of,
    is_missing_need,
    is_open_need,
    key_of,
    places_of,
    roles_of,
    shift_of,
    touches,
)
from opale.run.shifts.queries.needs import Requirement, gaps_of, requirements, unmet_needs
from opale.run.shifts.queries.standby_frames import RosterRead, load_standby, people_on_standby

MARGIN = timedelta(weeks=2)
"""Work so near to the frame bears on what may be worked in it."""


@dataclass(frozen=True, slots=True)
class LoadedFrame:
    """The problem and its sources: all entries that touch its days, drafts included."""

    frame: Frame
    span: Span
    entries: tuple[Entry, ...]
    standby: StandbyProblem


def zone_of_team(team: Team) -> ZoneInfo:
    """Return the time zone of the team's roster days."""
    company = team.company or team.manager.company
    return ZoneInfo(company.time_zone)


def load_frame(
    team: Team, first: date, days: int, *, seen_by: Actor, gentle: bool = True
) -> LoadedFrame:
    """Return shifts and stand-by of a team from a day on, published and planned."""
    zone = zone_of_team(team)
    midnights = [datetime.combine(first + n * DAY, time()) for n in (0, days)]
    span = Span(instant(midnights[0], zone), instant(midnights[1], zone))
    reach = Span(span.starts - LOOKED_BACK, span.ends + MARGIN)
    places = places_of(team, span)
    everything = entries(reach, seen_by=seen_by, team_id=team.pk, drafts=True)
    of_team = [entry for entry in everything if entry.staffed]
    members = _members(places, first, span, roles_of(team, of_team, Duty.Kind.STAFFED))
    here = [entry for entry in of_team if span.starts <= entry.span.starts < span.ends]
    slots, shifts = _slots(here, members, first, zone)
    touching = tuple(entry for entry in everything if touches(entry.span, span))
    needs = requirements(team, seen_by=seen_by)
    usual = _usual(team, of_team, zone, span) | shifts
    more, added = _more(needs, touching, usual, first, days, zone)
    known = {shift.code: shift for shift in sorted(shifts | added)}
    frame = Frame(first, days, zone, known, (), tuple(slots), more, gentle)
    kept = {slot.key for slot in slots}
    people = {*members, *people_on_standby(team, everything)}
    theirs = entries(reach, seen_by=seen_by, people=people, drafts=True)
    beside = [entry for entry in theirs if entry.staffed and key_of(entry) not in kept]
    found = _with_standby(_with_work(members.values(), beside, span), theirs)
    fixed = [entry for entry in touching if entry.staffed and key_of(entry) not in kept]
    frame = replace(frame, able=tuple(_able(needs, frame, found, fixed)))
    wished = _with_wishes(frame, _with_absences(found, span))
    read = RosterRead(team, first, span, zone, places, needs, everything, theirs, kept, gentle)
    return LoadedFrame(replace(frame, members=tuple(wished)), span, touching, load_standby(read))


def uncovered_time(team: Team, found: Iterable[Entry], span: Span, *, seen_by: Actor) -> timedelta:
    """Return for how long fewer people are there than needed, over all needs of a team."""
    standing = list(found)
    return sum(
        (
            gap.length
            for need in requirements(team, seen_by=seen_by)
            for gap in gaps_of(need, standing, span)
        ),
        timedelta(),
    )


def entries_with_lines(
    asked: LoadedFrame, team: Team, lines: Iterable[RosterChange]
) -> list[Entry]:
    """Return the entries on the days of the problem if the lines are accepted."""
    every = list(lines)
    moved = {line.key: line for line in every if line.key}
    found = []
    for entry in asked.entries:
        change = moved.get(key_of(entry))
        if change is None:
            found.append(entry)
        elif change.to is not None:
            found.append(replace(entry, person_id=change.to, left_on=None))
    roles = {shift.code: shift.role for shift in asked.frame.shifts.values()}
    return found + [
        entry_of(team.pk, line.role or roles[line.shift], line.span, line.to, line.kind)
        for line in every
        if not line.key and line.to is not None
    ]


def unmet_needs_with(
    team: Team, plan: Entry, *, in_place_of: int | None, seen_by: Actor
) -> list[tuple[Requirement, timedelta]]:
    """Return the skills and languages missing in a duty, and for how long, counting those of its
    kind: on shift, or on stand-by.
    """
    found = entries(plan.span, seen_by=seen_by, team_id=team.pk, drafts=True)
    others = [one for one in found if one.draft or one.key != in_place_of]
    missing = unmet_needs(team, [*others, plan], plan.span, seen_by=seen_by)
    return [(need, length) for need, length in missing if need.kind == plan.kind]


def is_lacking(team: Team, kind: str, role: str, span: Span, *, seen_by: Actor) -> bool:
    """Whether a role is needed and unfilled for half of a span or more."""
    found = entries(span, seen_by=seen_by, team_id=team.pk, drafts=True)
    gone = any(
        e.left_on is not None and (e.kind, e.role) == (kind, role) and e.span == span for e in found
    )
    return gone or any(
        is_open_need(need, kind, role) and is_missing_need(need, found, span)
        for need in requirements(team, seen_by=seen_by)
    )


def _members(
    places: Mapping[int, list[Membership]],
    first: date,
    span: Span,
    roles: Mapping[int, set[str]],
) -> dict[int, Member]:
    """Return the members; a team's manager takes shifts only where already doing so."""
    rules = rules_in_force({own[0].person.company for own in places.values()}, first)
    members = {}
    for person_id, own in places.items():
        manages = all(place.role == Membership.Role.MANAGER for place in own)
        if manages and person_id not in roles:
            continue
        company = own[0].person.company
        held = [
            Span(bounded(p.period.lower, span.starts), bounded(p.period.upper, span.ends))
            for p in own
        ]
        members[person_id] = Member(
            person_id,
            rules[company.pk],
            ZoneInfo(company.time_zone),
            frozenset({*roles.get(person_id, ()), Duty.Role.AGENT.value}),
            away=tuple(remainders(span, held)),
            share=max(place.share_percent for place in own),
        )
    return members


def _slots(
    here: Iterable[Entry], members: Mapping[int, Member], first: date, zone: tzinfo
) -> tuple[list[Slot], set[Shift]]:
    """Return the duties that may change hands: one a day of each member, and those of leavers.

    A member with two on a day keeps both; so does a helper from outside the team.
    """
    days = Counter((e.person_id, e.span.starts.astimezone(zone).date()) for e in here)
    slots, shifts = [], set()
    for entry in here:
        day, shift = shift_of(entry.role, entry.span, zone)
        if shift.hours.on(day, zone) != entry.span or days[entry.person_id, day] > 1:
            continue
        member = members.get(entry.person_id)
        if entry.left_on is None and member is None:
            continue
        shifts.add(shift)
        slots.append(Slot(key_of(entry), (day - first).days, shift.code, entry.person_id))
    return slots, shifts


def _usual(team: Team, known: Iterable[Entry], zone: tzinfo, span: Span) -> set[Shift]:
    """Return the usual hours of a team: those of its patterns, and frequent recent ones."""
    often = Counter(
        shift_of(e.role, e.span, zone)[1]
        for e in known
        if e.span.starts >= span.starts - HISTORY_LENGTH
    )
    usual = {shift for shift, count in often.items() if count >= MIN_OCCURRENCES}
    for pattern in ShiftPattern.objects.filter(team=team, kind=Duty.Kind.STAFFED):
        if ZoneInfo(pattern.time_zone) == zone:
            usual |= {Shift(pattern.role, hours) for day in pattern.cycle().days for hours in day}
    return usual


def _able(
    needs: Iterable[Requirement],
    frame: Frame,
    members: Sequence[Member],
    fixed: Sequence[Entry],
) -> Iterable[SkillNeed]:
    """Return the skills and languages needed over each shift, cut where the people on change. All
    who are on in a part count.
    """
    personal = [n for n in needs if n.personal and n.kind == Duty.Kind.STAFFED]
    near = defaultdict[date, list[Entry]](list)
    for entry in fixed:
        _file(near, entry, frame.zone)
    asked = dict[tuple[int, Places, int], timedelta]()
    wanted = defaultdict[int, list[str]](list)
    for place, code in frame.wanted():
        wanted[place].append(code)
    for day in range(frame.days + 1 if personal else 0):
        there = _around(near, frame.first + day * DAY)
        beside = {
            (place, code): frame.span(place, code)
            for place in (day - 1, day)
            for code in wanted[place]
        }
        for part in _parts(frame, day, beside.values(), there):
            on = _on_in(beside, part)
            for number, need in enumerate(personal if on else ()):
                missing = sum((gap.length for gap in gaps_of(need, there, part)), timedelta())
                if missing:
                    held = sum(_serves(need, entry, part) for entry in there)
                    key = number, on, need.minimum - held
                    asked[key] = asked.get(key, timedelta()) + missing
    for (number, on, people), length in asked.items():
        who = frozenset(
            (member.person, place, code)
            for place, code, part in on
            for member in members
            if _serves(personal[number], _member_entry(frame, member, place, code), part)
        )
        yield SkillNeed(max(place for place, _code, _part in on), who, people, length)


Places = frozenset[tuple[int, str, Span]]
"""The shifts of days that are on for a time, each with what counts of it."""


def _parts(frame: Frame, day: int, shifts: Iterable[Span], there: Iterable[Entry]) -> list[Span]:
    """Split a day where somebody comes or goes."""
    whole = Span(frame.midnight(day), frame.midnight(day + 1))
    cuts = {at for span in shifts for at in (span.starts, span.ends)}
    cuts |= {at for entry in there for at in (entry.span.starts, entry.span.ends)}
    inner = sorted(at for at in cuts if whole.starts < at < whole.ends)
    return [Span(*pair) for pair in pairwise([whole.starts, *inner, whole.ends])]


def _on_in(shifts: Mapping[tuple[int, str], Span], part: Span) -> Places:
    """Return the shifts on during a part, with spans: after midnight it is no other part."""
    return frozenset(
        (place, code, span)
        for (place, code), span in shifts.items()
        if span.starts <= part.starts and part.ends <= span.ends
    )


def _serves(need: Requirement, entry: Entry, part: Span) -> bool:
    served = need.served(entry)
    return served is not None and served.starts <= part.starts and part.ends <= served.ends


def _member_entry(frame: Frame, member: Member, day: int, code: str) -> Entry:
    return entry_of(0, frame.shifts[code].role, frame.span(day, code), member.person)


def _more(
    needs: Iterable[Requirement],
    standing: Sequence[Entry],
    shifts: Collection[Shift],
    first: date,
    days: int,
    zone: tzinfo,
) -> tuple[dict[tuple[int, str], int], set[Shift]]:
    """Return how many are needed beyond those there, shift by shift, in the order of the day."""
    asked = list(needs)
    near = defaultdict[date, list[Entry]](list)
    for entry in standing:
        _file(near, entry, zone)
    more, added = Counter[tuple[int, str]](), set[Shift]()
    for number in range(days):
        day = first + number * DAY
        for shift in sorted(shifts, key=lambda s: (s.hours, s.role)):
            span = shift.hours.on(day, zone)
            if span.starts >= span.ends:
                continue
            for need in asked:
                if not is_open_need(need, Duty.Kind.STAFFED, shift.role):
                    continue
                for _one in range(need.minimum):
                    if not is_missing_need(need, _around(near, day), span):
                        break
                    _file(near, entry_of(0, shift.role, span, None), zone)
                    more[number, shift.code] += 1
                    added.add(shift)
    return dict(more), added


def _file(near: dict[date, list[Entry]], entry: Entry, zone: tzinfo) -> None:
    near[entry.span.starts.astimezone(zone).date()].append(entry)


def _around(near: Mapping[date, list[Entry]], day: date) -> list[Entry]:
    return [e for n in (-2, -1, 0, 1, 2) for e in near.get(day + n * DAY, ())]


def _with_work(members: Iterable[Member], beside: Iterable[Entry], span: Span) -> list[Member]:
    """Add the work that stays: around the days of the frame, or on them where it is fixed."""
    near = Span(span.starts - MARGIN, span.ends + MARGIN)
    found = list(members)
    busy, past = defaultdict[int, list[Span]](list), defaultdict[int, list[Span]](list)
    for entry in beside:
        if touches(entry.span, near):
            busy[entry.person_id].append(entry.span)
        if entry.span.starts < span.starts:
            past[entry.person_id].append(entry.span)
    called = CallOut.objects.filter(
        person__in=[one.person for one in found], period__overlap=(near.starts, near.ends)
    )
    for person, period in called.values_list("person_id", "period"):
        busy[person].append(Span(period.lower, period.upper))
    return [
        replace(one, busy=tuple(busy[one.person]), past=tuple(past[one.person])) for one in found
    ]


def _with_standby(members: Sequence[Member], theirs: Iterable[Entry]) -> list[Member]:
    """Add each one's stand-by, for any team, drafts included."""
    found = defaultdict[int, list[Span]](list)
    for entry in theirs:
        if entry.kind == Duty.Kind.STANDBY:
            found[entry.person_id].append(entry.span)
    return [replace(one, standby=tuple(found[one.person])) for one in members]


def _with_absences(members: Iterable[Member], span: Span) -> list[Member]:
    found = list(members)
    away = defaultdict[int, list[Span]](list)
    rows = Absence.objects.filter(
        person__in=[member.person for member in found],
        period__overlap=(span.starts, span.ends + 2 * DAY),
    )
    for person, period in rows.values_list("person_id", "period"):
        away[person].append(Span(period.lower, period.upper))
    return [replace(one, away=(*one.away, *away.get(one.person, ()))) for one in found]


def _with_wishes(frame: Frame, members: Sequence[Member]) -> list[Member]:
    off = defaultdict[int, set[int]](set)
    wants = defaultdict[int, set[tuple[int, str]]](set)
    last = frame.first + (frame.days - 1) * DAY
    rows = DutyWish.objects.filter(
        person__in=[member.person for member in members], day__range=(frame.first, last)
    )
    for person, day, wanted in rows.values_list("person_id", "day", "wanted"):
        number = (day - frame.first).days
        if wanted == DutyWish.Wanted.OFF:
            off[person].add(number)
            continue
        for shift in frame.shifts.values():
            part = part_of_day(shift.hours.starts // timedelta(hours=1))
            if wanted in (DutyWish.Wanted.ANY, part):
                wants[person].add((number, shift.code))
    return [
        replace(one, off=frozenset(off[one.person]), wants=frozenset(wants[one.person]))
        for one in members
    ]
