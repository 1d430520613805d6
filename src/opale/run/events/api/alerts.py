"""Endpoints of alerts and their timelines."""

from typing import Annotated

from ninja import Query, Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, SearchText, Slice, Window, page
from opale.run.events import rights
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
    StateName,
    StoryOut,
    WholeAlertOut,
)
from opale.run.events.states import Severity, SeverityName

router = Router(tags=["events"])


class AlertQuery(Window):
    state: StateName | None = None
    minimum_severity: SeverityName | None = None
    integration_id: int | None = None
    item_id: int | None = None
    owner_id: int | None = None
    flapping: bool = False
    silence_id: int | None = None
    muted: bool | None = None


@router.get("/alerts", response=Page[AlertOut], auth=may(rights.READ))
def list_alerts(
    request: ActorRequest, window: Query[AlertQuery], q: SearchText = ""
) -> Slice[Alert]:
    """The newest first."""
    least = Severity[window.minimum_severity.upper()] if window.minimum_severity else 0
    filters = alert_queries.AlertFilters(
        states=(window.state,) if window.state else (),
        minimum_severity=least,
        integration_id=window.integration_id,
        item_id=window.item_id,
        owner_id=window.owner_id,
        flapping=window.flapping,
        silence_id=window.silence_id,
        muted=window.muted,
        text=q,
    )
    return page(alert_queries.alerts(filters, seen_by=request.actor), window, "-id")


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
