"""Endpoints of alerts and their timelines."""

from typing import Annotated

from ninja import Query, Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.listings.endpoints import bulk_endpoint, list_endpoint
from opale.run.events import rights
from opale.run.events.listings.alerts import ALERTS
from opale.run.events.models import Alert
from opale.run.events.queries import alerts as alert_queries
from opale.run.events.queries.timeline import (
    ENTRIES_SHOWN,
    MAX_ENTRIES,
    TimelineEntry,
    alert_timeline,
)
from opale.run.events.shapes.alerts import (
    AlertOut,
    StoryOut,
    WholeAlertOut,
)

router = Router(tags=["events"])


bulk_endpoint(router, "/alerts/bulk", ALERTS, name="act_on_alerts", right=rights.WORK)
list_endpoint(router, "/alerts", ALERTS, AlertOut, name="list_alerts", text="The newest first.")


@router.get("/alerts/{int:alert_id}", response=WholeAlertOut, auth=may(rights.READ))
def get_alert(request: ActorRequest, alert_id: int) -> Alert:
    return alert_queries.get_alert(alert_id, seen_by=request.actor)


@router.get("/alerts/{int:alert_id}/timeline", response=StoryOut, auth=may(rights.READ))
def get_timeline(
    request: ActorRequest,
    alert_id: int,
    limit: Annotated[int, Query(ge=1, le=MAX_ENTRIES)] = ENTRIES_SHOWN,
) -> dict[str, list[TimelineEntry] | bool]:
    alert = alert_queries.get_alert(alert_id, seen_by=request.actor)
    entries, more = alert_timeline(alert, seen_by=request.actor, limit=limit)
    return {"entries": entries, "more": more}
