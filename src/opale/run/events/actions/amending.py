"""What a tool corrects of an alert that it raised: words, labels, how bad it is."""

from collections.abc import Mapping
from datetime import datetime

from opale.kernel.acting import acting
from opale.kernel.actor import Actor
from opale.kernel.errors import IllegalMove
from opale.kernel.facts import announce
from opale.kernel.states import record_moves
from opale.run.events.actions.announcing import call, touch_alerts
from opale.run.events.actions.qualifying import watch
from opale.run.events.actions.recording import hold_alerts, record_change
from opale.run.events.facts import AlertsRisen
from opale.run.events.life import RISEN
from opale.run.events.models import Alert, AlertChange
from opale.run.events.states import BAD, AlertState, Severity
from opale.run.events.storable import TEXT_LENGTH, TITLE_LENGTH, cut, storable_text, without_nul


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
    """Correct what is given; labels are replaced as a whole, and what it is about stays.

    Errors: NotFound, NotAllowed, IllegalMove (it is closed).
    """
    with acting(by):
        (held,) = hold_alerts(Alert.objects.filter(pk=alert.pk), by=by)
        if held.state == AlertState.CLOSED:
            raise IllegalMove("amend", {held.pk: held.state})
        before, state = Severity(held.severity), held.state
        seen = held.peak_severity or before
        if title:
            held.title = cut(storable_text(title), TITLE_LENGTH)
        if text is not None:
            held.text = cut(storable_text(text), TEXT_LENGTH)
        if labels is not None:
            held.labels = without_nul(dict(labels))
        if severity is not None:
            held.severity = severity
            held.peak_severity = max(severity, seen)
        risen = severity is not None and severity > seen and state in BAD
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
            record_change([held.pk], kind, by=by, at=at, source=names[0], target=names[1])
            if severity > before and held.qualified_at is None:
                watch([held], at=at)
        touch_alerts([held.pk])


def _tell_of_rise(alert: Alert, state: str, *, by: Actor, at: datetime) -> None:
    """What is worse than what was seen is open again, as if an event had said so."""
    if state != AlertState.OPEN:
        record_moves(Alert, "reopen", {alert.pk: state}, AlertState.OPEN, by=by, at=at)
    announce(AlertsRisen(alert_ids=(alert.pk,), at=at), by=by)
    call([alert.pk], RISEN, by=by, at=at)
