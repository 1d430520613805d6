"""Endpoints of notifications; acts add theirs."""

from ninja import Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.listings.endpoints import list_endpoint
from opale.notifications import queries
from opale.notifications.acts import kept_times
from opale.notifications.listings import INBOX
from opale.notifications.models import Notification
from opale.notifications.rights import USE
from opale.notifications.shapes import KindOut, NotificationOut, TimesOut

router = Router(tags=["notifications"])
list_endpoint(
    router, "/notifications", INBOX, NotificationOut, name="list_notifications",
    items=queries.as_readable,
)  # fmt: skip


@router.get("/notifications/{int:notification_id}", response=NotificationOut, auth=may(USE))
def get_notification(request: ActorRequest, notification_id: int) -> Notification:
    return queries.get_notification(notification_id, seen_by=request.actor)


@router.get("/notification-choices/kinds", response=list[KindOut], auth=may(USE))
def list_notification_kinds(request: ActorRequest) -> list[KindOut]:
    """Every kind, with how the reader wants it."""
    return [KindOut.of(*one) for one in queries.own_choices(seen_by=request.actor)]


@router.get("/notification-choices/times", response=TimesOut, auth=may(USE))
def get_notification_times(request: ActorRequest) -> TimesOut:
    times = kept_times(None, request.actor)
    return TimesOut(**{name: f"{at:%H:%M}" for name, at in times.items()})
