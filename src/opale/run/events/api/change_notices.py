"""Endpoints of change notices."""

from datetime import datetime

from ninja import Query, Router, Schema
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.fields import Moment
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.run.events import rights
from opale.run.events.models import ChangeNotice
from opale.run.events.queries import alerts

router = Router(tags=["events"])


class ChangeLinkOut(Schema):
    href: str
    text: str


class ChangeNoticeOut(Schema):
    """Something that a tool said somebody had changed."""

    id: int
    at: datetime
    received_at: datetime
    summary: str
    source: str
    links: list[ChangeLinkOut]
    integration: str = Field(alias="integration.name")
    integration_id: int
    item_id: int | None
    service_id: int | None
    customer_id: int | None


class ChangeNoticeQuery(Window):
    item_id: int | None = None
    service_id: int | None = None
    since: Moment | None = None


@router.get("/change-notices", response=Page[ChangeNoticeOut], auth=may(rights.READ))
def list_change_notices(
    request: ActorRequest, window: Query[ChangeNoticeQuery]
) -> Slice[ChangeNotice]:
    """What tools said that somebody had changed, the newest first."""
    rows = alerts.change_notices(seen_by=request.actor)
    if window.item_id is not None:
        rows = rows.filter(item=window.item_id)
    if window.service_id is not None:
        rows = rows.filter(service=window.service_id)
    if window.since is not None:
        rows = rows.filter(at__gte=window.since)
    return page(rows, window, "-at", "-id")
