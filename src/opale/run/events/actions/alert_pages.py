"""What people do to alerts ends the pages about them, or lets them go on.

Source: docs/rules/paging.md, "Answers".
"""

from collections.abc import Collection
from datetime import datetime

from opale.kernel.actor import Actor
from opale.run.paging.actions.answers import (
    answer_calls_about,
    end_calls_about,
    give_back_calls_about,
)
from opale.run.paging.queries.escalation_plans import has_active_policy


def page_subject(alert_id: int | str) -> str:
    """How paging names an alert."""
    return f"events.alert:{alert_id}"


def answer_pages_of(alert_ids: Collection[int], *, by: Actor, at: datetime) -> None:
    """Somebody sees to them: nobody else is called."""
    if has_active_policy():
        answer_calls_about([page_subject(pk) for pk in alert_ids], by=by, at=at)


def resume_pages_of(alert_ids: Collection[int], *, by: Actor, at: datetime) -> None:
    """Nobody sees to them after all: whoever was called for them is called again."""
    if has_active_policy():
        give_back_calls_about([page_subject(pk) for pk in alert_ids], by=by, at=at)


def end_pages_of(alert_ids: Collection[int], *, by: Actor, at: datetime) -> None:
    """They call for nobody any more."""
    if has_active_policy():
        end_calls_about([page_subject(pk) for pk in alert_ids], by=by, at=at)
