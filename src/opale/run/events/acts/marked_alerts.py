"""Acts on several alerts at once, and how each is undone."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.kernel.errors import Conflict
from opale.listings.declarations import RowAct, RowUndo
from opale.organisation.models import Person
from opale.run.events.actions.alert_changes import lock_alerts
from opale.run.events.actions.alerts import (
    acknowledge_alerts,
    close_alerts,
    reopen_alert,
    unacknowledge_alerts,
)
from opale.run.events.actions.assignments import assign_alerts
from opale.run.events.actions.silences import SilenceTerms, create_silence, end_silence
from opale.run.events.acts.alerts import on_one
from opale.run.events.domain.silences import Matcher
from opale.run.events.forms.alerts import AssignForm, SilenceMarkedForm
from opale.run.events.models import Alert, Silence
from opale.run.events.rights import WORK
from opale.run.events.states import ACKNOWLEDGE, CLOSE, AlertState


def unacknowledge(alert: Alert, _before: object, *, by: Actor) -> None:
    on_one(unacknowledge_alerts)(alert, by=by, at=now())


def reopen(alert: Alert, state: str, *, by: Actor) -> None:
    reopen_alert(alert, to=AlertState(state), by=by, at=now())


def assign(alert: Alert, *, person: Person, by: Actor, at: datetime) -> int:
    on_one(assign_alerts)(alert, to=person, by=by, at=at)
    return person.pk


def assign_back(alert: Alert, before: tuple[int | None, int], *, by: Actor) -> None:
    """Give an alert back to its former owner. Errors: NotFound, NotAllowed, IllegalMove (closed),
    Conflict (somebody else has it meanwhile)."""
    former_id, given_id = before
    with attributed(by):
        (held,) = lock_alerts(Alert.objects.filter(pk=alert.pk), by=by)
        if held.owner_id != given_id:
            raise Conflict(_("This alert has been assigned to somebody else in the meantime."))
        former = Person.objects.filter(pk=former_id).first() if former_id else None
        on_one(assign_alerts)(alert, to=former, by=by, at=now())


def silence(alert: Alert, *, until: datetime, comment: str, by: Actor, at: datetime) -> Silence:
    """Silence what has exactly the labels of an alert. Errors: NotAllowed, Invalid, Conflict."""
    if Alert.objects.filter(pk=alert.pk, silence__isnull=False).exists():
        raise Conflict(_("A silence already mutes this alert."))
    labels = tuple(Matcher(name, value) for name, value in sorted(alert.labels.items()) if value)
    if not labels and alert.item_id is None:
        raise Conflict(_("This alert has neither labels nor an item by which to silence it."))
    items = (alert.item_id,) if alert.item_id is not None and not labels else ()
    terms = SilenceTerms(
        matchers=labels,
        starts_at=at,
        ends_at=until,
        comment=comment,
        integration_id=alert.integration_id,
        item_ids=items,
    )
    return create_silence(terms, by=by, at=at)


def unsilence(_alert: Alert, silence_id: int, *, by: Actor) -> None:
    end_silence(Silence.objects.get(pk=silence_id), by=by, at=now())


def _nothing(_alert: Alert, _made: Any) -> None:
    return None


MARKED_ACTS = (
    RowAct(
        "acknowledge", ACKNOWLEDGE.label, WORK, on_one(acknowledge_alerts), "eye-check", key="a",
        undo=RowUndo(_nothing, unacknowledge),
    ),
    RowAct(
        "assign", gettext_lazy("Assign"), WORK, assign, "user-share", AssignForm, key="o",
        undo=RowUndo(lambda alert, made: (alert.owner_id, made), assign_back),
    ),
    RowAct(
        "silence", gettext_lazy("Silence"), WORK, silence, "bell-off", SilenceMarkedForm, key="s",
        undo=RowUndo(lambda _alert, made: made.pk, unsilence),
    ),
    RowAct(
        "close", CLOSE.label, WORK, on_one(close_alerts), "archive", key="c",
        undo=RowUndo(lambda alert, _made: alert.state, reopen),
    ),
)  # fmt: skip
