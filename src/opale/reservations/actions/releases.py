"""Release of reservations: in full, from a day on, or at their expiry.

Source: docs/rules/reservations.md.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Prefetch

from opale.kernel import live_topics
from opale.kernel.actor import EVERYTHING, Actor
from opale.kernel.attribution import attributed
from opale.kernel.states import perform, record_moves
from opale.reservations import rights
from opale.reservations.actions.expiry_notifications import notify_expired, settle_expiry
from opale.reservations.actions.reservations import LIST
from opale.reservations.models import Reservation, ReservationLine
from opale.reservations.states import EXPIRE, RELEASE, ReservationState

COPIED: Final = (
    "purpose", "source", "customer_id", "holder_id", "probability", "expires_at", "approved_by_id",
    "approval_reason", "made_at",
)  # fmt: skip


def release_all(sources: Iterable[str], *, by: Actor, at: datetime) -> int:
    """Release all that is still held for these rows of another app, and return how many were.

    That app has checked the rights on its rows.
    """
    with attributed(by):
        rows = Reservation.objects.filter(source__in=list(sources), state__in=RELEASE.sources)
        held = list(rows.order_by("pk"))
        if held:
            owner = replace(by, grants={**by.grants, rights.RESERVE: EVERYTHING})
            named = Reservation.objects.filter(pk__in=[row.pk for row in held])
            perform(RELEASE, named, by=owner, at=at)
            settle_expiry(held, by=by)
            live_topics.publish(LIST)
    return len(held)


def release_from(days: Mapping[str, date], *, by: Actor, at: datetime) -> int:
    """Release what is held for rows of another app from a day on, by their sources; return the
    number of lines.

    What was held before that day stays, as it was used. A reservation with both is split: the
    released part becomes a reservation of its own, so that the history of both is kept. As with
    `release_all`, the other app has checked the rights.
    """
    with attributed(by):
        rows = Reservation.objects.filter(source__in=days, state__in=RELEASE.sources)
        lines = Prefetch("lines", queryset=ReservationLine.objects.order_by("pk"))
        held = list(rows.order_by("pk").select_for_update(of=("self",)).prefetch_related(lines))
        whole: list[int] = []
        count = 0
        for row in held:
            since = days[row.source]
            there = list(row.lines.all())
            after = [line for line in there if line.last is None or line.last >= since]
            if after and all(line.since >= since for line in there):
                whole.append(row.pk)
            elif after:
                _split(row, after, since, by=by, at=at)
            count += len(after)
        if whole:
            owner = replace(by, grants={**by.grants, rights.RESERVE: EVERYTHING})
            perform(RELEASE, Reservation.objects.filter(pk__in=whole), by=owner, at=at)
            settle_expiry([row for row in held if row.pk in whole], by=by)
        if count:
            live_topics.publish(LIST, *(row.topic for row in held))
    return count


def release_lines(
    reservation: Reservation, lines: Collection[int], *, by: Actor, at: datetime
) -> None:
    """Release some lines of what is held for a row of another app, which has checked the rights.

    The others stay; what was released is a reservation of its own.
    """
    with attributed(by):
        rows = Reservation.objects.filter(pk=reservation.pk, state__in=RELEASE.sources)
        row = rows.select_for_update(of=("self",)).first()
        if row is None:
            return
        there = list(row.lines.order_by("pk"))
        mine = [line for line in there if line.pk in lines]
        if len(mine) == len(there):
            owner = replace(by, grants={**by.grants, rights.RESERVE: EVERYTHING})
            perform(RELEASE, rows, by=owner, at=at)
            settle_expiry([row], by=by)
        elif mine:
            _split(row, mine, date.min, by=by, at=at)
        live_topics.publish(LIST, row.topic)


def _split(
    row: Reservation, lines: Iterable[ReservationLine], since: date, *, by: Actor, at: datetime
) -> None:
    rest = Reservation.objects.create(
        state=ReservationState.RELEASED, **{name: getattr(row, name) for name in COPIED}
    )
    record_moves(Reservation, RELEASE.name, {rest.pk: row.state}, RELEASE.target, by=by, at=at)
    for line in lines:
        if line.since >= since:
            line.reservation = rest
            line.save(update_fields=["reservation"])
            continue
        upper = line.days.upper
        line.days = DateRange(line.since, since)
        line.save(update_fields=["days"])
        ReservationLine.objects.create(
            reservation=rest,
            person_id=line.person_id,
            pool_id=line.pool_id,
            item_id=line.item_id,
            unit=line.unit,
            quantity=line.quantity,
            days=DateRange(since, upper),
            overbooked=line.overbooked,
        )


def expire_reservations(*, by: Actor, at: datetime) -> int:
    """Expire the tentative reservations that are due, except those locked by a confirmation."""
    with attributed(by):
        due = Reservation.objects.filter(state=ReservationState.TENTATIVE, expires_at__lte=at)
        free = due.order_by("pk").select_for_update(skip_locked=True, of=("self",))
        gone = list(free.values_list("pk", flat=True))
        if gone:
            perform(EXPIRE, Reservation.objects.filter(pk__in=gone), by=by, at=at)
            notify_expired(gone, by=by, at=at)
            live_topics.publish(LIST)
    return len(gone)
