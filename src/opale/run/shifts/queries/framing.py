"""A team's roster as a question to the generator, read from the tables.

Source: docs/rules/roster-generator.md, "From a team's own roster".
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from opale.kernel.actor import Actor
from opale.organisation.models import Absence, Membership, Team
from opale.run.shifts.cycles import DAY, Hours, Span, instant, outside, part_of_day
from opale.run.shifts.generating.differing import Line
from opale.run.shifts.generating.frame import Able, Frame, Member, Shift, Slot
from opale.run.shifts.models import CallOut, Duty, DutyWish, PatternLine, ShiftPattern
from opale.run.shifts.queries.breaches import BEHIND, rules_in_force
from opale.run.shifts.queries.entries import Entry, entries
from opale.run.shifts.queries.needs import Requirement, gaps, requirements

BESIDE = timedelta(weeks=2)
"""Work so near to the frame bears on what may be worked in it."""
LEARNT_FROM = timedelta(weeks=8)
USUAL = 3
"""Hours that came so often of late are hours of the team, beside those of its patterns."""
HALF = 0.5
"""A shift is missing where nobody is there for so much of it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The question, and what it was read from: all that touches its days, drafts too."""

    frame: Frame
    span: Span
    entries: tuple[Entry, ...]


def zone_of(team: Team) -> ZoneInfo:
    """Where the days of a team's roster begin."""
    company = team.company or team.manager.company
    return ZoneInfo(company.time_zone)


def frame_of(team: Team, first: date, days: int, *, seen_by: Actor, gentle: bool = True) -> Asked:
    """Shifts of a team from a day on, published and planned. What is on stand-by stays as it is."""
    zone = zone_of(team)
    midnights = [datetime.combine(first + n * DAY, time()) for n in (0, days)]
    span = Span(instant(midnights[0], zone), instant(midnights[1], zone))
    reach = Span(span.starts - BEHIND, span.ends + BESIDE)
    places = _places(team, span)
    everything = entries(reach, seen_by=seen_by, team_id=team.pk, drafts=True)
    of_team = [entry for entry in everything if entry.staffed]
    members = _members(places, first, span, _roles(team, of_team))
    here = [entry for entry in of_team if span.starts <= entry.span.starts < span.ends]
    slots, shifts = _slots(here, members, first, zone)
    touching = tuple(entry for entry in everything if _touches(entry.span, span))
    needs = requirements(team, seen_by=seen_by)
    usual = _usual(team, of_team, zone, span) | shifts
    more, added = _more(needs, touching, usual, first, days, zone)
    known = {shift.code: shift for shift in sorted(shifts | added)}
    frame = Frame(first, days, zone, known, (), tuple(slots), more, gentle)
    kept = {slot.key for slot in slots}
    theirs = entries(reach, seen_by=seen_by, people=set(members), drafts=True)
    beside = [entry for entry in theirs if entry.staffed and _key(entry) not in kept]
    found = _with_standby(_with_work(members.values(), beside, span), theirs)
    fixed = [entry for entry in touching if entry.staffed and _key(entry) not in kept]
    frame = replace(frame, able=tuple(_able(needs, frame, found, fixed)))
    wished = _with_wishes(frame, _with_absences(found, span))
    return Asked(replace(frame, members=tuple(wished)), span, touching)


def bare(team: Team, found: Iterable[Entry], span: Span, *, seen_by: Actor) -> timedelta:
    """How long fewer are there than are needed, over all needs of a team."""
    standing = list(found)
    return sum(
        (
            gap.length
            for need in requirements(team, seen_by=seen_by)
            for gap in gaps(need, standing, span)
        ),
        timedelta(),
    )


def with_lines(asked: Asked, team: Team, lines: Iterable[Line]) -> list[Entry]:
    """What touches the days of a question if the lines are accepted."""
    every = list(lines)
    moved = {line.key: line for line in every if line.key}
    found = []
    for entry in asked.entries:
        change = moved.get(_key(entry))
        if change is None:
            found.append(entry)
        elif change.to is not None:
            found.append(replace(entry, person_id=change.to, left_on=None))
    roles = {shift.code: shift.role for shift in asked.frame.shifts.values()}
    return found + [
        _entry(team.pk, roles[line.shift], line.span, line.to)
        for line in every
        if not line.key and line.to is not None
    ]


def lacking(team: Team, role: str, span: Span, *, seen_by: Actor) -> bool:
    """Whether nobody is there who is needed in a role, for half of a span or more."""
    found = entries(span, seen_by=seen_by, team_id=team.pk, drafts=True)
    gone = any(e.left_on is not None and e.role == role and e.span == span for e in found)
    return gone or any(
        _open(need, role) and _missing(need, found, span)
        for need in requirements(team, seen_by=seen_by)
    )


def _touches(one: Span, other: Span) -> bool:
    return one.starts < other.ends and other.starts < one.ends


def _key(entry: Entry) -> str:
    return f"{'p' if entry.draft else 'd'}{entry.key}"


def _places(team: Team, span: Span) -> dict[int, list[Membership]]:
    """Who is of a team for some of a time, each with the places held in it."""
    places = defaultdict[int, list[Membership]](list)
    rows = Membership.objects.filter(
        team=team, period__overlap=(span.starts, span.ends), person__left_on=None
    )
    for place in rows.select_related("person__company").order_by("person__name", "person_id"):
        places[place.person_id].append(place)
    return places


def _roles(team: Team, known: Iterable[Entry]) -> dict[int, set[str]]:
    """What each person does in the roster of a team: in the last year, ahead, or in a pattern."""
    roles = defaultdict[int, set[str]](set)
    for entry in known:
        roles[entry.person_id].add(entry.role)
    lines = PatternLine.objects.filter(pattern__team=team, pattern__kind=Duty.Kind.STAFFED)
    for person, role in lines.values_list("person_id", "pattern__role"):
        roles[person].add(role)
    return roles


def _members(
    places: Mapping[int, list[Membership]],
    first: date,
    span: Span,
    roles: Mapping[int, set[str]],
) -> dict[int, Member]:
    """Who manages a team takes its shifts only where he does anyway."""
    rules = rules_in_force({own[0].person.company for own in places.values()}, first)
    members = {}
    for person_id, own in places.items():
        manages = all(place.role == Membership.Role.MANAGER for place in own)
        if manages and person_id not in roles:
            continue
        company = own[0].person.company
        held = [
            Span(_bound(p.period.lower, span.starts), _bound(p.period.upper, span.ends))
            for p in own
        ]
        members[person_id] = Member(
            person_id,
            rules[company.pk],
            ZoneInfo(company.time_zone),
            frozenset({*roles.get(person_id, ()), Duty.Role.AGENT.value}),
            away=tuple(outside(span, held)),
            share=max(place.share_percent for place in own),
        )
    return members


def _bound(at: object, otherwise: datetime) -> datetime:
    return at if isinstance(at, datetime) else otherwise


def _slots(
    here: Iterable[Entry], members: Mapping[int, Member], first: date, zone: tzinfo
) -> tuple[list[Slot], set[Shift]]:
    """The duties that may change hands: one a day of each member, and those of who has left.

    Whoever has two on a day keeps both; so does whoever helps out and is not of the team.
    """
    days = Counter((e.person_id, e.span.starts.astimezone(zone).date()) for e in here)
    slots, shifts = [], set()
    for entry in here:
        day, shift = _shift(entry.role, entry.span, zone)
        if shift.hours.on(day, zone) != entry.span or days[entry.person_id, day] > 1:
            continue
        member = members.get(entry.person_id)
        if entry.left_on is None and member is None:
            continue
        shifts.add(shift)
        slots.append(Slot(_key(entry), (day - first).days, shift.code, entry.person_id))
    return slots, shifts


def _shift(role: str, span: Span, zone: tzinfo) -> tuple[date, Shift]:
    """The day and the hours on its wall clock."""
    starts, ends = (at.astimezone(zone).replace(tzinfo=None) for at in (span.starts, span.ends))
    midnight = datetime.combine(starts.date(), time())
    return starts.date(), Shift(role, Hours(starts - midnight, ends - midnight))


def _usual(team: Team, known: Iterable[Entry], zone: tzinfo, span: Span) -> set[Shift]:
    """The hours that a team works: those of its patterns, and what came often of late."""
    often = Counter(
        _shift(e.role, e.span, zone)[1] for e in known if e.span.starts >= span.starts - LEARNT_FROM
    )
    usual = {shift for shift, count in often.items() if count >= USUAL}
    for pattern in ShiftPattern.objects.filter(team=team, kind=Duty.Kind.STAFFED):
        if ZoneInfo(pattern.time_zone) == zone:
            usual |= {Shift(pattern.role, hours) for day in pattern.cycle().days for hours in day}
    return usual


def _able(
    needs: Iterable[Requirement],
    frame: Frame,
    members: Sequence[Member],
    fixed: Sequence[Entry],
) -> Iterable[Able]:
    """What skills and languages ask, at the middle of each shift: all who are on then count."""
    personal = [n for n in needs if n.personal and n.kind == Duty.Kind.STAFFED]
    near = defaultdict[date, list[Entry]](list)
    for entry in fixed:
        _file(near, entry, frame.zone)
    for day in range(frame.days if personal else 0):
        seen = set[frozenset[tuple[int, str]]]()
        for code in frame.shifts:
            own = frame.span(day, code)
            middle = own.starts + own.length / 2
            on = frozenset(_on_at(frame, day, middle))
            if on in seen or own.starts >= own.ends:
                continue
            seen.add(on)
            moment = Span(middle, middle + timedelta(minutes=1))
            there = _around(near, frame.first + day * DAY)
            for need in personal:
                held = sum(need.fits(e) and _touches(e.span, moment) for e in there)
                if held >= need.minimum or not gaps(need, (), moment):
                    continue
                who = frozenset(
                    (member.person, place, shift)
                    for place, shift in on
                    for member in members
                    if need.fits(_member_entry(frame, member, place, shift))
                )
                yield Able(day, who, need.minimum - held)


def _on_at(frame: Frame, day: int, at: datetime) -> Iterable[tuple[int, str]]:
    for place in (day - 1, day):
        for code in frame.shifts:
            span = frame.span(place, code)
            if place >= 0 and span.starts <= at < span.ends:
                yield place, code


def _member_entry(frame: Frame, member: Member, day: int, code: str) -> Entry:
    return _entry(0, frame.shifts[code].role, frame.span(day, code), member.person)


def _open(need: Requirement, role: str) -> bool:
    """Whether anybody in the role meets it, whatever that person can do."""
    return need.kind == Duty.Kind.STAFFED and need.role == role and not need.personal


def _missing(need: Requirement, found: Iterable[Entry], span: Span) -> bool:
    lacked = sum((gap.length for gap in gaps(need, found, span)), timedelta())
    return lacked >= HALF * span.length


def _more(
    needs: Iterable[Requirement],
    standing: Sequence[Entry],
    shifts: Collection[Shift],
    first: date,
    days: int,
    zone: tzinfo,
) -> tuple[dict[tuple[int, str], int], set[Shift]]:
    """How many are needed beyond those who are there: shift by shift, in the order of the day."""
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
                if not _open(need, shift.role):
                    continue
                for _one in range(need.minimum):
                    if not _missing(need, _around(near, day), span):
                        break
                    _file(near, _entry(0, shift.role, span, None), zone)
                    more[number, shift.code] += 1
                    added.add(shift)
    return dict(more), added


def _file(near: dict[date, list[Entry]], entry: Entry, zone: tzinfo) -> None:
    near[entry.span.starts.astimezone(zone).date()].append(entry)


def _around(near: Mapping[date, list[Entry]], day: date) -> list[Entry]:
    return [e for n in (-2, -1, 0, 1, 2) for e in near.get(day + n * DAY, ())]


def _entry(team_id: int, role: str, span: Span, person_id: int | None) -> Entry:
    """A shift that is in no table."""
    kind = Duty.Kind.STAFFED.value
    return Entry(0, True, person_id or 0, "", None, team_id, "", kind, role, span)


def _with_work(members: Iterable[Member], beside: Iterable[Entry], span: Span) -> list[Member]:
    """What stays as it is: around the days of the frame, or on them where it may not be moved."""
    near = Span(span.starts - BESIDE, span.ends + BESIDE)
    found = list(members)
    busy, past = defaultdict[int, list[Span]](list), defaultdict[int, list[Span]](list)
    for entry in beside:
        if _touches(entry.span, near):
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
    """When each may be called, for whatever team, drafts too."""
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
