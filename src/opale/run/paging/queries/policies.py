"""Escalation policies, their versions, and the dry run: who would be paged now, how, and why."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Max, Q

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.organisation.models import Team
from opale.run.paging.domain.escalation_plans import (
    EscalationPlan,
    PagedPerson,
    PlannedStep,
    PolicyContent,
    parse_content,
)
from opale.run.paging.models import (
    EscalationPolicy,
    Mobilisation,
    PolicyQuerySet,
    PolicyVersion,
)
from opale.run.paging.ports import Subject
from opale.run.paging.queries.contact_routes import ContactRoute, contact_routes
from opale.run.paging.queries.escalation_plans import (
    in_hours,
    make_plan,
    manager_on_call,
    policy_applies,
)
from opale.run.paging.states import OPEN


def policies(*, seen_by: Actor) -> PolicyQuerySet:
    """Return the policies in their order."""
    return EscalationPolicy.objects.visible_to(seen_by).select_related("team")


def get_policy(policy_id: int, *, seen_by: Actor) -> EscalationPolicy:
    """Errors: NotFound, hidden and missing alike."""
    found = policies(seen_by=seen_by).filter(pk=policy_id).first()
    if found is None:
        raise NotFound
    return found


def versions_of(policy: EscalationPolicy) -> list[PolicyVersion]:
    """Return the versions of a policy, newest first."""
    return list(policy.versions.order_by("-number"))


@dataclass(frozen=True, slots=True)
class PolicyUse:
    """Pages that a policy has started: in all, those that are still open, and the newest."""

    mobilisations: int
    open: int
    last_at: datetime | None


def use_of_policy(policy: EscalationPolicy) -> PolicyUse:
    """Return what was paged by a policy; one that paged somebody cannot be deleted."""
    found = Mobilisation.objects.filter(version__policy=policy).aggregate(
        every=Count("id"), open=Count("id", filter=Q(state__in=OPEN)), last=Max("started_at")
    )
    return PolicyUse(found["every"], found["open"], found["last"])


def current_content(policy: EscalationPolicy) -> PolicyContent:
    return parse_content(policy.versions.get(number=policy.version).content)


def current_contents(found: PolicyQuerySet) -> dict[int, PolicyContent]:
    """Return the present content of each of these policies."""
    rows = PolicyVersion.objects.filter(policy__in=found, number=F("policy__version"))
    return {row.policy_id: parse_content(row.content) for row in rows}


@dataclass(frozen=True, slots=True)
class TriedPerson:
    """A person who would be paged, and when by which contact."""

    called: PagedPerson
    ways: list[tuple[datetime, ContactRoute]]


@dataclass(frozen=True, slots=True)
class TriedStep:
    planned: PlannedStep
    people: list[TriedPerson]
    after: timedelta
    """How long after the beginning."""
    share: int = 0
    """Where in the whole plan it begins, in percent."""


@dataclass(frozen=True, slots=True)
class PolicyClock:
    """The local time in the zone of a policy that matches at some hours alone."""

    policy: EscalationPolicy
    zone: str
    local: datetime
    inside: bool


@dataclass(frozen=True, slots=True)
class DryRun:
    """The result of a dry run. `policy` is None where none matches; `passed` were tried before it.
    `clocks` are of those among them that depend on the time.
    """

    at: datetime
    policy: EscalationPolicy | None
    passed: list[EscalationPolicy] = field(default_factory=list)
    steps: list[TriedStep] = field(default_factory=list)
    plan: EscalationPlan | None = None
    manager: PagedPerson | None = None
    clocks: list[PolicyClock] = field(default_factory=list)


def dry_run(subject: Subject, *, at: datetime, seen_by: Actor) -> DryRun:
    """Return who would be paged about a subject at a moment, by the policies and rosters of now."""
    found = policies(seen_by=seen_by)
    contents = current_contents(found)
    passed: list[EscalationPolicy] = []
    clocks: list[PolicyClock] = []
    for policy in found.filter(is_on=True):
        asked = contents[policy.pk].conditions
        if asked.timed:
            local = at.astimezone(ZoneInfo(asked.zone))
            clocks.append(PolicyClock(policy, asked.zone, local, in_hours(asked, at)))
        if policy_applies(asked, subject, at):
            return replace(_tried(policy, contents[policy.pk], passed, at), clocks=clocks)
        passed.append(policy)
    return DryRun(at, None, passed, clocks=clocks)


def dry_run_policy(policy: EscalationPolicy, content: PolicyContent, *, at: datetime) -> DryRun:
    """Return the dry run of one policy, whatever its conditions."""
    return _tried(policy, content, [], at)


def _tried(
    policy: EscalationPolicy,
    content: PolicyContent,
    passed: list[EscalationPolicy],
    at: datetime,
) -> DryRun:
    team = Team.objects.select_related("manager").get(pk=policy.team_id)
    plan = make_plan(content, team, at=at, turn=policy.turns)
    ways = contact_routes({who.person_id for step in plan.steps for who in step.people})
    whole = (plan.ends_at - at) or timedelta(minutes=1)
    steps = [
        TriedStep(
            step,
            [
                TriedPerson(who, [(step.at + way.after, way) for way in ways[who.person_id]])
                for who in step.people
            ],
            step.at - at,
            int(100 * ((step.at - at) / whole)),
        )
        for step in plan.steps
    ]
    return DryRun(at, policy, passed, steps, plan, manager_on_call(team, plan.ends_at))
