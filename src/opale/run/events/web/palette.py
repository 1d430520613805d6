"""Entries of the command palette for active alerts, found by a few letters."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.run.events.queries.alerts import ACTIVE_STATES, AlertFilters, alerts
from opale.run.events.rights import READ
from opale.ui.palette import Result

MIN_LENGTH = 3


def jumps(text: str, actor: Actor, limit: int) -> Iterable[Result]:
    if len(text) < MIN_LENGTH or not actor.can(READ):
        return []
    filters = AlertFilters(states=ACTIVE_STATES, text=text)
    # No related rows are joined: planning that takes longer than finding the alerts.
    found = alerts(filters, seen_by=actor).order_by(*filters.order)
    rows = found.values_list("pk", "title", "integration__name")[:limit]
    return [
        Result(title, reverse("events_alert", args=[pk]), "bell", _("Alerts"), integration)
        for pk, title, integration in rows
    ]
