"""Resolution of a policy into a plan: whom it pages, when and why; also for the dry run.

The roster is read as it stands now, for the moments at which the steps will begin.
Source: docs/rules/paging.md, "The plan".
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from opale.kernel.errors import NotFound
from opale.kernel.reference_cache import cached
from opale.organisation.models import Membership, Person, Team
from opale.run.paging.domain.escalation_plans import (
    Conditions,
    EscalationPlan,
    PagedPerson,
    PageReason,
    PlannedStep,
    PolicyContent,
    SkippedTarget,
    Step,
    Target,
)
from opale.run.paging.models import EscalationPolicy
from opale.run.paging.ports import Subject
from opale.run.shifts.models import Duty
from opale.run.shifts.queries.duties import on_duty, service_desk


def make_plan(
    content: PolicyContent, team: Team, *, at: datetime, turn: int = 0, rounds_before: int = 0
) -> EscalationPlan:
    """Return every step of every round, in order. A step that names nobody takes no time."""
    steps: list[PlannedStep] = []
    begins = at
    for lap in range(content.repeat + 1):
        reached = 0
        for number, step in enumerate(content.steps, start=1):
            people, skipped = _people_of(step, team, at=begins, turn=turn + lap)
            until = begins + timedelta(minutes=step.minutes) if people else begins
            steps.append(
                PlannedStep(
                    rounds_before + lap + 1, number, begins, until, tuple(people), tuple(skipped)
                )
            )
            begins, reached = until, reached + len(people)
        if not reached:
            break
    return EscalationPlan(tuple(steps), begins, team.pk)


@cached(1)
def has_active_policy() -> bool:
    """Whether any policy is enabled: without one, nothing needs to be reported."""
    return EscalationPolicy.objects.filter(is_on=True).exists()


def manager_on_call(team: Team, at: datetime) -> PagedPerson:
    """Return the on-call manager, of whom there is always one.

    The team's manager on call, else the desk's, else the team's own manager, else the desk's own.
    """
    for one in _with_desk(team):
        for duty in on_duty(one, at):
            if duty.role == Duty.Role.MANAGER:
                return PagedPerson(
                    duty.person_id, duty.person.name, "manager", one.name, duty.period.upper
                )
    managers = [one.manager for one in _with_desk(team)]
    working = [person for person in managers if person.left_on is None] or managers
    return PagedPerson(working[0].pk, working[0].name, "team_manager", team.name)


def policy_applies(conditions: Conditions, subject: Subject, at: datetime) -> bool:
    """Whether a policy matches a subject at a moment. Empty conditions match all."""
    return (
        _among(conditions.triggers, subject.trigger)
        and _among(conditions.team_ids, subject.team_id)
        and _among(conditions.streams, subject.stream)
        and _among(conditions.customer_ids, subject.customer_id)
        and (not subject.severity or subject.severity >= conditions.min_severity)
        and (not conditions.max_priority or subject.priority <= conditions.max_priority)
        and in_hours(conditions, at)
    )


def in_hours(conditions: Conditions, at: datetime) -> bool:
    local = at.astimezone(ZoneInfo(conditions.zone))
    clock = local.time()
    day = local.weekday()
    if conditions.since and conditions.until:
        since, until = time.fromisoformat(conditions.since), time.fromisoformat(conditions.until)
        if since < until:
            if not since <= clock < until:
                return False
        elif clock < until:
            day = (day - 1) % 7  # the span belongs to the day on which it began
        elif clock < since:
            return False
    return _among(conditions.weekdays, day)


def _among(wanted: Sequence[object], found: object) -> bool:
    return not wanted or found in wanted


def _people_of(
    step: Step, team: Team, *, at: datetime, turn: int
) -> tuple[list[PagedPerson], list[SkippedTarget]]:
    people: dict[int, PagedPerson] = {}
    skipped: list[SkippedTarget] = []
    for target in step.targets:
        found = list(_named_by(target, team, at=at, turn=turn))
        for one in found:
            if isinstance(one, SkippedTarget):
                skipped.append(one)
            else:
                people.setdefault(one.person_id, one)
    return list(people.values()), skipped


def _named_by(
    target: Target, team: Team, *, at: datetime, turn: int
) -> Iterator[PagedPerson | SkippedTarget]:
    if target.kind == "person":
        yield _person(target)
        return
    of = (
        team
        if target.team_id is None
        else Team.objects.select_related("manager").get(pk=target.team_id)
    )
    if target.kind == "manager":
        yield manager_on_call(of, at)
    elif target.kind == "duty":
        yield from _on_duty(target, of, at)
    else:
        yield from _of_team(target, of, at, turn)


def _person(target: Target) -> PagedPerson | SkippedTarget:
    person = Person.objects.get(pk=target.person_id or 0)
    if person.left_on is not None:
        return SkippedTarget("left", person.name)
    return PagedPerson(person.pk, person.name, "person")


def _on_duty(target: Target, team: Team, at: datetime) -> Iterator[PagedPerson | SkippedTarget]:
    """Return people on duty; managers on call are paged by their own target alone."""
    found = [
        duty
        for duty in on_duty(team, at)
        if target.duty in ("any", duty.kind) and duty.role != Duty.Role.MANAGER
    ]
    for duty in found:
        why: PageReason = "shift" if duty.kind == Duty.Kind.STAFFED else "standby"
        yield PagedPerson(duty.person_id, duty.person.name, why, team.name, duty.period.upper)
    if not found:
        yield SkippedTarget("nobody_on_duty", team.name)


def _of_team(
    target: Target, team: Team, at: datetime, turn: int
) -> Iterator[PagedPerson | SkippedTarget]:
    """Return the member whose turn it is: among those on duty, or among all while nobody is."""
    members = [
        membership.person
        for membership in Membership.objects.filter(
            team=team, period__contains=at, person__left_on=None
        )
        .select_related("person")
        .order_by("person__name", "person_id")
    ]
    if not members:
        yield SkippedTarget("nobody_in_team", team.name)
    elif target.kind == "team":
        for person in members:
            yield PagedPerson(person.pk, person.name, "team", team.name)
    else:
        on = {duty.person_id for duty in on_duty(team, at)}
        among = [person for person in members if person.pk in on] or members
        person = among[turn % len(among)]
        yield PagedPerson(person.pk, person.name, "round_robin", team.name)


def _with_desk(team: Team) -> list[Team]:
    try:
        desk = service_desk()
    except NotFound:
        return [team]
    return [team] if desk.pk == team.pk else [team, desk]
