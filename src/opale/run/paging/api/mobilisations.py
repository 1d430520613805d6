"""Endpoints of mobilisations, escalation policies and the dry run."""

from datetime import datetime
from typing import Any, Literal

from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.fields import Moment
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.endpoints.preconditions import unless_changed
from opale.kernel import clock
from opale.organisation.queries.teams import get_team
from opale.run.paging import rights
from opale.run.paging.actions import answers, policies
from opale.run.paging.domain.escalation_plans import (
    Conditions,
    PolicyContent,
    Step,
    Target,
    parse_plan,
    to_record,
)
from opale.run.paging.models import EscalationPolicy, Mobilisation
from opale.run.paging.ports import Subject
from opale.run.paging.queries import mobilisations
from opale.run.paging.queries import policies as policy_queries

router = Router(tags=["paging"])

StateName = Literal["triggered", "exhausted", "acknowledged", "resolved"]
TriggerName = Literal["alert", "triage", "clock", "handover", "watch", "trial"]
TargetName = Literal["person", "duty", "team", "round_robin", "manager"]


class PageOut(Schema):
    """An attempt to reach a person. `step` 0 is the on-call manager's."""

    id: int
    person_id: int
    person: str
    contact: str
    round: int
    step: int
    state: Literal["due", "leaving", "sent", "failed", "dropped"]
    due_at: datetime
    left_at: datetime | None
    sent_at: datetime | None
    answered_at: datetime | None
    within_id: int | None

    @staticmethod
    def resolve_person(row: Any) -> str:
        return str(row.person.name)


class CalledOut(Schema):
    """Whom a step pages, and why; `until` is the end of the duty."""

    person_id: int
    name: str
    why: str
    team: str
    until: datetime | None


class SkippedOut(Schema):
    why: str
    name: str


class StepOut(Schema):
    round: int
    step: int
    at: datetime
    until: datetime
    people: list[CalledOut]
    skipped: list[SkippedOut]


class MobilisationOut(Schema):
    """Pages sent one after the other about one thing, until somebody answers."""

    id: int
    about: str
    trigger: TriggerName
    reason: str
    title: str
    path: str
    severity: int
    priority: int
    customer_id: int | None
    policy_id: int
    policy_version: int
    state: StateName
    next_at: datetime | None
    started_at: datetime
    answered_at: datetime | None
    answered_by_id: int | None
    answered_name: str
    exhausted_at: datetime | None
    resolved_at: datetime | None

    @staticmethod
    def resolve_policy_id(row: Mobilisation) -> int:
        return row.version.policy_id

    @staticmethod
    def resolve_policy_version(row: Mobilisation) -> int:
        return row.version.number


class WholeMobilisation(MobilisationOut):
    plan: list[StepOut]
    pages: list[PageOut]

    @staticmethod
    def resolve_plan(row: Mobilisation) -> list[dict[str, Any]]:
        return [to_record(step) for step in parse_plan(row.plan).steps]

    @staticmethod
    def resolve_pages(row: Mobilisation) -> list[Any]:
        return mobilisations.pages_of(row)


class TargetIn(Schema):
    kind: TargetName
    person_id: int | None = None
    team_id: int | None = None
    duty: Literal["any", "staffed", "standby"] = "any"


class StepIn(Schema):
    """Page these, and wait so long for an answer before the next step."""

    targets: list[TargetIn]
    minutes: int = 5


class ConditionsIn(Schema):
    """When the policy serves: what is empty or 0 asks nothing. Times of day are `HH:MM`."""

    triggers: list[TriggerName] = Field(default_factory=list)
    team_ids: list[int] = Field(default_factory=list)
    streams: list[str] = Field(default_factory=list)
    customer_ids: list[int] = Field(default_factory=list)
    min_severity: int = 0
    max_priority: int = 0
    weekdays: list[int] = Field(default_factory=list)
    since: str = ""
    until: str = ""
    zone: str = "Europe/Paris"


class ContentIn(Schema):
    steps: list[StepIn]
    repeat: int = 1
    again_minutes: int = 0
    conditions: ConditionsIn = Field(default_factory=ConditionsIn)

    def content(self) -> PolicyContent:
        said = self.conditions
        return PolicyContent(
            steps=tuple(
                Step(tuple(Target(**target.dict()) for target in step.targets), step.minutes)
                for step in self.steps
            ),
            repeat=self.repeat,
            again_minutes=self.again_minutes,
            conditions=Conditions(
                triggers=tuple(said.triggers),
                team_ids=tuple(said.team_ids),
                streams=tuple(said.streams),
                customer_ids=tuple(said.customer_ids),
                min_severity=said.min_severity,
                max_priority=said.max_priority,
                weekdays=tuple(said.weekdays),
                since=said.since,
                until=said.until,
                zone=said.zone,
            ),
        )


class PolicyIn(Schema):
    name: str
    team_id: int
    is_on: bool = True
    content: ContentIn


class PolicyChanges(Schema):
    name: str | None = None
    team_id: int | None = None
    is_on: bool | None = None
    content: ContentIn | None = None


class PolicyOut(Schema):
    """`content` is what its present version says."""

    id: int
    name: str
    team_id: int
    is_on: bool
    version: int
    content: ContentIn

    @staticmethod
    def resolve_content(row: EscalationPolicy) -> Any:
        return to_record(policy_queries.current_content(row))


class DryRunAsked(Schema):
    trigger: TriggerName = "alert"
    severity: int = Field(default=0, ge=0, le=5)
    priority: int = Field(default=0, ge=0, le=5)
    stream: str = ""
    team_id: int | None = None
    customer_id: int | None = None
    at: Moment | None = None


class ClockOut(Schema):
    """What the clock shows where a policy reads it that serves at some hours alone."""

    policy_id: int
    zone: str
    local: str
    inside: bool


class DryRunOut(Schema):
    """Who would be called: `policy_id` is null where no policy serves."""

    policy_id: int | None
    passed: list[int]
    clocks: list[ClockOut]
    steps: list[StepOut]
    manager: CalledOut | None


class MobilisationsAsked(Window):
    state: Literal["open", "triggered", "exhausted", "acknowledged", "resolved"] | None = None
    about: str | None = Field(default=None, max_length=100)


class Up(Schema):
    up: bool


@router.get("/paging/mobilisations", response=Page[MobilisationOut], auth=may(rights.OWN))
def list_mobilisations(
    request: ActorRequest, asked: Query[MobilisationsAsked]
) -> Slice[Mobilisation]:
    """The newest first. Who sees none of them sees those by which he was paged."""
    found = mobilisations.mobilisations(seen_by=request.actor)
    found = mobilisations.filter_mobilisations(found, state=asked.state, about=asked.about)
    return page(found, asked, "-started_at", "-id")


@router.get(
    "/paging/mobilisations/{int:mobilisation_id}",
    response=WholeMobilisation,
    auth=may(rights.OWN),
)
def get_mobilisation(request: ActorRequest, mobilisation_id: int) -> Mobilisation:
    """With its plan as it was frozen, and every page."""
    return mobilisations.get_mobilisation(mobilisation_id, seen_by=request.actor)


@router.post(
    "/paging/mobilisations/{int:mobilisation_id}/answer",
    response=MobilisationOut,
    auth=may(rights.OWN),
)
def answer_mobilisation(request: ActorRequest, mobilisation_id: int) -> Mobilisation:
    """Say that one is on it: nobody else is called."""
    found = mobilisations.get_mobilisation(mobilisation_id, seen_by=request.actor)
    answers.answer_mobilisation(found, by=request.actor, at=clock.now())
    return mobilisations.get_mobilisation(mobilisation_id, seen_by=request.actor)


@router.post(
    "/paging/mobilisations/{int:mobilisation_id}/return",
    response=MobilisationOut,
    auth=may(rights.OWN),
)
def give_back_mobilisation(request: ActorRequest, mobilisation_id: int) -> Mobilisation:
    """Whoever answered gives it back: people are called anew."""
    found = mobilisations.get_mobilisation(mobilisation_id, seen_by=request.actor)
    answers.give_back(found, by=request.actor, at=clock.now())
    return mobilisations.get_mobilisation(mobilisation_id, seen_by=request.actor)


@router.post(
    "/paging/mobilisations/{int:mobilisation_id}/end",
    response=MobilisationOut,
    auth=may(rights.WORK),
)
def end_mobilisation(request: ActorRequest, mobilisation_id: int) -> Mobilisation:
    """It is over, whatever it was about."""
    found = mobilisations.get_mobilisation(mobilisation_id, seen_by=request.actor)
    answers.end_mobilisation(found, by=request.actor, at=clock.now())
    return mobilisations.get_mobilisation(mobilisation_id, seen_by=request.actor)


@router.get("/paging/policies", response=Page[PolicyOut], auth=may(rights.READ))
def list_policies(request: ActorRequest, window: Query[Window]) -> Slice[EscalationPolicy]:
    """In the order in which they are asked: the first that is on and serves is taken."""
    return page(policy_queries.policies(seen_by=request.actor), window, "position", "id")


@router.post("/paging/policies", response={201: PolicyOut}, auth=may(rights.EDIT))
def create_policy(request: ActorRequest, body: PolicyIn) -> Status[Any]:
    made = policies.create_policy(
        name=body.name,
        team=get_team(body.team_id, seen_by=request.actor),
        content=body.content.content(),
        is_on=body.is_on,
        by=request.actor,
    )
    return Status(201, made)


@router.get("/paging/policies/{int:policy_id}", response=PolicyOut, auth=may(rights.READ))
def get_policy(request: ActorRequest, policy_id: int) -> EscalationPolicy:
    return policy_queries.get_policy(policy_id, seen_by=request.actor)


@router.patch("/paging/policies/{int:policy_id}", response=PolicyOut, auth=may(rights.EDIT))
def edit_policy(request: ActorRequest, policy_id: int, body: PolicyChanges) -> EscalationPolicy:
    """Another content is another version: what runs goes on by the one that it began with."""
    rows = policy_queries.policies(seen_by=request.actor).filter(pk=policy_id)
    with unless_changed(request, rows, PolicyOut) as found:
        policies.edit_policy(
            found,
            name=body.name,
            team=None if body.team_id is None else get_team(body.team_id, seen_by=request.actor),
            content=None if body.content is None else body.content.content(),
            is_on=body.is_on,
            by=request.actor,
        )
    return policy_queries.get_policy(policy_id, seen_by=request.actor)


@router.post("/paging/policies/{int:policy_id}/move", response=PolicyOut, auth=may(rights.EDIT))
def move_policy(request: ActorRequest, policy_id: int, body: Up) -> EscalationPolicy:
    """One place up or down in the order of asking."""
    found = policy_queries.get_policy(policy_id, seen_by=request.actor)
    policies.move_policy(found, up=body.up, by=request.actor)
    return policy_queries.get_policy(policy_id, seen_by=request.actor)


@router.delete("/paging/policies/{int:policy_id}", response={204: None}, auth=may(rights.EDIT))
def delete_policy(request: ActorRequest, policy_id: int) -> Status[Any]:
    """One that has never called anybody."""
    found = policy_queries.get_policy(policy_id, seen_by=request.actor)
    policies.delete_policy(found, by=request.actor)
    return Status(204, None)


@router.get("/paging/dry-run", response=DryRunOut, auth=may(rights.READ))
def dry_run(request: ActorRequest, asked: Query[DryRunAsked]) -> dict[str, Any]:
    """Who would be called about such a thing, now or at a moment, and why."""
    subject = Subject(
        about="",
        trigger=asked.trigger,
        title="",
        severity=asked.severity,
        priority=asked.priority,
        stream=asked.stream,
        team_id=asked.team_id,
        customer_id=asked.customer_id,
    )
    found = policy_queries.dry_run(subject, at=asked.at or clock.now(), seen_by=request.actor)
    return {
        "policy_id": found.policy.pk if found.policy else None,
        "passed": [policy.pk for policy in found.passed],
        "clocks": [
            ClockOut(
                policy_id=one.policy.pk,
                zone=one.zone,
                local=f"{one.local:%Y-%m-%dT%H:%M}",
                inside=one.inside,
            )
            for one in found.clocks
        ],
        "steps": [to_record(step.planned) for step in found.steps],
        "manager": to_record(found.manager) if found.manager else None,
    }
