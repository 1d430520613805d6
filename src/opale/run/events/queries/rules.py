"""Queries on event rules, and on what they read of alerts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from django.db.models import QuerySet

from opale.customers.queries.lookups import PlanMatch, Sold, plans_sold
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.organisation.models import Company
from opale.run.events.domain.cel_subset import parse_condition
from opale.run.events.domain.conditions import Condition, Situation
from opale.run.events.domain.rules import ActiveRule, ActiveRules
from opale.run.events.models import EventRule, QualificationRule, RuleTrial, Silence
from opale.run.events.rights import READ
from opale.run.events.states import RuleEffect

INPUT_COLUMNS: Final = (
    "id",
    "integration_id",
    "severity",
    "title",
    "text",
    "labels",
    "integration__name",
    "integration__format",
    "item__name",
    "service__reference",
    "customer__code",
    "site__code",
    "customer_id",
    "service_id",
    "started_at",
    "count",
)
"""The columns of an alert that a `RuleInput` is made of."""
NEW: Final = timedelta()
"""The lowest age of an alert, whatever the clock of its source says."""


class RuleInput(msgspec.Struct, frozen=True, gc=False):
    """An alert as rules read it, without the time."""

    id: int
    integration_id: int
    severity: int
    name: str
    text: str
    labels: Mapping[str, str]
    integration: str
    source: str
    item: str
    service: str
    customer: str
    site: str
    sold: Sold | None
    started_at: datetime
    times: int

    @classmethod
    def of(cls, row: Sequence[Any]) -> "RuleInput":
        (pk, integration_id, severity, name, text, labels, integration, source, *about) = row
        item, service, customer, site, customer_id, service_id, started_at, times = about
        return cls(
            pk,
            integration_id,
            severity,
            name,
            text,
            labels,
            integration,
            source,
            item or "",
            service or "",
            customer or "",
            site or "",
            (customer_id, service_id) if customer_id else None,
            started_at,
            times,
        )

    def situation(
        self,
        moment: "EvaluationTime",
        plans: Mapping[Sold, PlanMatch],
        *,
        severity: int | None = None,
        times: int | None = None,
    ) -> Situation:
        plan = plans.get(self.sold) if self.sold else None
        return Situation(
            severity=self.severity if severity is None else severity,
            name=self.name,
            text=self.text,
            labels=self.labels,
            integration=self.integration,
            source=self.source,
            item=self.item,
            service=self.service,
            customer=self.customer,
            site=self.site,
            plan=plan.code if plan else "",
            stream=plan.stream if plan else "",
            hour=moment.hour,
            weekday=moment.weekday,
            age=max(moment.at - self.started_at, NEW),
            times=self.times if times is None else times,
        )


@dataclass(frozen=True, slots=True)
class EvaluationTime:
    """The time of an evaluation, with its hour and weekday in the company's zone."""

    at: datetime
    hour: int
    weekday: int

    @classmethod
    def of(cls, at: datetime, rulings: ActiveRules) -> "EvaluationTime":
        there = at.astimezone(rulings.zone)
        return cls(at, there.hour, there.isoweekday())


def load_active_rules() -> ActiveRules:
    """Return the rules that are tried on alerts, in their order."""
    rows = (
        existing_rules().filter(active=True, broken="", team__closed_on=None).select_related("team")
    )
    return ActiveRules(
        (to_active_rule(one, parse_condition(one.condition)) for one in rows), company_zone()
    )


def to_active_rule(rule: EventRule, condition: Condition) -> ActiveRule:
    return ActiveRule(
        rule.pk or 0,
        rule.name,
        RuleEffect(rule.effect),
        condition,
        rule.hold_for,
        rule.team_id,
        rule.team.name if rule.team else "",
        rule.integration_id,
    )


def company_zone() -> ZoneInfo:
    """Return the time zone of the company that operates the service."""
    names = Company.objects.filter(operates=True).values_list("time_zone", flat=True)
    return ZoneInfo(names.first() or "UTC")


def match_support_plans(
    seen: Iterable[RuleInput], rulings: ActiveRules, *, at: datetime
) -> Mapping[Sold, PlanMatch]:
    """Return the support plans of these alerts, where a rule reads them."""
    if not rulings.variables & {"plan", "stream"}:
        return {}
    sold = {one.sold for one in seen if one.sold is not None}
    return plans_sold(sold, on=at.astimezone(rulings.zone).date())


def existing_rules() -> QuerySet[EventRule]:
    return EventRule.objects.filter(removed_at=None).order_by("position", "id")


def event_rules(*, seen_by: Actor) -> QuerySet[EventRule]:
    """Return every rule, in the order in which they are tried."""
    if not seen_by.can(READ):
        return EventRule.objects.none()
    return existing_rules().select_related("team", "integration")


def qualification_rules(*, seen_by: Actor) -> QuerySet[QualificationRule]:
    """Return the rules of all integrations, which open incidents beside the event rules."""
    if not seen_by.can(READ):
        return QualificationRule.objects.none()
    rules = QualificationRule.objects.select_related("integration")
    return rules.order_by("integration__name", "name", "id")


def get_event_rule(rule_id: int, *, seen_by: Actor, removed: bool = False) -> EventRule:
    """Return a rule; with `removed` also a removed one. Errors: NotFound."""
    rows = EventRule.objects.select_related("team", "integration").filter(pk=rule_id)
    found = rows.first() if removed else rows.filter(removed_at=None).first()
    if found is None or not seen_by.can(READ):
        raise NotFound
    return found


def newest_version(of: EventRule | Silence) -> int:
    """Return the version before its newest change, by which that is undone; 0 for none."""
    former = type(of).former.rel.related_model  # type: ignore[union-attr]  # made by `tracked`
    rows = former.objects.filter(pgh_obj=of.pk, pgh_label="update").order_by("-pgh_id")
    return int(rows.values_list("pgh_id", flat=True).first() or 0)


@dataclass(frozen=True, slots=True)
class LastChange:
    """The last change of a rule: by whom, and when."""

    by: str
    at: datetime


def last_changes(rules: Sequence[EventRule]) -> Mapping[int, LastChange]:
    """Return the newest change of each rule; of an unchanged one, its creation."""
    former = EventRule.former.rel.related_model  # type: ignore[attr-defined]  # made by `tracked`
    rows = former.objects.filter(pgh_obj__in=[rule.pk for rule in rules])
    newest = rows.order_by("pgh_obj", "-pgh_id").distinct("pgh_obj")
    return {
        pk: LastChange((context or {}).get("name", ""), at)
        for pk, at, context in newest.values_list("pgh_obj", "pgh_created_at", "pgh_context")
    }


def get_trial(trial_id: int, *, seen_by: Actor) -> RuleTrial:
    """Return a trial of the actor's own. Errors: NotFound."""
    found = RuleTrial.objects.filter(pk=trial_id, asked_by=seen_by.key).first()
    if found is None:
        raise NotFound
    return found
