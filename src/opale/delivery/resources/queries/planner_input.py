"""Input of the planner from the present plan, and the changes of a better one.

Source: docs/rules/planner.md, "What is read".
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from django.db.models import Q

from opale.delivery.resources.models import PlanLine, ResourceRequest
from opale.delivery.resources.ports import Planned, Work, open_work, planned_by
from opale.delivery.resources.queries.candidates import Need, qualified_people
from opale.delivery.resources.queries.requests import need_of
from opale.delivery.resources.states import RequestState
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.organisation.models import Absence, Membership, Person, Skill, Team
from opale.organisation.queries.people import people
from opale.planning.hour_allocation import Stretch, days_of_work
from opale.planning.staffing_model import Days, Piece, Placement, Plan, Problem
from opale.reservations.domain.availability import hours_on
from opale.reservations.models import ReservationLine
from opale.reservations.queries.diary import Diary, diary
from opale.reservations.queries.load import calendar_of, with_calendars
from opale.reservations.states import ReservationState

Reason = PlanLine.Reason
HALF_A_YEAR: Final = timedelta(days=182)
SLACK_DAYS: Final = 91
"""The days after the planned weeks that may be used where there is no other place."""


@dataclass(frozen=True, slots=True)
class ProposedChange:
    """One piece of work that would change its person or days."""

    key: str
    purpose: str
    was: int | None
    was_days: list[tuple[date, date, float]]
    to: int | None
    to_days: list[tuple[date, date, float]]
    reason: str
    late: int


@dataclass(frozen=True, slots=True)
class PlannerInput:
    problem: Problem
    diary: Diary
    purposes: Mapping[str, str]


def build_planner_input(
    *, seen_by: Actor, first: date, weeks: int, team: Team | None
) -> PlannerInput:
    """Return the reservations from a day on, and the unanswered requests, as the planner's
    problem."""
    rows = people(seen_by=seen_by, left=True)
    if team is not None:
        rows = rows.filter(memberships__team=team).distinct()
    everybody = list(
        with_calendars(rows.filter(Q(left_on=None) | Q(left_on__gte=first - HALF_A_YEAR)))
    )
    read = diary(everybody, since=first, days=7 * weeks + SLACK_DAYS)
    reader = _Reader(read, {one.pk: one for one in everybody}, first + timedelta(weeks=weeks))
    reader.read_reservations(seen_by)
    reader.read_requests(seen_by, team)
    reader.read_known(seen_by)
    reader.read_work(seen_by)
    here = {
        key: Days(pages.given, tuple(reader.free[key]))
        for key, pages in read.pages.items()
        if pages.person.left_on is None
    }
    return PlannerInput(Problem(here, tuple(reader.pieces.values())), read, reader.purposes)


def plan_changes(framed: PlannerInput, found: Plan) -> list[ProposedChange]:
    """Return the pieces that would change, with the reason; unplaced ones first, then the
    latest."""
    problem = framed.problem
    reasons = _reasons(framed)
    lines = []
    for piece in found.changed(problem):
        placement = found.placements[piece.key]
        late = 0
        if placement is not None:
            late = days_of_work(
                problem.people[placement.person].given, piece.wished, placement.after
            )
        lines.append(
            ProposedChange(
                piece.key,
                framed.purposes[piece.key],
                piece.current.person if piece.current else None,
                _told(framed.diary, piece.current),
                placement.person if placement else None,
                _told(framed.diary, placement),
                reasons.get(piece.key, Reason.ROOM),
                late,
            )
        )
    lines.sort(key=lambda line: (line.to is not None, -line.late, line.purpose))
    return lines


def _told(read: Diary, placement: Placement | None) -> list[tuple[date, date, float]]:
    if placement is None:
        return []
    return [
        (read.day(one.begins), read.day(one.after - 1), one.hours) for one in placement.stretches
    ]


def _reasons(framed: PlannerInput) -> dict[str, str]:
    """Return the reason why a piece cannot stay as it is, for those that cannot."""
    problem, read = framed.problem, framed.diary
    away: dict[int, list[tuple[date, date]]] = defaultdict(list)
    gone = Absence.objects.filter(
        person__in=list(read.pages), period__endswith__gt=clock.now()
    ).values_list("person_id", "period")
    for person_id, period in gone:
        away[person_id].append((period.lower.date(), period.upper.date()))
    found: dict[str, str] = {}
    for piece in problem.pieces:
        current = piece.current
        if current is None:
            found[piece.key] = Reason.NEW
        elif current.person not in problem.people:
            found[piece.key] = Reason.LEFT
        elif any(
            since <= read.day(one.after - 1) and until >= read.day(one.begins)
            for one in current.stretches
            for since, until in away[current.person]
        ):
            found[piece.key] = Reason.AWAY
        elif current.begins < piece.begins or piece.after or piece.frozen:
            found[piece.key] = Reason.EARLY
        elif _over(problem, current):
            found[piece.key] = Reason.OVER
    return found


def _over(problem: Problem, current: Placement) -> bool:
    """Return whether the person is overbooked on a day of this placement."""
    days = problem.people[current.person]
    free = list(days.free)
    for piece in problem.pieces:
        if piece.current is not None and piece.current.person == current.person:
            for one in piece.current.stretches:
                for place in range(one.begins, min(one.after, len(free))):
                    free[place] -= one.hours
    return any(
        days.given[place] > 0 and free[place] < 0
        for one in current.stretches
        for place in range(one.begins, min(one.after, len(free)))
    )


class _Reader:
    """Collects the pieces, and the free hours of people without them."""

    def __init__(self, read: Diary, rows: Mapping[int, Person], until: date) -> None:
        self.read, self.rows, self.until = read, rows, until
        self.pieces: dict[str, Piece] = {}
        self.purposes: dict[str, str] = {}
        self.sources: dict[str, list[str]] = defaultdict(list)
        self.free = {key: list(pages.free) for key, pages in read.pages.items()}
        self._teams: dict[int, set[int]] = defaultdict(set)
        self._members: dict[int, set[int]] = defaultdict(set)

    def read_reservations(self, seen_by: Actor) -> None:
        """Read the remaining hours of each person of each reservation."""
        self._read_teams(seen_by)
        first = self.read.first
        lines = ReservationLine.objects.visible_to(seen_by).filter(
            person__in=list(self.rows),
            holds=True,
            overbooked=False,
            days__endswith__gt=first,
            days__startswith__lt=self.until,
        )
        grouped: dict[tuple[int, int], list[ReservationLine]] = defaultdict(list)
        for line in lines.select_related("reservation").order_by("days", "id"):
            grouped[line.reservation_id, line.person_id or 0].append(line)
        needs = self._needs(seen_by, [key for key, _person in grouped])
        for (reservation_id, person_id), found in grouped.items():
            self._add(reservation_id, self.rows[person_id], found, needs.get(reservation_id))

    def _add(
        self,
        reservation_id: int,
        person: Person,
        lines: Sequence[ReservationLine],
        need: ResourceRequest | None,
    ) -> None:
        first = self.read.first
        if person.left_on is not None:
            first = max(first, person.left_on + timedelta(days=1))
        held = lines[0].reservation
        stretches = tuple(
            Stretch(
                self.read.place(max(first, line.since)),
                min(self.read.days, self.read.place(line.last) + 1),
                float(line.quantity),
            )
            for line in lines
            if line.last is not None and line.last >= first
        )
        stretches = tuple(one for one in stretches if one.after > one.begins)
        hours = _hours(person, self.read, stretches)
        if not hours:
            return
        placement = Placement(person.pk, stretches)
        if person.left_on is None:
            free, given = self.free[person.pk], self.read.pages[person.pk].given
            for one in stretches:
                for place in range(one.begins, one.after):
                    if given[place] > 0:
                        free[place] += one.hours
        key = f"reservation:{reservation_id}:{person.pk}"
        begun = person.left_on is None and lines[0].since < self.read.first
        wished = self.read.place(need.last) + 1 if need is not None else placement.after
        self.pieces[key] = Piece(
            key=key,
            hours=hours,
            able=self._able(person, need),
            begins=placement.begins,
            wished=max(wished, placement.after),
            current=placement,
            pinned=held.state == ReservationState.CONSUMED
            or (begun and not self._short(placement)),
        )
        self.purposes[key] = held.purpose
        if held.source:
            self.sources[held.source].append(key)

    def _short(self, placement: Placement) -> bool:
        """Return whether a day lacks the hours, all other work unchanged."""
        pages = self.read.pages[placement.person]
        return any(
            pages.given[place] > 0 and pages.free[place] < 0
            for one in placement.stretches
            for place in range(one.begins, one.after)
        )

    def read_requests(self, seen_by: Actor, team: Team | None) -> None:
        """Read the requests for which nobody is reserved yet."""
        rows = ResourceRequest.objects.visible_to(seen_by).filter(
            state__in=(RequestState.ASKED, RequestState.OFFERED),
            last__gte=self.read.first,
            since__lt=self.until,
        )
        if team is not None:
            rows = rows.filter(team=team)
        for row in rows.select_related("team", "skill"):
            key = f"request:{row.pk}"
            levels = qualified_people(need_of(row), seen_by)
            people = [pk for pk in levels if pk in self.rows]
            people.sort(key=lambda pk: (levels[pk], self.rows[pk].name))
            self.pieces[key] = Piece(
                key=key,
                hours=float(row.hours),
                able=tuple(people),
                begins=max(0, self.read.place(row.since)),
                wished=self.read.place(row.last) + 1,
            )
            self.purposes[key] = row.purpose
            if row.source:
                self.sources[row.source].append(key)

    def read_known(self, seen_by: Actor) -> None:
        """Read what apps know of the work that is reserved or requested."""
        for source, known in planned_by(list(self.sources), seen_by=seen_by).items():
            for key in self.sources.get(source, []):
                self._follow(key, known, self.sources)

    def read_work(self, seen_by: Actor) -> None:
        """Read the work of apps: unstaffed work, and the constraints of the rest."""
        found = open_work(seen_by=seen_by, since=self.read.first, until=self.until)
        of_reservation: dict[int, list[str]] = defaultdict(list)
        for key in self.pieces:
            kind, _colon, rest = key.partition(":")
            if kind == "reservation":
                of_reservation[int(rest.partition(":")[0])].append(key)
        named: dict[str, list[str]] = {}
        for work in found:
            if work.reservation_id is not None:
                named[work.key] = of_reservation.get(work.reservation_id, [])
            elif not work.fixed:
                named[work.key] = [self._add_work(work, seen_by)]
        for work in found:
            for key in named.get(work.key, []):
                self._follow(key, work, named)

    def _add_work(self, work: Work, seen_by: Actor) -> str:
        """Add work for which nobody is reserved."""
        key = f"work:{work.key}"
        first, last = self.read.first, self.read.day(self.read.days - 1)
        need = Need(
            hours=work.hours,
            since=max(first, work.not_before or first),
            last=work.wished or last,
            skill=Skill.objects.filter(pk=work.skill_id).first() if work.skill_id else None,
            level=work.level,
            kind=work.kind,
        )
        levels = qualified_people(need, seen_by)
        people = [pk for pk in levels if pk in self.rows]
        people.sort(key=lambda pk: (levels[pk], -sum(self.free[pk][:28]), self.rows[pk].name))
        self.pieces[key] = Piece(
            key=key,
            hours=float(work.hours),
            able=tuple(people),
            begins=0,
            wished=self.read.place(need.last) + 1,
        )
        self.purposes[key] = work.purpose
        return key

    def _follow(self, key: str, work: Work | Planned, named: Mapping[str, list[str]]) -> None:
        piece = self.pieces[key]
        begins = piece.begins if piece.current is None else 0
        if work.not_before is not None:
            begins = max(begins, self.read.place(work.not_before))
        frozen = frozenset(
            place
            for since, last in work.frozen
            for place in range(self.read.place(since), self.read.place(last) + 1)
        )
        wished = self.read.place(work.wished) + 1 if work.wished else piece.wished
        if piece.current is not None:
            wished = max(wished, piece.current.after)
        self.pieces[key] = replace(
            piece,
            begins=begins,
            wished=wished,
            pinned=piece.pinned or work.fixed,
            after=tuple(
                (other, lag) for before, lag in work.after for other in named.get(before, [])
            ),
            frozen=frozen,
        )

    def _able(self, person: Person, need: ResourceRequest | None) -> tuple[int, ...]:
        """Return who could do it instead: people of the same teams, with the skill if one is
        required."""
        colleagues = {
            other for team in self._teams[person.pk] for other in self._members[team]
        } & set(self.rows)
        if need is not None:
            colleagues &= set(self._levels[need.pk]) | {person.pk}

        def rank(pk: int) -> tuple[bool, float, str]:
            return pk != person.pk, -sum(self.free[pk][:28]), self.rows[pk].name

        return tuple(sorted(colleagues | {person.pk}, key=rank))

    def _needs(self, seen_by: Actor, reservations: Iterable[int]) -> dict[int, ResourceRequest]:
        rows = ResourceRequest.objects.visible_to(seen_by).filter(
            reservation__in=list(reservations)
        )
        found = {row.reservation_id or 0: row for row in rows.select_related("team", "skill")}
        self._levels = {row.pk: qualified_people(need_of(row), seen_by) for row in found.values()}
        return found

    def _read_teams(self, seen_by: Actor) -> None:
        now = clock.now()
        held = Membership.objects.visible_to(seen_by).filter(
            person__in=list(self.rows), team__closed_on=None, team__virtual=False
        )
        for person_id, team_id, period in held.values_list("person_id", "team_id", "period"):
            self._teams[person_id].add(team_id)
            if period.upper is None or period.upper > now:
                self._members[team_id].add(person_id)


def _hours(person: Person, read: Diary, stretches: Iterable[Stretch]) -> float:
    """Return the remaining hours, on the days on which the person works or would have worked."""
    calendar = calendar_of(person)
    return sum(
        one.hours
        for one in stretches
        for place in range(one.begins, one.after)
        if hours_on(calendar, read.day(place)) > 0
    )
