"""Who leaves and who arrives at a change of shift, by the present roster.

Source: docs/rules/handover.md, "Who leaves, who arrives".
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from opale.organisation.models import Absence, Person, Team
from opale.run.paging.queries.escalation_plans import manager_on_call
from opale.run.shifts.models import Duty, DutyQuerySet
from opale.run.shifts.queries.duties import SOON

PREPARED_BEFORE: Final = timedelta(minutes=30)
"""How long before the end of a shift the record is prepared."""
ACCEPTANCE_WINDOW: Final = timedelta(minutes=15)
"""How long after it unaccepted work is passed on automatically."""


@dataclass(frozen=True, slots=True)
class ShiftChange:
    """The duties of both sides at a change, leads first."""

    leaving: tuple[Duty, ...]
    arriving: tuple[Duty, ...]

    @property
    def leaver_ids(self) -> list[int]:
        return sorted({duty.person_id for duty in self.leaving})

    @property
    def leaving_lead(self) -> Person | None:
        return self.leaving[0].person if self.leaving else None

    @property
    def arriving_lead(self) -> Person | None:
        return self.arriving[0].person if self.arriving else None


def people_with_ids(ids: Collection[int]) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=ids)


def shift_change_at(team: Team, ends_at: datetime) -> ShiftChange:
    """Return whose shifts end then without going on, and who is on shift then or soon."""
    around = _staffed(team, ends_at - timedelta(minutes=1), ends_at + SOON)
    staying = [duty for duty in around if duty.starts <= ends_at < duty.ends]
    on = {duty.person_id for duty in staying}
    coming = [duty for duty in around if ends_at < duty.starts]
    leaving = [duty for duty in around if duty.ends == ends_at and duty.person_id not in on]
    away = people_away([duty.person_id for duty in (*staying, *coming)], ends_at)
    arriving = [duty for duty in (*staying, *coming) if duty.person_id not in away]
    gone = {duty.person_id for duty in leaving}
    return ShiftChange(
        _leads_first(leaving), _leads_first(d for d in arriving if d.person_id not in gone)
    )


def mid_shift_change_at(team: Team, at: datetime, but: Collection[int]) -> ShiftChange:
    """Return the change when a person leaves in mid-shift: the others on it arrive."""
    around = _staffed(team, at, at + timedelta(minutes=1))
    away = people_away([duty.person_id for duty in around], at)
    return ShiftChange(
        tuple(duty for duty in around if duty.person_id in but),
        _leads_first(
            duty for duty in around if duty.person_id not in but and duty.person_id not in away
        ),
    )


def shift_ends_between(team: Team, since: datetime, until: datetime) -> list[datetime]:
    """Return the moments after `since`, up to `until`, at which shifts of the team end."""
    ending = Duty.objects.filter(
        team=team,
        kind=Duty.Kind.STAFFED,
        period__endswith__gt=since,
        period__endswith__lte=until,
    )
    return sorted(set(ending.values_list("period__endswith", flat=True)))


def next_shift_starts(people: Iterable[int], after: datetime) -> dict[int, datetime]:
    """Return when each person is next on shift, for any team; none beyond the roster's end."""
    coming = Duty.objects.filter(
        person__in=set(people), kind=Duty.Kind.STAFFED, period__startswith__gte=after
    )
    rows = coming.order_by("person_id", "period").distinct("person_id")
    return {person: period.lower for person, period in rows.values_list("person_id", "period")}


def people_present(team: Team, at: datetime) -> set[int]:
    """Return who is on shift for the team now or within the half hour, and not away."""
    around = {duty.person_id for duty in _staffed(team, at, at + SOON)}
    return around - people_away(around, at)


def people_on_shift(people: Collection[int], at: datetime) -> set[int]:
    """Return those of them who are on shift this minute, for any team, and not away."""
    duties = Duty.objects.filter(person__in=people, kind=Duty.Kind.STAFFED, period__contains=at)
    found = set(duties.values_list("person_id", flat=True))
    return found - people_away(found, at)


def people_away(people: Iterable[int], at: datetime) -> set[int]:
    rows = Absence.objects.filter(person__in=set(people), period__contains=at)
    return set(rows.values_list("person_id", flat=True))


def shift_lead_at(team: Team, at: datetime, but: Collection[int] = ()) -> Person | None:
    """Return the lead on shift this minute, else the holder of the triage; nobody who is away."""
    on = [
        duty
        for duty in _staffed(team, at, at + timedelta(minutes=1))
        if duty.role in ROLE_ORDER and duty.starts <= at < duty.ends
    ]
    away = people_away([duty.person_id for duty in on], at)
    return next(
        (one.person for one in on if one.person_id not in away and one.person_id not in but), None
    )


def on_call_manager_at(team: Team, at: datetime) -> Person:
    """Return the manager on call, of whom there is always one."""
    return Person.objects.get(pk=manager_on_call(team, at).person_id)


def _staffed(team: Team, since: datetime, until: datetime) -> list[Duty]:
    """Return the shifts: leads first, then the holder of the triage."""
    rows: DutyQuerySet = Duty.objects.filter(
        team=team,
        kind=Duty.Kind.STAFFED,
        period__overlap=(since, until),
        person__left_on=None,
    )
    return sorted(rows.select_related("person"), key=_rank)


ROLE_ORDER: Final = {role: place for place, role in enumerate((Duty.Role.LEAD, Duty.Role.TRIAGE))}


def _rank(duty: Duty) -> tuple[int, str, int]:
    return ROLE_ORDER.get(Duty.Role(duty.role), len(ROLE_ORDER)), duty.person.name, duty.pk


def _leads_first(duties: Iterable[Duty]) -> tuple[Duty, ...]:
    """Return one duty of each person, leads first."""
    found: dict[int, Duty] = {}
    for duty in sorted(duties, key=_rank):
        found.setdefault(duty.person_id, duty)
    return tuple(found.values())
