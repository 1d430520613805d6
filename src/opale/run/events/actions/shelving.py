"""The shelf: known alerts are put away, and come back by themselves if they are still bad.

A durable timer serves what falls due in the same second; what fell due while Opale was down comes
back with it, and a sweep each minute finds what a lost timer would have missed.
Source: docs/rules/alerts.md, "Snooze".
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid
from opale.kernel.states import perform
from opale.kernel.timers import Timers
from opale.run.events.actions.alert_changes import record_alert_changes
from opale.run.events.actions.alert_pages import end_pages_of
from opale.run.events.actions.announcements import announce_call, touch_alerts
from opale.run.events.actions.qualification import schedule_qualification
from opale.run.events.models import Alert, AlertChange, AlertsQuerySet
from opale.run.events.states import SHELVE, UNSHELVE, AlertState

TIMER_JOB: Final = "events.unshelve_due_alerts"
TIMERS: Final = Timers(TIMER_JOB)
MAX_SHELF_TIME: Final = timedelta(days=366)
AT_ONCE: Final = 500

Alerts = AlertsQuerySet[Alert]


def shelve_alerts(alerts: Alerts, until: datetime | None, *, by: Actor, at: datetime) -> list[int]:
    """Shelve all these alerts or none, until the given time or until they clear.

    Alerts that are shelved already get the new end.
    Errors: NotFound, NotAllowed, IllegalMove, Invalid(until).
    """
    if until is not None and not at < until <= at + MAX_SHELF_TIME:
        raise Invalid(until=_("The end must be in the future, within a year."))
    with attributed(by):
        moved = perform(
            SHELVE,
            alerts.visible_to(by),
            by=by,
            at=at,
            shelved_until=until,
            peak_severity=F("severity"),
        )
        record_alert_changes(moved, AlertChange.Kind.SHELVED, by=by, at=at, until=until)
        if until is not None:
            TIMERS.set([until], at=at)
        end_pages_of(moved, by=by, at=at)
        touch_alerts(moved)
    return moved


def unshelve_alerts(
    alerts: Alerts, *, by: Actor, at: datetime, to: AlertState = AlertState.OPEN
) -> list[int]:
    """Unshelve these alerts, and announce them unless they return to acknowledged.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    back = AlertState.ACKNOWLEDGED if to == AlertState.ACKNOWLEDGED else AlertState.OPEN
    move = replace(UNSHELVE, target=back)
    with attributed(by):
        moved = perform(
            move,
            alerts.visible_to(by),
            by=by,
            at=at,
            shelved_until=None,
            peak_severity=F("severity"),
        )
        if back == AlertState.OPEN:
            announce_call(moved, "unshelved", by=by, at=at)
        schedule_qualification(list(Alert.objects.filter(pk__in=moved, qualified_at=None)), at=at)
        touch_alerts(moved)
    return moved


def unshelve_due_alerts(*, by: Actor, at: datetime) -> list[int]:
    """Unshelve the alerts that are still bad when their time is over."""
    found: list[int] = []
    while True:
        some = _unshelve_some(by=by, at=at)
        found += some
        if len(some) < AT_ONCE:
            return found


def _unshelve_some(*, by: Actor, at: datetime) -> list[int]:
    with attributed(by):
        due = Alert.objects.filter(state=AlertState.SHELVED, shelved_until__lte=at)
        held = due.order_by("pk").select_for_update(skip_locked=True, of=("self",))
        ids = list(held.values_list("pk", flat=True)[:AT_ONCE])
        return unshelve_alerts(Alert.objects.filter(pk__in=ids), by=by, at=at) if ids else []
