"""Acts of alerts: acknowledge, close, shelve, assign and note, and what takes that back."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import HOME, Place, Subject, button, form, moves
from opale.kernel.actor import Actor
from opale.kernel.states import Move
from opale.organisation.queries.people import get_person
from opale.run.events.actions import alerts, assignments, shelving
from opale.run.events.forms.alerts import AssignForm, NoteForm, OwnerForm, ShelveForm
from opale.run.events.models import Alert
from opale.run.events.queries.alerts import get_alert
from opale.run.events.rights import WORK
from opale.run.events.shapes.alerts import NoteOut, WholeAlertOut
from opale.run.events.states import (
    ACKNOWLEDGE,
    CLOSE,
    LIVE_STATES,
    SHELVE,
    UNACKNOWLEDGE,
    UNSHELVE,
    AlertState,
)

NOBODY = 0
REOPENINGS = {
    str(state): Move("reopen", frozenset({AlertState.CLOSED}), state, WORK)
    for state in sorted(LIVE_STATES)
}
UNSHELVINGS = {str(state): replace(UNSHELVE, target=state) for state in sorted(LIVE_STATES)}


@dataclass(frozen=True, slots=True)
class AlertOwner:
    """Owner of an alert, or NOBODY, as an address names one."""

    alert: Alert
    person_id: int


def get_alert_owner(person_id: int, *, seen_by: Actor, alert: Alert) -> AlertOwner:
    return AlertOwner(alert, person_id)


def on_one(action: Callable[..., Any]) -> Callable[..., Any]:
    """Return an action on many alerts as one on a single alert."""

    @wraps(action)
    def run(alert: Alert, **fields: Any) -> Any:
        return action(Alert.objects.filter(pk=alert.pk), **fields)

    return run


def place_of_alert(alert: Alert) -> Place:
    return reverse("events_alert", args=[alert.pk]), alert.title


def reopen(alert: Alert, *, by: Actor, move: Move, at: datetime) -> None:
    """Put a closed alert back into its former state."""
    alerts.reopen_alert(alert, to=AlertState(move.target), by=by, at=at)


def unshelve(alert: Alert, *, by: Actor, move: Move, at: datetime) -> None:
    """Unshelve to open, or to acknowledged where a shelving is undone."""
    on_one(shelving.unshelve_alerts)(alert, to=AlertState(move.target), by=by, at=at)


def set_alert_owner(owner: AlertOwner, *, by: Actor, at: datetime) -> None:
    """Set the owner of an alert, or remove it."""
    to = get_person(owner.person_id, seen_by=by) if owner.person_id else None
    on_one(assignments.assign_alerts)(owner.alert, to=to, by=by, at=at)


def url_of_former_owner(alert: Alert, _made: object = None) -> str:
    """Return the address that sets the owner whom an alert had."""
    return reverse("events_set_alert_owner", args=[alert.pk, alert.owner_id or NOBODY])


def undo_set_alert_owner(owner: AlertOwner, _made: object) -> str:
    """Return the address that undoes a new owner; "" where it is the former one."""
    same = owner.person_id == (owner.alert.owner_id or NOBODY)
    return "" if same else url_of_former_owner(owner.alert)


ALERT: Subject[Any] = Subject(
    name="alert", model=Alert, get=get_alert, shape=WholeAlertOut, page="alerts/<int:alert_id>/",
    endpoint="/alerts/{int:alert_id}", home=place_of_alert,
    region=HOME,
)  # fmt: skip
OWNER: Subject[Any] = Subject(
    name="owner", get=get_alert_owner, within=ALERT, page="owner/<int:person_id>/",
    home=lambda owner: place_of_alert(owner.alert),
)  # fmt: skip
ACTS = (
    button(
        ALERT, on_one(alerts.acknowledge_alerts), "acknowledge_alert", WORK, move=ACKNOWLEDGE,
        noun="acknowledgement", icon="eye-check", key="a", said=_("Alert acknowledged."),
        undo="unacknowledge_alert",
    ),
    button(
        ALERT, on_one(alerts.unacknowledge_alerts), "unacknowledge_alert", WORK,
        move=UNACKNOWLEDGE, noun="unacknowledgement", page="acknowledgement/withdrawal",
        label=_("Unacknowledge"), icon="eye-off", key="a",
        said=_("Acknowledgement withdrawn."),
    ),
    button(
        ALERT, on_one(alerts.close_alerts), "close_alert", WORK, move=CLOSE, noun="closure",
        icon="archive", key="c", tone="ghost", said=_("Alert closed."),
        undo=lambda alert, _made: reverse("events_reopen_alert", args=[alert.pk, alert.state]),
    ),
    moves(
        ALERT, reopen, "reopen_alert", WORK, noun=None, page="closure/withdrawal", choice="state",
        among=REOPENINGS, said=_("Alert restored to its previous state."),
    ),
    form(
        ALERT, on_one(shelving.shelve_alerts), "shelve_alert", WORK, ShelveForm, move=SHELVE,
        noun="shelve", page="shelf", title=_("Snooze alert"), submit=_("Snooze"),
        said=_("Alert snoozed."),
        undo=lambda alert, _made: reverse(
            "events_undo_shelving", args=[alert.pk, alert.state]
        ),
        text="Without `until` it is shelved until it clears.",
    ),
    button(
        ALERT, on_one(shelving.unshelve_alerts), "unshelve_alert", WORK, move=UNSHELVE,
        noun="unshelve", page=None,
    ),
    moves(
        ALERT, unshelve, "undo_shelving", WORK, noun=None, page="shelf/withdrawal",
        choice="state", among=UNSHELVINGS, icon="clock-play", key="z",
        said=_("Snooze ended."),
    ),
    form(
        ALERT, on_one(assignments.assign_alerts), "assign_alert", WORK, AssignForm,
        body=OwnerForm, noun="assign", page="owner", states=LIVE_STATES,
        title=_("Assign alert"), submit=_("Assign"), label=_("Assign to…"),
        icon="user-share", tone="ghost", said=_("Alert assigned."),
        undo=url_of_former_owner,
        text="Without `person_id` it is nobody's.",
    ),
    button(
        OWNER, set_alert_owner, "set_alert_owner", WORK, noun=None, page="",
        undo=undo_set_alert_owner,
        said=lambda owner, _made: gettext("Alert assigned.")
        if owner.person_id
        else gettext("Alert unassigned."),
    ),
    button(
        ALERT, assignments.add_alert_note, "note_alert", WORK, of=NoteForm,
        noun="notes", made=NoteOut, said=_("Note added."),
    ),
)  # fmt: skip
