"""Answers about event rules and their trials."""

from datetime import datetime
from typing import Any, Literal

from ninja import Schema

from opale.run.events.actions import rule_trials
from opale.run.events.models import EventRule, RuleTrial
from opale.run.events.queries.rule_trials import Outcome, Trial

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
