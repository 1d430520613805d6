"""Answers of the endpoints of paging."""

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from opale.endpoints.fields import TimeOfDay
from opale.run.paging.domain.escalation_plans import (
    Conditions,
    PolicyContent,
    Step,
    Target,
    parse_plan,
    to_record,
)
from opale.run.paging.models import ContactMethod, EscalationPolicy, Mobilisation, QuietHours, Slip
from opale.run.paging.queries import mobilisations
from opale.run.paging.queries.policies import current_content
from opale.run.paging.queries.slips import rest_of

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
        return to_record(current_content(row))


class QuietHoursOut(Schema):
    """By the clock of the person; both null for none."""

    since: TimeOfDay | None
    until: TimeOfDay | None

    @staticmethod
    def of(hours: QuietHours | None) -> "QuietHoursOut":
        if hours is None:
            return QuietHoursOut(since=None, until=None)
        return QuietHoursOut(since=f"{hours.since:%H:%M}", until=f"{hours.until:%H:%M}")


class ContactOut(Schema):
    """A way to reach the caller. `told_answer` is what a test or a code was answered last."""

    id: int
    kind: Literal["mail", "gateway", "channel", "push"]
    label: str
    gateway_id: int | None
    after_minutes: int
    verified_at: datetime | None
    told_at: datetime | None
    told_answer: str

    @staticmethod
    def resolve_after_minutes(row: ContactMethod) -> int:
        return int(row.after.total_seconds() // 60)


class GatewayOut(Schema):
    id: int
    name: str
    is_on: bool


class SlipOut(Schema):
    """A call-out from stand-by. `worth` is what its person said of it: was it worth waking me?"""

    id: int
    person_id: int
    team_id: int
    mobilisation_id: int
    duty_id: int | None
    began_at: datetime
    ended_at: datetime | None
    travel_minutes: int
    note: str
    worth: Literal["", "yes", "no"]

    @staticmethod
    def resolve_travel_minutes(row: Slip) -> int:
        return int(row.travel.total_seconds() // 60)


class WholeSlip(SlipOut):
    """`rests_until` is when the person may work again, `early_duty_id` a shift that begins before
    that; `early_reservation_ids` hold hours of a day of which some fall out."""

    rests_until: datetime | None
    early_duty_id: int | None
    early_reservation_ids: list[int]

    @staticmethod
    def resolve_rests_until(row: Slip) -> datetime | None:
        rest = rest_of(row)
        return rest.until if rest else None

    @staticmethod
    def resolve_early_duty_id(row: Slip) -> int | None:
        rest = rest_of(row)
        return rest.duty.pk if rest and rest.duty else None

    @staticmethod
    def resolve_early_reservation_ids(row: Slip) -> list[int]:
        rest = rest_of(row)
        return [one.reservation_id for one in rest.booked] if rest else []


class FixOut(Schema):
    """What is put right because it woke somebody for nothing: by whom, and until when."""

    id: int
    slip_id: int
    owner_id: int
    due_on: date
    what: str
    state: Literal["open", "done"]
