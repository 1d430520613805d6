"""Owners of alerts, and the notes that people write on them.

Source: docs/rules/alerts.md, "Owner and notes".
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.kernel.errors import IllegalMove, Invalid
from opale.organisation.facts import PersonLeft
from opale.organisation.models import Person
from opale.run.events.actions.alert_changes import lock_alerts, record_alert_changes
from opale.run.events.actions.announcements import touch_alerts
from opale.run.events.models import Alert, AlertChange, AlertNote, AlertsQuerySet
from opale.run.events.states import AlertState

MAX_NOTE_LENGTH: Final = 20_000

Alerts = AlertsQuerySet[Alert]


def assign_alerts(alerts: Alerts, to: Person | None, *, by: Actor, at: datetime) -> list[int]:
    """Set or remove the owner of these alerts; return those that had another one.

    Errors: NotFound, NotAllowed, IllegalMove (one is closed), Invalid (a person who has left).
    """
    if to is not None and to.left_on is not None:
        raise Invalid(person=_("%(name)s has left the company.") % {"name": to.name})
    with attributed(by):
        held = lock_alerts(alerts, by=by)
        if closed := {a.pk: a.state for a in held if a.state == AlertState.CLOSED}:
            raise IllegalMove("assign", closed)
        return _give(held, to, by=by, at=at)


def assign_unowned(alert_ids: Collection[int], *, by: Actor, at: datetime) -> None:
    """Make the actor the owner of the alerts without one; inside the action that locked them."""
    person = Person.objects.filter(pk=by.person_id).first() if by.person_id else None
    if person is not None:
        _give(list(Alert.objects.filter(pk__in=alert_ids, owner=None)), person, by=by, at=at)


def unassign_own(alert_ids: Collection[int], *, by: Actor, at: datetime) -> None:
    """Remove the actor as owner of these alerts; inside the action."""
    if by.person_id:
        own = Alert.objects.filter(pk__in=alert_ids, owner_id=by.person_id)
        _give(list(own), None, by=by, at=at)


def unassign_alerts_of_leaver(fact: PersonLeft, by: Actor) -> None:
    """Remove the owner of the alerts of a person who left. Hears organisation.PersonLeft."""
    with attributed(by):
        owned = Alert.objects.filter(owner_id=fact.person_id).exclude(state=AlertState.CLOSED)
        rows = owned.order_by(*Alert.lock_order)
        held = list(rows.select_for_update(of=("self",), no_key=True))
        _give(held, None, by=by, at=now())


def add_alert_note(alert: Alert, text: str, *, by: Actor, at: datetime) -> AlertNote:
    """Add a note to an alert, whatever its state; notes are never changed.

    Errors: NotFound, NotAllowed, Invalid(text).
    """
    text = text.replace("\x00", "\ufffd").strip()
    if not text:
        raise Invalid(text=_("Write a note first."))
    if len(text) > MAX_NOTE_LENGTH:
        raise Invalid(
            text=_("Notes are limited to %(most)s characters.") % {"most": MAX_NOTE_LENGTH}
        )
    with attributed(by):
        (held,) = lock_alerts(Alert.objects.filter(pk=alert.pk), by=by)
        note = AlertNote(alert=held, text=text, actor=by.key, actor_name=by.name, at=at)
        note.save(force_insert=True)
        touch_alerts([held.pk])
    return note


def _give(held: list[Alert], to: Person | None, *, by: Actor, at: datetime) -> list[int]:
    others = [alert for alert in held if alert.owner_id != (to.pk if to else None)]
    if not others:
        return []
    names = dict(
        Person.objects.filter(pk__in={a.owner_id for a in others}).values_list("pk", "name")
    )
    by_owner: dict[str, list[int]] = defaultdict(list)
    for alert in others:
        by_owner[names.get(alert.owner_id or 0, "")].append(alert.pk)
    Alert.objects.filter(pk__in=[alert.pk for alert in others]).update(owner=to)
    kind, target = AlertChange.Kind.OWNER, to.name if to else ""
    for source, ids in by_owner.items():
        record_alert_changes(ids, kind, by=by, at=at, source=source, target=target)
    touch_alerts([alert.pk for alert in others])
    return [alert.pk for alert in others]
