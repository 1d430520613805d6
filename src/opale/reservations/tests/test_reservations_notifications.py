"""Who holds a tentative reservation is told that it expires, and that it has."""

from datetime import datetime, timedelta

import pytest
from tests.personas import Personas

from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.notifications.models import Notification
from opale.organisation.models import Person
from opale.reservations.actions import expiry_notifications, releases, reservations
from opale.reservations.models import Reservation
from opale.reservations.tests.test_reservations_actions import BY, ask, of_pool, pool

pytestmark = pytest.mark.django_db


def held_until(until: datetime, holder: Person, *, made_at: datetime) -> Reservation:
    asked = ask(of_pool(pool("5", name=f"Room {until}"), "1"), probability=60, expires_at=until)
    row = reservations.reserve(asked, by=BY)
    with attributed(BY):
        Reservation.objects.filter(pk=row.pk).update(holder=holder, made_at=made_at)
    row.refresh_from_db()
    return row


def unread() -> list[tuple[str, int]]:
    rows = Notification.objects.filter(read_at=None).order_by("id")
    return list(rows.values_list("kind", "person_id"))


def test_the_holder_is_told_once_before_the_expiry_and_once_after(personas: Personas) -> None:
    holder, moment = personas.people["solution_architect"], now()
    row = held_until(moment + timedelta(hours=40), holder, made_at=moment - timedelta(days=10))
    for _run in range(2):
        expiry_notifications.notify_expiring(by=BY, at=moment)
    assert unread() == [("reservations.expiring", holder.pk)]
    Notification.objects.update(read_at=moment)
    expiry_notifications.notify_expiring(by=BY, at=moment + timedelta(hours=1))
    assert unread() == []
    assert row.expires_at is not None
    releases.expire_reservations(by=BY, at=row.expires_at)
    assert unread() == [("reservations.expired", holder.pk)]


def test_what_is_far_short_or_nobodys_is_not_told(personas: Personas) -> None:
    holder, moment = personas.people["solution_architect"], now()
    held_until(moment + timedelta(days=9), holder, made_at=moment - timedelta(days=5))
    held_until(moment + timedelta(hours=5), holder, made_at=moment)
    expiry_notifications.notify_expiring(by=BY, at=moment)
    assert unread() == []


@pytest.mark.parametrize("end", ["confirm", "extend", "release"])
def test_what_is_done_about_it_settles_the_news(personas: Personas, end: str) -> None:
    holder, moment = personas.people["solution_architect"], now()
    row = held_until(moment + timedelta(hours=40), holder, made_at=moment - timedelta(days=10))
    expiry_notifications.notify_expiring(by=BY, at=moment)
    if end == "confirm":
        reservations.confirm_reservation(row, by=BY, at=moment)
    elif end == "extend":
        reservations.extend_reservation(row, moment + timedelta(days=8), by=BY, at=moment)
    else:
        with attributed(BY):
            Reservation.objects.filter(pk=row.pk).update(source="tests.row:1")
        releases.release_all(["tests.row:1"], by=BY, at=moment)
    assert unread() == []
    if end == "extend":
        # Another expiry is another news.
        expiry_notifications.notify_expiring(by=BY, at=moment + timedelta(days=7))
        assert unread() == [("reservations.expiring", holder.pk)]
