"""What is reserved is never reserved twice, whoever writes it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange
from tests.personas import Personas

from opale.infrastructure.models import CapacityPool, ConfigurationItem
from opale.kernel.actor import Actor, system
from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed
from opale.organisation.models import Absence, Company, Person, WorkingCalendar
from opale.reservations.actions import releases, reservations
from opale.reservations.actions.reservations import Line, NewReservation
from opale.reservations.models import BusyTime, Reservation, ReservationLine
from opale.reservations.queries import load
from opale.reservations.states import CONSUME, RELEASE, ReservationState

MONDAY = date(2027, 3, 1)
FRIDAY = date(2027, 3, 6)
BY = system("test")


def pool(capacity: str = "10", name: str = "Room 1") -> CapacityPool:
    return CapacityPool.objects.create(name=name, unit="kW", capacity=Decimal(capacity))


def ask(*lines: Line, **more: object) -> NewReservation:
    return NewReservation(purpose="ACME cabinet", lines=lines, **more)  # type: ignore[arg-type]  # named by the tests


def of_pool(
    found: CapacityPool, quantity: str, *, since: date = MONDAY, until: date | None = FRIDAY
) -> Line:
    return Line(pool=found, quantity=Decimal(quantity), since=since, until=until)


def of_person(found: Person, hours: str, *, since: date = MONDAY, until: date = FRIDAY) -> Line:
    return Line(person=found, quantity=Decimal(hours), since=since, until=until)


def tentative(*lines: Line, hours: int = 1) -> Reservation:
    asked = ask(*lines, probability=60, expires_at=now() + timedelta(hours=hours))
    return reservations.reserve(asked, by=BY)


@pytest.mark.django_db
def test_a_pool_gives_no_more_than_it_has_at_any_time() -> None:
    power = pool()
    later = MONDAY + timedelta(days=3)
    reservations.reserve(ask(of_pool(power, "6", until=later)), by=BY)
    reservations.reserve(ask(of_pool(power, "6", since=later, until=None)), by=BY)
    with pytest.raises(Conflict):
        reservations.reserve(ask(of_pool(power, "5")), by=BY)
    reservations.reserve(ask(of_pool(power, "4")), by=BY)


@pytest.mark.django_db
def test_a_line_that_cannot_be_held_leaves_nothing_of_the_others(personas: Personas) -> None:
    expert = personas.people["build_engineer"]
    with pytest.raises(Conflict):
        reservations.reserve(ask(of_person(expert, "4"), of_pool(pool("1"), "2")), by=BY)
    assert not Reservation.objects.exists()
    assert not ReservationLine.objects.exists()


@pytest.mark.django_db
def test_a_person_has_eight_hours_a_day(personas: Personas) -> None:
    expert = personas.people["build_engineer"]
    reservations.reserve(ask(of_person(expert, "5")), by=BY)
    with pytest.raises(Conflict):
        reservations.reserve(ask(of_person(expert, "3.5")), by=BY)
    reservations.reserve(ask(of_person(expert, "3")), by=BY)


@pytest.mark.django_db
def test_who_is_on_shift_or_away_has_no_time(personas: Personas) -> None:
    expert = personas.people["build_engineer"]
    begins = datetime(2027, 3, 2, 7, tzinfo=UTC)
    taken = BusyTime.objects.create(
        person=expert,
        kind=BusyTime.Kind.DUTY,
        period=DateTimeTZRange(begins, begins + timedelta(hours=8)),
        source="shifts.duty:1",
    )
    with pytest.raises(Conflict):
        reservations.reserve(ask(of_person(expert, "1")), by=BY)
    taken.delete()
    Absence.objects.create(
        person=expert,
        kind=Absence.Kind.LEAVE,
        period=DateTimeTZRange(begins, begins + timedelta(days=1)),
    )
    with pytest.raises(Conflict):
        reservations.reserve(ask(of_person(expert, "1")), by=BY)


@pytest.mark.django_db
def test_a_unit_has_one_holder() -> None:
    rack = ConfigurationItem.objects.create(name="rack-1", kind="rack")
    unit = Line(item=rack, unit="U12", since=MONDAY, until=None)
    held = reservations.reserve(ask(unit), by=BY)
    with pytest.raises(Conflict):
        reservations.reserve(ask(unit), by=BY)
    reservations.reserve(ask(Line(item=rack, unit="U13", since=MONDAY, until=None)), by=BY)
    reservations.move_reservation(held, RELEASE, by=BY, at=now())
    reservations.reserve(ask(unit), by=BY)


@pytest.mark.django_db
def test_a_raw_insertion_is_refused_as_well(personas: Personas) -> None:
    power, expert = pool("1"), personas.people["build_engineer"]
    held = reservations.reserve(ask(of_pool(power, "1"), of_person(expert, "8")), by=BY)
    for column, pk in (("pool_id", power.pk), ("person_id", expert.pk)):
        with (
            pytest.raises(IntegrityError),
            attributed(BY),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                f"INSERT INTO reservations_reservationline"  # two known columns
                f" (reservation_id, {column}, unit, quantity, days)"
                " VALUES (%s, %s, '', 1, '[2027-03-02,2027-03-03)')",
                [held.pk, pk],
            )


@pytest.mark.django_db
def test_overbooking_needs_a_name_a_reason_and_the_right(personas: Personas) -> None:
    power, boss = pool("1"), personas.people["project_manager"]
    reservations.reserve(ask(of_pool(power, "1")), by=BY)
    manager, architect = personas.actor("project_manager"), personas.actor("solution_architect")
    approved = ask(of_pool(power, "1"), approver=boss, approval_reason="Feed doubled on Tuesday")
    with pytest.raises(NotAllowed):
        reservations.reserve(approved, by=architect)
    with pytest.raises(Invalid):
        reservations.reserve(ask(of_pool(power, "1"), approver=boss), by=manager)
    made = reservations.reserve(approved, by=manager)
    assert made.lines.get().overbooked
    with pytest.raises(IntegrityError), attributed(BY):
        ReservationLine.objects.create(
            reservation=Reservation.objects.exclude(pk=made.pk).get(),
            pool=power,
            quantity=1,
            days=DateRange(MONDAY, FRIDAY),
            overbooked=True,
        )


@pytest.mark.django_db
def test_what_is_tentative_holds_until_it_expires() -> None:
    power = pool("1")
    held = tentative(of_pool(power, "1"))
    with pytest.raises(Conflict):
        reservations.reserve(ask(of_pool(power, "1")), by=BY)
    assert held.expires_at is not None
    with pytest.raises(Conflict):
        reservations.confirm_reservation(held, by=BY, at=held.expires_at)
    assert releases.expire_reservations(by=BY, at=held.expires_at) == 1
    held.refresh_from_db()
    assert held.state == ReservationState.EXPIRED
    with pytest.raises(IllegalMove):
        reservations.confirm_reservation(held, by=BY, at=now())
    reservations.reserve(ask(of_pool(power, "1")), by=BY)


@pytest.mark.django_db
def test_what_is_confirmed_does_not_expire() -> None:
    held = tentative(of_pool(pool("1"), "1"))
    reservations.confirm_reservation(held, by=BY, at=now())
    assert releases.expire_reservations(by=BY, at=now() + timedelta(days=1)) == 0
    assert held.lines.get().holds


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["tentative", "confirmed", "consumed"])
def test_what_is_released_leaves_nothing_held(state: str) -> None:
    power = pool("1")
    held = tentative(of_pool(power, "1"))
    if state != "tentative":
        reservations.confirm_reservation(held, by=BY, at=now())
    if state == "consumed":
        reservations.move_reservation(held, CONSUME, by=BY, at=now())
    reservations.move_reservation(held, RELEASE, by=BY, at=now())
    assert not ReservationLine.objects.filter(holds=True).exists()
    reservations.reserve(ask(of_pool(power, "1")), by=BY)


@pytest.mark.django_db
def test_who_may_not_reserve_is_refused(personas: Personas) -> None:
    asked = ask(of_pool(pool(), "1"))
    for name in ("desk_agent", "customer_contact"):
        with pytest.raises(NotAllowed):
            reservations.reserve(asked, by=personas.actor(name))


@pytest.mark.django_db
def test_the_load_is_what_is_reserved_against_what_can_be_given(personas: Personas) -> None:
    expert, by = personas.people["build_engineer"], personas.actor("project_manager")
    reservations.reserve(ask(of_person(expert, "4", until=MONDAY + timedelta(days=14))), by=BY)
    tentative(of_person(expert, "2"), hours=24)
    begins = datetime(2027, 3, 7, 23, tzinfo=UTC)  # midnight in Paris
    Absence.objects.create(
        person=expert,
        kind=Absence.Kind.LEAVE,
        period=DateTimeTZRange(begins + timedelta(days=7), begins + timedelta(days=9)),
    )
    found = load.load_map(seen_by=by, since=MONDAY, weeks=3)
    row = next(row for row in found.rows if row.person == expert)
    weeks = [(int(w.confirmed), int(w.tentative), int(w.available), w.share) for w in row.weeks]
    assert weeks == [
        (20, 10, 40, 75),
        (20, 0, 40, 50),
        (0, 0, 24, 0),
    ]


def _race(power: CapacityPool, racers: int) -> list[bool]:
    start = Barrier(racers)

    def try_once(_number: int) -> bool:
        try:
            start.wait(timeout=60)
            reservations.reserve(
                ask(of_pool(power, "1")), by=Actor("system", "s", "s", unlimited=True)
            )
        except Conflict:
            return False
        else:
            return True
        finally:
            connections.close_all()

    with ThreadPoolExecutor(racers) as crowd:
        return list(crowd.map(try_once, range(racers)))


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_the_last_unit_exactly_one_gets_it() -> None:
    power = pool("1")
    for _time in range(5):
        assert sum(_race(power, 32)) == 1
        with attributed(BY):
            held = Reservation.objects.get(state=ReservationState.CONFIRMED)
            reservations.move_reservation(held, RELEASE, by=BY, at=now())


@pytest.mark.django_db(transaction=True)
def test_an_expiry_and_a_confirmation_at_once_agree_on_one_of_the_two() -> None:
    held = tentative(of_pool(pool("1"), "1"))
    assert held.expires_at is not None
    moments = (held.expires_at - timedelta(seconds=1), held.expires_at)
    start = Barrier(2)

    def confirm() -> None:
        start.wait(timeout=60)
        try:
            reservations.confirm_reservation(held, by=BY, at=moments[0])
        except (Conflict, IllegalMove):
            pass
        finally:
            connections.close_all()

    def expire() -> None:
        start.wait(timeout=60)
        try:
            releases.expire_reservations(by=BY, at=moments[1])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as both:
        for done in [both.submit(confirm), both.submit(expire)]:
            done.result()
    held.refresh_from_db()
    assert (held.state, held.lines.get().holds) in {("confirmed", True), ("expired", False)}


@pytest.mark.django_db
def test_the_load_of_sixty_people_over_a_year_is_drawn_in_one_question(
    personas: Personas, django_assert_max_num_queries: Any
) -> None:
    calendar = WorkingCalendar.objects.first()
    company = Company.objects.exclude(calendar=None).first()
    assert calendar is not None
    assert company is not None
    made = Person.objects.bulk_create(
        Person(company=company, name=f"P{n:02}", email=f"p{n}@opale.example", seniority="senior")
        for n in range(60)
    )
    for person in made:
        reservations.reserve(ask(of_person(person, "4", until=MONDAY + timedelta(days=364))), by=BY)
    by = personas.actor("project_manager")
    with django_assert_max_num_queries(3):
        found = load.load_map(seen_by=by, since=MONDAY, weeks=52)
    weeks = {week.confirmed for row in found.rows if row.person in made for week in row.weeks}
    assert {int(hours) for hours in weeks} == {20, 16}, "a public holiday gives no hours"


@pytest.mark.django_db
def test_what_is_tentative_is_held_for_longer_until_it_expires(personas: Personas) -> None:
    held = tentative(of_pool(pool(), "4"))
    by = personas.actor("solution_architect")
    until = now() + timedelta(days=14)
    reservations.extend_reservation(held, until, by=by, at=now(), probability=90)
    held.refresh_from_db()
    assert (held.expires_at, held.probability) == (until, 90)
    with pytest.raises(NotAllowed):
        reservations.extend_reservation(held, until, by=personas.actor("desk_agent"), at=now())
    with pytest.raises(Invalid):
        reservations.extend_reservation(held, now() - timedelta(hours=1), by=by, at=now())
    with pytest.raises(Conflict):
        reservations.extend_reservation(held, until + timedelta(days=2), by=by, at=until)
    reservations.confirm_reservation(held, by=by, at=now())
    with pytest.raises(IllegalMove):
        reservations.extend_reservation(held, until, by=by, at=now())


@pytest.mark.django_db
def test_what_is_held_is_handed_over_to_another_row() -> None:
    held = reservations.reserve(ask(of_pool(pool(), "4"), source="designs.design:1"), by=BY)
    reservations.transfer_reservation(held, "orders.orderline:7", by=BY)
    assert releases.release_all(["designs.design:1"], by=BY, at=now()) == 0
    assert releases.release_all(["orders.orderline:7"], by=BY, at=now()) == 1
