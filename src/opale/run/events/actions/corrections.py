"""Corrections by a tool of an alert that it raised: words, labels, severity."""

from collections.abc import Mapping
from datetime import datetime

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import IllegalMove
from opale.kernel.facts import announce
from opale.kernel.states import record_moves
from opale.run.events.actions.alert_changes import lock_alerts, record_alert_changes
from opale.run.events.actions.announcements import announce_call, touch_alerts
from opale.run.events.actions.qualification import schedule_qualification
from opale.run.events.domain.alert_state_machine import RISEN
from opale.run.events.domain.clean_events import (
    TEXT_LENGTH,
    TITLE_LENGTH,
    clean_text,
    truncated,
    without_nul,
)
from opale.run.events.facts import AlertsRisen
from opale.run.events.models import Alert, AlertChange
from opale.run.events.states import FIRING_STATES, AlertState, Severity


def amend_alert(
    alert: Alert,
    *,
    title: str | None = None,
    text: str | None = None,
    severity: Severity | None = None,
    labels: Mapping[str, str] | None = None,
    by: Actor,
    at: datetime,
) -> None:
    """Correct the given fields; labels are replaced as a whole, and the alert's subject stays.

    Errors: NotFound, NotAllowed, IllegalMove (it is closed).
    """
    with attributed(by):
        (held,) = lock_alerts(Alert.objects.filter(pk=alert.pk), by=by)
        if held.state == AlertState.CLOSED:
            raise IllegalMove("amend", {held.pk: held.state})
        before, state = Severity(held.severity), held.state
        seen = held.peak_severity or before
        if title:
            held.title = truncated(clean_text(title), TITLE_LENGTH)
        if text is not None:
            held.text = truncated(clean_text(text), TEXT_LENGTH)
        if labels is not None:
            held.labels = without_nul(dict(labels))
        if severity is not None:
            held.severity = severity
            held.peak_severity = max(severity, seen)
        risen = severity is not None and severity > seen and state in FIRING_STATES
        if risen:
            held.state, held.shelved_until = AlertState.OPEN, None
        held.save(
            update_fields=[
                "title",
                "text",
                "labels",
                "severity",
                "peak_severity",
                "state",
                "shelved_until",
            ]
        )
        if risen:
            _tell_of_rise(held, state, by=by, at=at)
        if severity is not None and severity != before:
            kind, names = AlertChange.Kind.SEVERITY, (before.name.lower(), severity.name.lower())
            record_alert_changes([held.pk], kind, by=by, at=at, source=names[0], target=names[1])
            if severity > before and held.qualified_at is None:
                schedule_qualification([held], at=at)
        touch_alerts([held.pk])


def _tell_of_rise(alert: Alert, state: str, *, by: Actor, at: datetime) -> None:
    """Reopen an alert that got worse since acknowledged, as an event would, and announce it."""
    if state != AlertState.OPEN:
        record_moves(Alert, "reopen", {alert.pk: state}, AlertState.OPEN, by=by, at=at)
    announce(AlertsRisen(alert_ids=(alert.pk,), at=at), by=by)
    announce_call([alert.pk], RISEN, by=by, at=at)
