"""Trials of rules that take longer than somebody waits for: a job that says how far it is.

Source: docs/rules/rules.md, "The trial".
"""

from datetime import datetime, timedelta
from typing import Any, Final

import msgspec
from procrastinate.contrib.django import app

from opale.kernel import changes
from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed
from opale.run.events.actions.rules import RuleTerms, checked_condition
from opale.run.events.models import RuleTrial
from opale.run.events.queries.rules import zone
from opale.run.events.queries.trials import AT_ONCE, Trial, count_of_week, trial
from opale.run.events.rights import ADMINISTER
from opale.run.events.ruling import Ruling, Rulings

JOB: Final = "events.try_rule"
KEPT: Final = timedelta(days=1)


def try_rule(
    terms: RuleTerms, *, by: Actor, at: datetime, wait_for: bool = False
) -> Trial | RuleTrial | int:
    """What it would have done with the last week; how many events, where that takes longer.

    With `wait_for` a job tries it then, and the trial to wait for is returned.
    Errors: NotAllowed, Invalid(condition).
    """
    if not by.everywhere(ADMINISTER):
        raise NotAllowed
    ruling = ruling_in(terms)
    total = count_of_week(ruling, at=at)
    if total <= AT_ONCE:
        return trial(ruling, Rulings([ruling], zone()), seen_by=by, at=at)
    if not wait_for:
        return total
    RuleTrial.objects.filter(asked_at__lt=at - KEPT).delete()
    made = RuleTrial.objects.create(
        terms=msgspec.to_builtins(terms), asked_by=by.key, asked_at=at, total=total
    )
    app.configure_task(JOB).defer(trial_id=made.pk)
    return made


def finish_trial(trial_id: int, *, by: Actor, at: datetime) -> None:
    """Try it now, and say how far that is while it goes on."""
    waiting = RuleTrial.objects.filter(pk=trial_id, result__isnull=True).first()
    if waiting is None:
        return
    ruling = ruling_in(terms_tried(waiting))

    def progress(tried: int) -> None:
        RuleTrial.objects.filter(pk=trial_id).update(done=tried)
        changes.touch(waiting.topic)

    found = trial(ruling, Rulings([ruling], zone()), seen_by=by, at=at, progress=progress)
    RuleTrial.objects.filter(pk=trial_id).update(result=msgspec.to_builtins(found))
    changes.touch(waiting.topic)


def terms_tried(waiting: RuleTrial) -> RuleTerms:
    return msgspec.convert(waiting.terms, RuleTerms)


def result_of(waiting: RuleTrial) -> Trial | None:
    """What came of it, when it is done."""
    found: Any = waiting.result
    return msgspec.convert(found, Trial) if found is not None else None


def ruling_in(terms: RuleTerms) -> Ruling:
    """Errors: Invalid(condition)."""
    return Ruling(
        0,
        terms.name,
        terms.effect,
        checked_condition(terms.condition),
        terms.hold_for,
        terms.team_id,
        integration_id=terms.integration_id,
    )
