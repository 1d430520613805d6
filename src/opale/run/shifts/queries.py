"""Reading duties: who is on, and who answers when nobody took the work."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db.models import Q

from opale.kernel.errors import NotFound
from opale.organisation.models import Person, Team
from opale.run.shifts.models import Duty

SOON = timedelta(minutes=30)
"""How long before a shift its lead already answers when nobody else is on duty."""

Standing = Literal["triage", "lead", "manager"]


@dataclass(frozen=True, slots=True)
class Answerable:
    """The person who answers for what arrives, and as what."""

    person: Person
    standing: Standing


def answerable(team: Team, at: datetime) -> Answerable:
    """Who answers for a team's new work at a moment: there is always somebody.

    The holder of triage, else the lead on shift or about to begin, else the manager on call, else
    the team's own manager, whom every team has: an empty roster leaves no work to nobody.
    Source: docs/rules/ownership.md, "From the minute of receipt".
    """
    now_or_soon = Q(period__contains=at) | Q(
        role=Duty.Role.LEAD, period__startswith__gt=at, period__startswith__lte=at + SOON
    )
    duties = list(
        Duty.objects.filter(now_or_soon, team=team, person__left_on=None)
        .exclude(role=Duty.Role.AGENT)
        .select_related("person")
        .order_by("period", "id")
    )
    order: tuple[tuple[Duty.Role, Standing], ...] = (
        (Duty.Role.TRIAGE, "triage"),
        (Duty.Role.LEAD, "lead"),
        (Duty.Role.MANAGER, "manager"),
    )
    for role, standing in order:
        for duty in duties:
            if duty.role == role:
                return Answerable(duty.person, standing)
    return Answerable(team.manager, "manager")


def service_desk() -> Team:
    """The one service desk.

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
    """The duties of a team at a moment, leads first."""
    return list(
        Duty.objects.filter(team=team, period__contains=at)
        .select_related("person")
        .order_by("kind", "role", "person__name")
    )
