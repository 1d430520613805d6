"""What people do to alerts ends the pages about them, or lets them go on.

Source: docs/rules/paging.md, "Answers".
"""

from collections.abc import Collection
from datetime import datetime

from opale.kernel.actor import Actor
from opale.run.paging.actions import answer_about, resolve_about, rouse_about
from opale.run.paging.queries import is_anybody_called


def about(alert_id: int | str) -> str:
    """How paging names an alert."""
    return f"events.alert:{alert_id}"


def seen_to(alert_ids: Collection[int], *, by: Actor, at: datetime) -> None:
    """Somebody sees to them: nobody else is called."""
    if is_anybody_called():
        answer_about([about(pk) for pk in alert_ids], by=by, at=at)


def given_back(alert_ids: Collection[int], *, by: Actor, at: datetime) -> None:
    """Nobody sees to them after all: whoever was called for them is called again."""
    if is_anybody_called():
        rouse_about([about(pk) for pk in alert_ids], by=by, at=at)


def done_with(alert_ids: Collection[int], *, by: Actor, at: datetime) -> None:
    """They call for nobody any more."""
    if is_anybody_called():
        resolve_about([about(pk) for pk in alert_ids], by=by, at=at)
