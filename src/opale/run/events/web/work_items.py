"""Critical alerts that nobody has acknowledged."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.organisation.rights import F
from opale.run.events import rights
from opale.run.events.queries.alerts import AlertFilters, alerts
from opale.run.events.states import AlertState, Severity
from opale.ui.work_items import Source, Urgency, WorkItem

WATCHERS: Final = frozenset({F.DESK_AGENT, F.RUN_ENGINEER, F.CORE_ENGINEER, F.TOOLS_ENGINEER})
"""Functions that watch the alerts; others see them on the board."""
MOST = 5


def critical_alerts(actor: Actor, at: datetime, limit: int) -> Iterator[WorkItem]:
    """Return the critical alerts that nobody has acknowledged, the oldest first; a few."""
    if actor.functions.isdisjoint(WATCHERS):
        return
    wanted = AlertFilters(states=(AlertState.OPEN,), muted=False)
    rows = alerts(wanted, seen_by=actor).filter(severity=Severity.CRITICAL)
    for alert in rows.order_by("started_at", "pk")[: min(limit, MOST)]:
        yield WorkItem(
            thing=f"events.alert:{alert.pk}",
            kind=_("Alert"),
            icon="bell",
            name=alert.title,
            url=reverse("events_alert", args=[alert.pk]),
            urgency=Urgency.CRITICAL,
            reason=_("critical, not acknowledged"),
        )


SOURCES = (Source("events.critical", rights.WORK, critical_alerts, "events.board"),)
