"""Ends or resumes the pages about alerts when people act on the alerts.

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
    """Return the name under which paging knows an alert."""
    return f"events.alert:{alert_id}"


def answer_pages_of(alert_ids: Collection[int], *, by: Actor, at: datetime) -> None:
    """Stop paging for these alerts: somebody has acknowledged them."""
    if has_active_policy():
        answer_calls_about([page_subject(pk) for pk in alert_ids], by=by, at=at)


def resume_pages_of(alert_ids: Collection[int], *, by: Actor, at: datetime) -> None:
    """Page again whoever was called for these alerts: nobody has acknowledged them after all."""
    if has_active_policy():
        give_back_calls_about([page_subject(pk) for pk in alert_ids], by=by, at=at)


def end_pages_of(alert_ids: Collection[int], *, by: Actor, at: datetime) -> None:
    """End the pages about these alerts."""
    if has_active_policy():
        end_calls_about([page_subject(pk) for pk in alert_ids], by=by, at=at)
