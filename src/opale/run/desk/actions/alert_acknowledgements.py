"""Acknowledgement of the alerts of an incident by those who work on it.

Source: docs/rules/alerts.md, "Alerts of one incident".
"""

from collections.abc import Collection

from django.db.models import Exists, OuterRef

from opale.kernel.actor import Actor
from opale.kernel.clock import now
from opale.run.desk.models import Ticket, TicketAlert
from opale.run.desk.states import OPEN_STATES, TicketState
from opale.run.events.actions.alerts import acknowledge_alerts, unacknowledge_alerts
from opale.run.events.models import Alert, AlertsQuerySet
from opale.run.events.rights import WORK
from opale.run.events.states import AlertState

HANDLING_STATES = [*OPEN_STATES, TicketState.RESOLVED]
"""States in which a ticket still handles its alerts."""


def acknowledge_alerts_of(ticket: Ticket, *, by: Actor) -> list[int]:
    """Acknowledge the open alerts of a ticket that the actor may work on; return their ids.

    Inside the action that locked the ticket.
    """
    found = _alerts_of(ticket, AlertState.OPEN, by=by)
    return acknowledge_alerts(found, by=by, at=now()) if found.exists() else []


def unacknowledge_alerts_of(ticket: Ticket, *, by: Actor) -> list[int]:
    """Withdraw the actor's own acknowledgements of a ticket's alerts, where a take is undone."""
    found = _alerts_of(ticket, AlertState.ACKNOWLEDGED, by=by).filter(owner_id=by.person_id)
    return unacknowledge_alerts(found, by=by, at=now()) if found.exists() else []


def release_alerts_of(tickets: Collection[Ticket], *, by: Actor) -> list[int]:
    """Return the acknowledged alerts of tickets that end to Open, so that they are seen again, but
    for those that another running ticket handles; return their ids.

    Inside the action that ends the tickets. Snoozed alerts stay so.
    """
    if not tickets or not by.can(WORK):
        return []
    links = TicketAlert.objects.filter(ticket__in=tickets)
    handled = TicketAlert.objects.filter(alert=OuterRef("pk"), ticket__state__in=HANDLING_STATES)
    rows = Alert.objects.visible_to(by).within(by, WORK)
    found = rows.filter(pk__in=links.values("alert"), state=AlertState.ACKNOWLEDGED)
    keys = list(found.exclude(Exists(handled)).values_list("pk", flat=True))
    return unacknowledge_alerts(Alert.objects.filter(pk__in=keys), by=by, at=now()) if keys else []


def acknowledged_alerts(tickets: Collection[Ticket]) -> dict[int, list[int]]:
    """Return the ids of the acknowledged alerts of each ticket, for `acknowledge_again`."""
    found: dict[int, list[int]] = {ticket.pk: [] for ticket in tickets}
    links = TicketAlert.objects.filter(ticket__in=found, alert__state=AlertState.ACKNOWLEDGED)
    for ticket_id, alert_id in links.order_by("alert").values_list("ticket", "alert"):
        found[ticket_id].append(alert_id)
    return found


def acknowledge_again(keys: Collection[int], *, by: Actor) -> None:
    """Acknowledge alerts that an undone end returned to Open, where they still are."""
    found = Alert.objects.visible_to(by).within(by, WORK)
    found = found.filter(pk__in=keys, state=AlertState.OPEN)
    if keys and found.exists():
        acknowledge_alerts(found, by=by, at=now())


def _alerts_of(ticket: Ticket, state: AlertState, *, by: Actor) -> AlertsQuerySet[Alert]:
    found = Alert.objects.visible_to(by).within(by, WORK)
    return found.filter(pk__in=ticket.alert_links.values("alert"), state=state)
