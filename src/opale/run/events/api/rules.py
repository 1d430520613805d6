"""Endpoints of event rules and their trials."""

from datetime import datetime, timedelta
from typing import Any, Literal

from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.kernel.clock import now
from opale.run.events import rights
from opale.run.events.actions import rule_trials, rules
from opale.run.events.actions.rules import RuleTerms
from opale.run.events.domain.cel_subset import MAX_LENGTH
from opale.run.events.models import EventRule, RuleTrial
from opale.run.events.queries import rules as queries
from opale.run.events.queries.rule_trials import Outcome, Trial
from opale.run.events.states import RuleEffect

router = Router(tags=["events"])

EffectName = Literal["suppress", "hold", "route", "qualify"]


class RuleOut(Schema):
    """In the order in which alerts are tried. `broken` says why it is set aside."""

    id: int
    name: str
    condition: str
    effect: EffectName
    hold_seconds: float | None
    team_id: int | None
    integration_id: int | None
    active: bool
    broken: str

    @staticmethod
    def resolve_hold_seconds(rule: EventRule) -> float | None:
        return None if rule.hold_for is None else rule.hold_for.total_seconds()


class TermsIn(Schema):
    """What fits, and what is done: `hold` takes `hold_seconds`, `route` a `team_id`."""

    condition: str = Field(min_length=1, max_length=MAX_LENGTH)
    effect: EffectName
    hold_seconds: float | None = Field(default=None, gt=0, le=86_400)
    team_id: int | None = Field(default=None, gt=0)
    integration_id: int | None = Field(default=None, gt=0)

    def terms(self, name: str = "") -> RuleTerms:
        seconds = self.hold_seconds
        return RuleTerms(
            name=name,
            condition=self.condition,
            effect=RuleEffect(self.effect),
            hold_for=None if seconds is None else timedelta(seconds=seconds),
            team_id=self.team_id,
            integration_id=self.integration_id,
        )


class RuleIn(TermsIn):
    name: str = Field(min_length=1, max_length=100)


class Activity(Schema):
    active: bool


class MoveIn(Schema):
    way: Literal["up", "down"]


class DayOut(Schema):
    day: str
    events: int
    fitting: int

    @staticmethod
    def resolve_day(day: Any) -> str:
        return str(day.day)


class ExampleOut(Schema):
    alert_id: int
    title: str
    at: datetime
    outcome: Outcome


class TrialOut(Schema):
    """What it would have done. `spared` calls would not have been made, `later` ones after the
    hold; `opened` and `joined` are incidents."""

    since: datetime
    events: int
    fitting: int
    alerts: int
    calls: int
    spared: int
    later: int
    opened: int
    joined: int
    partly: bool
    slow: bool
    days: list[DayOut]
    examples: list[ExampleOut]


class WaitingOut(Schema):
    """A trial of many events: ask for it by its id until `result` is there."""

    id: int
    done: int
    total: int
    result: TrialOut | None

    @staticmethod
    def resolve_result(waiting: RuleTrial) -> Trial | None:
        return rule_trials.result_of_trial(waiting)


@router.get("/events/rules", response=list[RuleOut], auth=may(rights.READ))
def list_event_rules(request: ActorRequest) -> list[EventRule]:
    """All of them, in the order in which alerts are tried."""
    return list(queries.event_rules(seen_by=request.actor))


@router.post("/events/rules", response={201: RuleOut}, auth=may(rights.ADMINISTER))
def create_event_rule(request: ActorRequest, body: RuleIn) -> Status[EventRule]:
    """It is off: try it, then switch it on."""
    made = rules.create_event_rule(body.terms(body.name), by=request.actor, at=now())
    return Status(201, made)


@router.post(
    "/events/rules/trial", response={200: TrialOut, 202: WaitingOut}, auth=may(rights.ADMINISTER)
)
def try_event_rule(request: ActorRequest, body: TermsIn) -> Status[Any]:
    """What it would have done in the last seven days; where that is much, 202 and a job."""
    found = rule_trials.try_rule(body.terms(), by=request.actor, at=now(), wait_for=True)
    return Status(200 if isinstance(found, Trial) else 202, found)


@router.get("/events/rules/trials/{int:trial_id}", response=WaitingOut, auth=may(rights.ADMINISTER))
def get_rule_trial(request: ActorRequest, trial_id: int) -> RuleTrial:
    return queries.get_trial(trial_id, seen_by=request.actor)


@router.get("/events/rules/{int:rule_id}", response=RuleOut, auth=may(rights.READ))
def get_event_rule(request: ActorRequest, rule_id: int) -> EventRule:
    return queries.get_event_rule(rule_id, seen_by=request.actor)


@router.put("/events/rules/{int:rule_id}", response=RuleOut, auth=may(rights.ADMINISTER))
def edit_event_rule(request: ActorRequest, rule_id: int, body: RuleIn) -> EventRule:
    rule = queries.get_event_rule(rule_id, seen_by=request.actor)
    rules.edit_event_rule(rule, body.terms(body.name), by=request.actor, at=now())
    return queries.get_event_rule(rule_id, seen_by=request.actor)


@router.delete("/events/rules/{int:rule_id}", response={204: None}, auth=may(rights.ADMINISTER))
def remove_event_rule(request: ActorRequest, rule_id: int) -> Status[Any]:
    rule = queries.get_event_rule(rule_id, seen_by=request.actor)
    rules.remove_event_rule(rule, by=request.actor, at=now())
    return Status(204, None)


@router.put("/events/rules/{int:rule_id}/activity", response=RuleOut, auth=may(rights.ADMINISTER))
def switch_event_rule(request: ActorRequest, rule_id: int, body: Activity) -> EventRule:
    rule = queries.get_event_rule(rule_id, seen_by=request.actor)
    rules.switch_event_rule(rule, on=body.active, by=request.actor, at=now())
    return queries.get_event_rule(rule_id, seen_by=request.actor)


@router.post("/events/rules/{int:rule_id}/moves", response=RuleOut, auth=may(rights.ADMINISTER))
def move_event_rule(request: ActorRequest, rule_id: int, body: MoveIn) -> EventRule:
    """One place up or down."""
    rule = queries.get_event_rule(rule_id, seen_by=request.actor)
    rules.move_event_rule(rule, body.way, by=request.actor, at=now())
    return queries.get_event_rule(rule_id, seen_by=request.actor)
