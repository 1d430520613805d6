"""Alerts that belong together in one incident."""

from typing import Final

from django.db.models import Q, QuerySet

from opale.kernel.actor import Actor
from opale.run.desk.models import TicketAlert
from opale.run.desk.states import ENDED_STATES
from opale.run.events.models import Alert
from opale.run.events.models.querysets import NOT_QUIET
from opale.run.events.queries.alerts import ACTIVE_STATES
from opale.run.events.rights import WORK as WORK_ON_ALERTS

MOST_SIBLINGS: Final = 50


def siblings_of(alert: Alert, *, seen_by: Actor) -> "QuerySet[Alert]":
    """Return the other active alerts of the item of an alert, or of its service, that no running
    incident handles and that the actor may work on; the worst first."""
    about = Q()
    if alert.item_id is not None:
        about |= Q(item=alert.item_id, customer=alert.customer_id)
    if alert.service_id is not None:
        about |= Q(service=alert.service_id)
    rows = Alert.objects.visible_to(seen_by).within(seen_by, WORK_ON_ALERTS)
    if not about:
        return rows.none()
    handled = TicketAlert.objects.exclude(ticket__state__in=ENDED_STATES).values("alert")
    found = rows.filter(about, NOT_QUIET, state__in=ACTIVE_STATES).exclude(pk=alert.pk)
    keys = found.exclude(pk__in=handled).order_by("-severity", "started_at", "pk")[:MOST_SIBLINGS]
    kept = Alert.objects.filter(pk__in=list(keys.values_list("pk", flat=True)))
    return kept.select_related("item", "integration").order_by("-severity", "started_at", "pk")
