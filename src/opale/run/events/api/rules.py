"""Endpoints of event rules and their trials."""

from datetime import timedelta
from typing import Any

from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.conditions.tokens import MAX_LENGTH
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.kernel.clock import now
from opale.run.events import rights
from opale.run.events.actions import rule_trials
from opale.run.events.actions.rules import RuleTerms
from opale.run.events.models import EventRule, RuleTrial
from opale.run.events.queries import rules as queries
from opale.run.events.queries.rule_trials import Trial
from opale.run.events.shapes.rules import EffectName, RuleOut, TrialOut, WaitingOut
from opale.run.events.states import RuleEffect

router = Router(tags=["events"])


class TermsIn(Schema):
    """What fits, and what is done: `hold` takes `hold_seconds`, `route` a `team_id`."""

    condition: str = Field(min_length=1, max_length=MAX_LENGTH)
    effect: EffectName
    hold_seconds: float | None = Field(default=None, gt=0, le=86_400)
    team_id: int | None = Field(default=None, gt=0)
    integration_id: int | None = Field(default=None, gt=0)

    def terms(self) -> RuleTerms:
        seconds = self.hold_seconds
        return RuleTerms(
            name="",
            condition=self.condition,
            effect=RuleEffect(self.effect),
            hold_for=None if seconds is None else timedelta(seconds=seconds),
            team_id=self.team_id,
            integration_id=self.integration_id,
        )


@router.get("/events/rules", response=list[RuleOut], auth=may(rights.READ))
def list_event_rules(request: ActorRequest) -> list[EventRule]:
    """All of them, in the order in which alerts are tried."""
    return list(queries.event_rules(seen_by=request.actor))


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
