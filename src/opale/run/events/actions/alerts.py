"""Acknowledging, closing and reopening of alerts."""

from datetime import datetime, timedelta

from django.db.models import F

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, NotAllowed, NotFound
from opale.kernel.states import perform, record_moves
from opale.run.events.actions.alert_pages import answer_pages_of, end_pages_of, resume_pages_of
from opale.run.events.actions.announcements import touch_alerts
from opale.run.events.actions.assignments import assign_unowned, unassign_own
from opale.run.events.models import Alert, AlertsQuerySet
from opale.run.events.rights import WORK
from opale.run.events.states import ACKNOWLEDGE, CLOSE, UNACKNOWLEDGE, AlertState

Alerts = AlertsQuerySet[Alert]


def acknowledge_alerts(alerts: Alerts, *, by: Actor, at: datetime) -> list[int]:
    """Acknowledge all these alerts or none; those without an owner become the actor's.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    with attributed(by):
        rows = alerts.visible_to(by)
        moved = perform(ACKNOWLEDGE, rows, by=by, at=at, peak_severity=F("severity"))
        assign_unowned(moved, by=by, at=at)
        answer_pages_of(moved, by=by, at=at)
        touch_alerts(moved)
    return moved


def unacknowledge_alerts(alerts: Alerts, *, by: Actor, at: datetime) -> list[int]:
    """Undo an acknowledgement; the actor owns these alerts no more.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    with attributed(by):
        moved = perform(UNACKNOWLEDGE, alerts.visible_to(by), by=by, at=at)
        unassign_own(moved, by=by, at=at)
        resume_pages_of(moved, by=by, at=at)
        touch_alerts(moved)
    return moved


def close_alerts(alerts: Alerts, *, by: Actor, at: datetime) -> list[int]:
    """Close these alerts. If the source still reports the trouble, a new alert opens.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    with attributed(by):
        rows = alerts.visible_to(by)
        moved = perform(CLOSE, rows, by=by, at=at, closed_at=at, flapping_since=None)
        end_pages_of(moved, by=by, at=at)
        touch_alerts(moved)
    return moved


def reopen_alert(alert: Alert, *, to: AlertState, by: Actor, at: datetime) -> None:
    """Undo a closing: put the alert back into its former state.

    Errors: NotFound, NotAllowed, Conflict (meanwhile a new alert is open for the same thing).
    """
    with attributed(by):
        held = Alert.objects.visible_to(by).select_for_update(of=("self",))
        seen = held.filter(pk=alert.pk, state=AlertState.CLOSED).first()
        if seen is None:
            raise NotFound
        if not held.within(by, WORK).filter(pk=seen.pk).exists():
            raise NotAllowed
        live = Alert.objects.filter(integration=seen.integration_id, identity=seen.identity)
        if live.exclude(state=AlertState.CLOSED).exists():
            raise Conflict
        if to == AlertState.CLEARED and seen.cleared_at is None:
            to = AlertState.OPEN
        until = seen.shelved_until if to == AlertState.SHELVED else None
        end = {} if to == AlertState.CLEARED else {"cleared_at": None, "end_received_at": None}
        held.filter(pk=seen.pk).update(state=to, closed_at=None, shelved_until=until, **end)
        record_moves(Alert, "reopen", {seen.pk: AlertState.CLOSED}, to, by=by, at=at)
        touch_alerts([seen.pk])


def close_quiet_alerts(*, by: Actor, at: datetime, quiet_for: timedelta) -> list[int]:
    """Close the alerts that have been clear for so long: whatever returns is a new trouble."""
    quiet = Alert.objects.filter(
        state=AlertState.CLEARED,
        cleared_at__lte=at - quiet_for,
        last_received_at__lte=at - quiet_for,
    )
    chosen = list(quiet.order_by("pk").values_list("pk", flat=True)[:1000])
    return (
        close_alerts(Alert.objects.filter(pk__in=chosen, state=AlertState.CLEARED), by=by, at=at)
        if chosen
        else []
    )
