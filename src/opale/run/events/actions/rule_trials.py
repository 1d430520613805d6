"""Trials of rules that take too long for a request: a job that reports its progress.

Source: docs/rules/rules.md, "The trial".
"""

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from procrastinate.contrib.django import app

from opale.kernel import live_topics
from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed
from opale.run.events.actions.rules import RuleTerms, validate_condition
from opale.run.events.domain.rules import ActiveRule, ActiveRules
from opale.run.events.models import RuleTrial
from opale.run.events.queries.rule_trials import AT_ONCE, Trial, count_week_events, run_trial
from opale.run.events.queries.rules import company_zone
from opale.run.events.rights import ADMINISTER

JOB: Final = "events.try_rule"
KEPT: Final = timedelta(days=1)


def try_rule(
    terms: RuleTerms, *, by: Actor, at: datetime, wait_for: bool = False
) -> Trial | RuleTrial | int:
    """Return what the rule would have done last week; if that takes longer, the number of events.

    With `wait_for` a job tries it then, and the trial to wait for is returned.
    Errors: NotAllowed, Invalid(condition).
    """
    if not by.everywhere(ADMINISTER):
        raise NotAllowed
    ruling = active_rule_of_terms(terms)
    total = count_week_events(ruling, at=at)
    if total <= AT_ONCE:
        return run_trial(ruling, ActiveRules([ruling], company_zone()), seen_by=by, at=at)
    if not wait_for:
        return total
    RuleTrial.objects.filter(asked_at__lt=at - KEPT).delete()
    made = RuleTrial.objects.create(
        terms=msgspec.to_builtins(terms), asked_by=by.key, asked_at=at, total=total
    )
    app.configure_task(JOB).defer(trial_id=made.pk)
    return made


def finish_trial(trial_id: int, *, by: Actor, at: datetime) -> None:
    """Run the trial now, and record its progress."""
    waiting = RuleTrial.objects.filter(pk=trial_id, result__isnull=True).first()
    if waiting is None:
        return
    ruling = active_rule_of_terms(terms_of_trial(waiting))

    def progress(tried: int) -> None:
        RuleTrial.objects.filter(pk=trial_id).update(done=tried)
        live_topics.publish(waiting.topic)

    found = run_trial(
        ruling, ActiveRules([ruling], company_zone()), seen_by=by, at=at, progress=progress
    )
    RuleTrial.objects.filter(pk=trial_id).update(result=msgspec.to_builtins(found))
    live_topics.publish(waiting.topic)


def terms_of_trial(waiting: RuleTrial) -> RuleTerms:
    return msgspec.convert(waiting.terms, RuleTerms)


def result_of_trial(waiting: RuleTrial) -> Trial | None:
    """Return the result of the trial, or None while it runs."""
    found: Any = waiting.result
    return msgspec.convert(found, Trial) if found is not None else None


def active_rule_of_terms(terms: RuleTerms) -> ActiveRule:
    """Return the rule that these terms describe. Errors: Invalid(condition)."""
    return ActiveRule(
        0,
        terms.name,
        terms.effect,
        validate_condition(terms.condition),
        terms.hold_for,
        terms.team_id,
        integration_id=terms.integration_id,
    )
