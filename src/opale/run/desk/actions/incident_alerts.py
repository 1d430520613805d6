"""Several alerts put into one incident, and taken out of it again.

Source: docs/rules/alerts.md, "Several alerts at once".
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.kernel.errors import Conflict
from opale.run.desk.actions.alerts import (
    attach_alert,
    detach_alert,
    incident_about,
    open_incident,
    running_incident,
)
from opale.run.desk.actions.lifecycle import cancel_ticket
from opale.run.desk.models import Grade, Ticket
from opale.run.desk.states import TicketState
from opale.run.events.actions.alerts import unacknowledge_alerts
from opale.run.events.models import Alert
from opale.run.events.states import AlertState


@dataclass(slots=True)
class TargetIncident:
    """The incident into which alerts are put, one after the other, and whether it is a new one.

    `is_new`: one is opened even where an incident of the item or service runs. A new one has the
    grades that are given, else those that are proposed.
    """

    incident: Ticket | None = None
    opened: bool = False
    is_new: bool = False
    impact: Grade | None = None
    urgency: Grade | None = None


def add_to_incident(alert: Alert, *, into: TargetIncident, by: Actor) -> TargetIncident:
    """Add an alert to an incident.

    Without one it joins the running incident of its item or service, else it opens one; the alerts
    after it follow. Errors: NotFound, NotAllowed, Conflict (an incident has it already; or the
    incident is another customer's).
    """
    if running := running_incident(alert):
        raise Conflict(
            _("Incident %(number)s already handles this alert.") % {"number": running.reference}
        )
    incident = into.incident or (None if into.is_new else incident_about(alert))
    if incident is None:
        into.incident = open_incident(alert, by=by, impact=into.impact, urgency=into.urgency)
        into.opened = True
        return into
    if alert.customer_id and incident.customer_id not in (None, alert.customer_id):
        raise Conflict(
            _("Incident %(number)s is of another customer.") % {"number": incident.reference}
        )
    attach_alert(incident, alert, by=by)
    into.incident = incident
    return into


@dataclass(frozen=True, slots=True)
class Added:
    """Alerts added to an incident, and what taking each out again needs to know."""

    incident: Ticket
    opened: bool
    before: dict[int, dict[str, Any]]


def add_all_to_incident(
    alert: Alert, others: Iterable[Alert], *, into: TargetIncident, by: Actor
) -> Added:
    """Add an alert and others to one incident, all or none.

    Errors: NotFound, NotAllowed, Conflict.
    """
    with attributed(by):
        before = {
            one.pk: data_to_remove(one, add_to_incident(one, into=into, by=by))
            for one in (alert, *others)
        }
    return Added(Ticket.objects.get(pk=before[alert.pk]["ticket"]), into.opened, before)


def data_to_remove(alert: Alert, made: TargetIncident) -> dict[str, Any]:
    """Return what taking an alert out again needs to know, from the alert as it was."""
    ticket_id = made.incident.pk if made.incident else 0
    return {"ticket": ticket_id, "opened": made.opened, "state": alert.state}


def remove_from_incident(alert: Alert, before: dict[str, Any], *, by: Actor) -> None:
    """Take an alert out of the incident again; one opened for it is cancelled with its last alert.

    Errors: NotFound, NotAllowed.
    """
    ticket = Ticket.objects.get(pk=before["ticket"])
    detach_alert(ticket, alert, by=by)
    rows = Alert.objects.filter(pk=alert.pk, state=AlertState.ACKNOWLEDGED)
    if before["state"] == AlertState.OPEN and rows.exists():
        unacknowledge_alerts(rows, by=by, at=now())
    left = ticket.alert_links.exists()
    if before["opened"] and not left and ticket.state == TicketState.NEW:
        cancel_ticket(ticket, by=by, reason=_("Undone"))
