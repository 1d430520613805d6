"""Duties: who is on, and who answers for work that nobody took."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from django.db.models import F, Q

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.reference_cache import cached
from opale.organisation.models import Person, Team, TeamQuerySet
from opale.run.shifts import rights
from opale.run.shifts.models import Duty, DutyQuerySet, ShiftPattern

HOUR = timedelta(hours=1)
SOON = timedelta(minutes=30)
"""How long before a shift its lead already answers when nobody else is on duty."""

AnswerableRole = Literal["triage", "lead", "manager"]


@dataclass(frozen=True, slots=True)
class Answerable:
    """The person who answers for new work, and in which duty."""

    person: Person
    standing: AnswerableRole


def answerable(team: Team, at: datetime) -> Answerable:
    """Return who answers for a team's new work at a moment, of whom there is always one.

    The holder of triage, else the lead on shift or about to begin, else the manager on call, else
    the team's own manager, whom every team has: even an empty roster leaves no work unowned.
    Source: docs/rules/ownership.md, "From the minute of receipt".
    """
    hour = at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    duties = [duty for duty in _answering(team.pk, hour) if _answers(duty, at)]
    order: tuple[tuple[Duty.Role, AnswerableRole], ...] = (
        (Duty.Role.TRIAGE, "triage"),
        (Duty.Role.LEAD, "lead"),
        (Duty.Role.MANAGER, "manager"),
    )
    for role, standing in order:
        for duty in duties:
            if duty.role == role:
                return Answerable(duty.person, standing)
    return Answerable(team.manager, "manager")


def _answers(duty: Duty, at: datetime) -> bool:
    """Whether a duty answers: now, or as the lead of the shift about to begin."""
    ahead = SOON if duty.role == Duty.Role.LEAD else timedelta()
    return bool(duty.period.lower - ahead <= at < duty.period.upper)


@cached(100)
def _answering(team_id: int, hour: datetime) -> tuple[Duty, ...]:
    """Return the duties, in an hour and at the next, that can make a person answerable."""
    of_hour = Duty.objects.filter(
        period__overlap=(hour, hour + HOUR + SOON), team=team_id, person__left_on=None
    )
    return tuple(
        of_hour.exclude(role=Duty.Role.AGENT).select_related("person").order_by("period", "id")
    )


@cached(1)
def service_desk() -> Team:
    """Return the service desk.

    Errors: NotFound while the organisation has no service desk.
    """
    desk = (
        Team.objects.filter(kind=Team.Kind.SERVICE_DESK, closed_on=None)
        .select_related("manager")
        .order_by("id")
        .first()
    )
    if desk is None:
        raise NotFound
    return desk


def on_duty(team: Team, at: datetime) -> list[Duty]:
    """Return the duties of a team at a moment: on shift before stand-by, leads first."""
    rank = {role: place for place, role in enumerate(ROLES)}
    found = Duty.objects.filter(team=team, period__contains=at, person__left_on=None)
    return sorted(
        found.select_related("person"),
        key=lambda duty: (
            duty.kind != Duty.Kind.STAFFED,
            rank[Duty.Role(duty.role)],
            duty.person.name,
        ),
    )


def working_at(person_ids: Collection[int], at: datetime) -> set[int]:
    """Return which of these people are on shift at a moment; stand-by is rest."""
    found = Duty.objects.filter(kind=Duty.Kind.STAFFED, period__contains=at)
    return set(found.filter(person__in=person_ids).values_list("person_id", flat=True))


ROLES = (Duty.Role.LEAD, Duty.Role.TRIAGE, Duty.Role.AGENT, Duty.Role.MANAGER)


def duties(
    *,
    seen_by: Actor,
    team_id: int | None = None,
    person_id: int | None = None,
    starts: datetime | None = None,
    ends: datetime | None = None,
) -> DutyQuerySet:
    """Return the duties in a period with person and team, by their beginning (`starts_at`)."""
    found = Duty.objects.visible_to(seen_by).select_related("person", "team")
    if team_id is not None:
        found = found.filter(team_id=team_id)
    if person_id is not None:
        found = found.filter(person_id=person_id)
    if starts is not None:
        found = found.filter(period__endswith__gt=starts)
    if ends is not None:
        found = found.filter(period__startswith__lt=ends)
    return found.annotate(starts_at=F("period__startswith")).order_by("starts_at", "id")


def may_change(duty: Duty, actor: Actor) -> bool:
    """Whether the actor plans the team of the duty."""
    return Duty.objects.within(actor, rights.EDIT).filter(pk=duty.pk).exists()


def may_plan(team: Team, actor: Actor) -> bool:
    """Whether the actor plans the roster of a team."""
    scope = actor.scope(rights.EDIT)
    return scope is not None and (scope.everything or team.pk in scope.teams)


def get_duty(duty_id: int, *, seen_by: Actor) -> Duty:
    """Errors: NotFound."""
    duty = duties(seen_by=seen_by).filter(pk=duty_id).first()
    if duty is None:
        raise NotFound
    return duty


def teams_with_duties(*, seen_by: Actor) -> TeamQuerySet:
    """Return the open teams that have a roster, or patterns to draw one from."""
    rostered = Duty.objects.visible_to(seen_by).order_by().values("team_id").distinct()
    patterned = ShiftPattern.objects.visible_to(seen_by).order_by().values("team_id").distinct()
    among = Q(pk__in=rostered) | Q(pk__in=patterned)
    return Team.objects.visible_to(seen_by).filter(among, closed_on=None)


def overlapping_duty(
    person_id: int, starts: datetime, ends: datetime, *, but: int | None
) -> Duty | None:
    """Return the staffed duty that overlaps a period of a person."""
    return (
        _overlapping(starts, ends, but).filter(person_id=person_id, kind=Duty.Kind.STAFFED).first()
    )


def triage_holder(
    team_id: int, starts: datetime, ends: datetime, *, but: int | None
) -> Duty | None:
    """Return who holds the triage of a team in a part of a period."""
    return _overlapping(starts, ends, but).filter(team_id=team_id, role=Duty.Role.TRIAGE).first()


def _overlapping(starts: datetime, ends: datetime, but: int | None) -> DutyQuerySet:
    found = Duty.objects.filter(period__overlap=(starts, ends)).select_related("person", "team")
    return (found if but is None else found.exclude(pk=but)).order_by("period")
