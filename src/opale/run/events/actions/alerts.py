"""What people do to alerts: they see to them, or are done with them."""

from datetime import datetime, timedelta

from django.db.models import F

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, NotFound
from opale.kernel.states import perform, record_moves
from opale.run.events.actions.alert_pages import answer_pages_of, end_pages_of, resume_pages_of
from opale.run.events.actions.announcements import touch_alerts
from opale.run.events.actions.assignments import assign_unowned, unassign_own
from opale.run.events.models import Alert, AlertsQuerySet
from opale.run.events.rights import WORK
from opale.run.events.states import ACKNOWLEDGE, CLOSE, UNACKNOWLEDGE, AlertState

Alerts = AlertsQuerySet[Alert]


def acknowledge_alerts(alerts: Alerts, *, by: Actor, at: datetime) -> list[int]:
    """Say that somebody sees to them: what nobody owns is that person's. All of them, or none.

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
    """Take that back; who does so owns them no more. Errors: NotFound, NotAllowed, IllegalMove."""
    with attributed(by):
        moved = perform(UNACKNOWLEDGE, alerts.visible_to(by), by=by, at=at)
        unassign_own(moved, by=by, at=at)
        resume_pages_of(moved, by=by, at=at)
        touch_alerts(moved)
    return moved


def close_alerts(alerts: Alerts, *, by: Actor, at: datetime) -> list[int]:
    """Be done with them. If the source still complains, a new alert opens.

    Errors: NotFound, NotAllowed, IllegalMove.
    """
    with attributed(by):
        rows = alerts.visible_to(by)
        moved = perform(CLOSE, rows, by=by, at=at, closed_at=at, flapping_since=None)
        end_pages_of(moved, by=by, at=at)
        touch_alerts(moved)
    return moved


def reopen_alert(alert: Alert, *, to: AlertState, by: Actor, at: datetime) -> None:
    """Take a closing back: the alert is again what it was.

    Errors: NotFound, NotAllowed, Conflict (meanwhile a new alert is open for the same thing).
    """
    with attributed(by):
        held = Alert.objects.visible_to(by).select_for_update(of=("self",))
        seen = held.within(by, WORK).filter(pk=alert.pk, state=AlertState.CLOSED).first()
        if seen is None:
            raise NotFound
        live = Alert.objects.filter(integration=seen.integration_id, identity=seen.identity)
        if live.exclude(state=AlertState.CLOSED).exists():
            raise Conflict
        if to == AlertState.CLEARED and seen.cleared_at is None:
            to = AlertState.OPEN
        until = seen.shelved_until if to == AlertState.SHELVED else None
        held.filter(pk=seen.pk).update(state=to, closed_at=None, shelved_until=until)
        record_moves(Alert, "reopen", {seen.pk: AlertState.CLOSED}, to, by=by, at=at)
        touch_alerts([seen.pk])


def close_quiet_alerts(*, by: Actor, at: datetime, quiet_for: timedelta) -> list[int]:
    """Close what has been clear for so long: if it comes back, that is a new trouble."""
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
