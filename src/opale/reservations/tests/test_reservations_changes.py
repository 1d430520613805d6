"""A reservation is edited where it follows nothing else, and says what it was made for."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from tests.personas import MAKER, Personas

from opale.infrastructure.models import CapacityPool
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed
from opale.reservations.actions.changes import edit_line, edit_reservation
from opale.reservations.actions.reservations import (
    Line,
    NewReservation,
    move_reservation,
    reserve,
)
from opale.reservations.models import Reservation, ReservationLine
from opale.reservations.ports import links_of
from opale.reservations.states import RELEASE

pytestmark = pytest.mark.django_db
MARCH = date(2027, 3, 1)


def hall(capacity: int = 10) -> CapacityPool:
    made, _new = CapacityPool.objects.get_or_create(
        name="Hall", unit="kW", defaults={"capacity": Decimal(capacity)}
    )
    return made


def held(quantity: str = "4", **said: Any) -> Reservation:
    line = Line(pool=hall(), quantity=Decimal(quantity), since=MARCH, until=None)
    return reserve(NewReservation(purpose="Cabinet", lines=(line,), **said), by=MAKER)


def test_days_and_quantity_are_changed_within_what_is_left(personas: Personas) -> None:
    row, other = held("4"), held("5")
    line = row.lines.get()
    by = personas.actor("project_manager")
    changed = edit_line(line, by=by, quantity=Decimal(5), last=date(2027, 3, 31))
    assert (changed.quantity, changed.last) == (Decimal(5), date(2027, 3, 31))
    with pytest.raises(Conflict, match="Hall"):
        edit_line(line, by=by, quantity=Decimal(6))
    edit_line(other.lines.get(), by=by, since=date(2027, 4, 1))
    assert edit_line(line, by=by, quantity=Decimal(10)).quantity == 10
    with pytest.raises(Conflict):
        edit_line(line, by=by, last=None)
    with pytest.raises(Invalid):
        edit_line(line, by=by, last=date(2027, 2, 1))
    kept = ReservationLine.objects.get(pk=line.pk)
    assert (kept.quantity, kept.last) == (Decimal(10), date(2027, 3, 31))


def test_hours_stay_within_the_days_of_their_person(personas: Personas) -> None:
    person = personas.people["build_engineer"]
    line = Line(person=person, quantity=Decimal(4), since=MARCH, until=date(2027, 3, 3))
    row = reserve(NewReservation(purpose="Routing", lines=(line,)), by=MAKER).lines.get()
    with pytest.raises(Invalid, match="last day"):
        edit_line(row, by=MAKER, last=None)
    with pytest.raises(Conflict, match=person.name):
        edit_line(row, by=MAKER, quantity=Decimal(20))
    moved = edit_line(row, by=MAKER, since=date(2027, 3, 8), last=date(2027, 3, 9))
    assert moved.since == date(2027, 3, 8)


def test_what_belongs_to_other_work_is_changed_there(personas: Personas) -> None:
    row = held(source="orders.orderline:1")
    with pytest.raises(Conflict, match="change it there"):
        edit_line(row.lines.get(), by=MAKER, quantity=Decimal(1))
    with pytest.raises(Conflict, match="change it there"):
        edit_reservation(row, by=MAKER, purpose="Mine")
    page = personas.client("project_manager").get(f"/reservations/{row.pk}/").content.decode()
    assert "/edit/" not in page


def test_what_ended_is_not_edited(personas: Personas) -> None:
    row = held()
    move_reservation(row, RELEASE, by=MAKER)
    for change in (
        lambda: edit_reservation(row, by=MAKER, purpose="x"),
        lambda: edit_line(row.lines.get(), by=MAKER, quantity=Decimal(1)),
    ):
        with pytest.raises(IllegalMove):
            change()


def test_only_who_reserves_edits(personas: Personas) -> None:
    row = held()
    with pytest.raises(NotAllowed):
        edit_reservation(row, by=personas.actor("desk_agent"), purpose="x")
    with pytest.raises(Invalid):
        edit_reservation(row, by=MAKER, purpose="  ")
    changed = edit_reservation(
        row, by=MAKER, purpose="Two  cabinets", holder=personas.people["project_manager"]
    )
    assert changed.purpose == "Two cabinets"
    assert changed.customer is None


def test_a_page_and_a_program_edit_alike(personas: Personas) -> None:
    row = held(customer=personas.customer, holder=personas.people["project_manager"])
    client, line = personas.client("project_manager"), row.lines.get()
    shown = client.get(f"/reservations/{row.pk}/").content.decode()
    assert f"/reservations/{row.pk}/lines/{line.pk}/edit/" in shown
    sent = client.post(
        f"/reservations/{row.pk}/lines/{line.pk}/edit/", {"since": "2027-03-02", "quantity": "3"}
    )
    assert sent.status_code == 302
    answer = client.patch(
        f"/api/v1/reservations/{row.pk}", {"purpose": "Room B"}, "application/json"
    )
    assert answer.status_code == 200, answer.content
    row.refresh_from_db()
    line.refresh_from_db()
    assert (row.purpose, row.customer) == ("Room B", personas.customer)
    assert (line.since, line.quantity, line.last) == (date(2027, 3, 2), Decimal(3), None)
    far = client.patch(
        f"/api/v1/reservations/{row.pk}/lines/{line.pk}", {"quantity": 99}, "application/json"
    )
    assert far.status_code == 409
    assert "Hall" in str(far.json())


def test_a_source_that_nobody_knows_or_may_read_has_no_links(personas: Personas) -> None:
    unknown = ["", "orders.orderline:999999999", "elsewhere.row:1", "orders.orderline:x"]
    assert links_of(unknown, seen_by=MAKER) == {source: [] for source in unknown}


@pytest.mark.django_db(transaction=True)
def test_two_who_widen_at_once_do_not_overbook(personas: Personas) -> None:
    lines = [held("3").lines.get(), held("3").lines.get()]

    def widen(line: ReservationLine) -> bool:
        try:
            edit_line(line, by=MAKER, quantity=Decimal(6))
        except Conflict:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(widen, lines))
    assert sorted(outcomes) == [False, True]
    total = sum(ReservationLine.objects.values_list("quantity", flat=True))
    assert total == 9
