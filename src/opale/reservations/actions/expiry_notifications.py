"""Telling who holds tentative reservations that these expire.

Source: docs/rules/reservations.md, "States".
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F
from django.urls import reverse

from opale.kernel.actor import Actor
from opale.notifications.actions.notify import News, notify_each, settle_things
from opale.notifications.domain.kinds import Kind
from opale.reservations.models import Reservation
from opale.reservations.notification_kinds import EXPIRED, EXPIRING
from opale.reservations.states import ReservationState

SOON: Final = timedelta(days=2)
"""How long before its expiry who holds a reservation is told of it."""
WITH_HOLDER: Final = ("holder__user", "holder__company")


def notify_expiring(*, by: Actor, at: datetime) -> None:
    """Tell holders which reservations expire soon, once for each expiry. One that was made for a
    shorter time is not told: its holder has just chosen that."""
    rows = Reservation.objects.filter(
        state=ReservationState.TENTATIVE,
        expires_at__gt=at,
        expires_at__lte=at + SOON,
        made_at__lte=F("expires_at") - SOON,
    )
    notify_each(_news(EXPIRING, rows.select_related(*WITH_HOLDER)), by=by, at=at, once=True)


def notify_expired(ids: Iterable[int], *, by: Actor, at: datetime) -> None:
    """Tell holders that reservations have expired, in place of that they will."""
    rows = list(Reservation.objects.filter(pk__in=ids).select_related(*WITH_HOLDER))
    settle_things(map(_of, rows), by=by)
    notify_each(_news(EXPIRED, rows), by=by, at=at)


def settle_expiry(reservations: Iterable[Reservation], *, by: Actor) -> None:
    """Mark as read that reservations expire: they were confirmed, extended or released."""
    settle_things(map(_of, reservations), by=by)


def _news(kind: Kind, rows: Iterable[Reservation]) -> list[News]:
    return [
        News(
            kind,
            row.holder,
            _of(row),
            reverse("reservations_show", args=[row.pk]),
            {"purpose": row.purpose, "expires_at": row.expires_at},
        )
        for row in rows
        if row.holder is not None
    ]


def _of(row: Reservation) -> str:
    """Return the thing that is told: another one for each time at which the row expires."""
    until = "" if row.expires_at is None else f":{row.expires_at:%Y%m%d%H%M}"
    return f"reservations.reservation:{row.pk}{until}"
