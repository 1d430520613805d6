"""Acknowledgement of the alerts of an incident by those who work on it.

Source: docs/rules/alerts.md, "Alerts of one incident".
"""

from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.run.desk.models import Ticket
from opale.run.events.actions.alerts import acknowledge_alerts, unacknowledge_alerts
from opale.run.events.models import Alert, AlertsQuerySet
from opale.run.events.rights import WORK
from opale.run.events.states import AlertState


def acknowledge_alerts_of(ticket: Ticket, *, by: Actor) -> list[int]:
    """Acknowledge the open alerts of a ticket that the actor may work on; return their ids.

    Inside the action that locked the ticket.
    """
    found = _alerts_of(ticket, AlertState.OPEN, by=by)
    return acknowledge_alerts(found, by=by, at=clock.now()) if found.exists() else []


def unacknowledge_alerts_of(ticket: Ticket, *, by: Actor) -> list[int]:
    """Withdraw the actor's own acknowledgements of a ticket's alerts, where a take is undone."""
    found = _alerts_of(ticket, AlertState.ACKNOWLEDGED, by=by).filter(owner_id=by.person_id)
    return unacknowledge_alerts(found, by=by, at=clock.now()) if found.exists() else []


def _alerts_of(ticket: Ticket, state: AlertState, *, by: Actor) -> AlertsQuerySet[Alert]:
    found = Alert.objects.visible_to(by).within(by, WORK)
    return found.filter(pk__in=ticket.alert_links.values("alert"), state=state)
