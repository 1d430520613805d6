"""The pages and the API of reservations: who holds what, and what is said when it is taken."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from tests.personas import Personas

from opale.infrastructure.models import CapacityPool, ConfigurationItem
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.calendars import Calendar, DayException
from opale.kernel.clock import now
from opale.kernel.errors import Conflict, Invalid
from opale.organisation.models import Absence, Person, WorkingCalendar
from opale.reservations.actions import reservations
from opale.reservations.actions.reservations import Line, NewReservation
from opale.reservations.models import BusyTime, Reservation
from opale.reservations.queries import bench
from opale.reservations.queries import load as load_queries
from opale.reservations.queries import reservations as reservation_queries

pytestmark = pytest.mark.django_db
MONDAY = date(2027, 3, 1)
BY = system("test")


@pytest.fixture
def manager(personas: Personas) -> Client:
    return personas.client("project_manager")


@pytest.fixture
def expert(personas: Personas) -> Person:
    return personas.people["build_engineer"]


@pytest.fixture
def hall() -> CapacityPool:
    return CapacityPool.objects.create(name="Hall A", unit="kW", capacity=Decimal(10))


def hours(person: Person, a_day: str, since: date = MONDAY, days: int = 5) -> Line:
    until = since + timedelta(days=days)
    return Line(person=person, quantity=Decimal(a_day), since=since, until=until)


def hold(*lines: Line, purpose: str = "Second cabinet", **more: Any) -> Reservation:
    return reservations.reserve(NewReservation(purpose=purpose, lines=lines, **more), by=BY)


def works(person: Person, calendar: Calendar) -> None:
    with attributed(BY):
        person.calendar = WorkingCalendar.objects.create(
            name=f"Of {person.name}", record=calendar.to_record()
        )
        person.save(update_fields=["calendar"])


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def form(person: Person, hall: CapacityPool, **more: str) -> dict[str, str]:
    body = {
        "purpose": "VPN of three sites",
        "firm": "confirmed",
        "what_1": "person",
        "person_1": str(person.pk),
        "hours_1": "4",
        "since_1": "2027-03-01",
        "last_1": "2027-03-05",
        "what_2": "pool",
        "pool_2": str(hall.pk),
        "quantity_2": "6",
    }
    return body | more


def test_people_and_stock_are_reserved_by_one_form(
    personas: Personas, manager: Client, expert: Person, hall: CapacityPool
) -> None:
    assert manager.post("/reservations/new/", form(expert, hall)).status_code == 302
    made = Reservation.objects.get()
    lines = list(made.lines.order_by("id"))
    assert [(one.person, one.pool, int(one.quantity)) for one in lines] == [
        (expert, None, 4),
        (None, hall, 6),
    ]
    assert [one.last for one in lines] == [date(2027, 3, 5)] * 2
    assert made.holder == personas.people["project_manager"]
    shown = page(manager, f"/reservations/{made.pk}/")
    assert expert.name in shown
    assert "Hall A" in shown
    assert "VPN of three sites" in page(manager, "/reservations/?q=hall+three")


def test_a_double_booking_says_what_is_left_and_who_holds_the_rest(
    manager: Client, expert: Person, hall: CapacityPool
) -> None:
    hold(hours(expert, "6", MONDAY + timedelta(days=2), 2), purpose="Cut-over of BETA")
    answer = manager.post("/reservations/new/", form(expert, hall))
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert f"{expert.name} has 2 h left on 3 Mar 2027" in shown
    assert "Cut-over of BETA" in shown
    assert Reservation.objects.count() == 1


def test_what_is_taken_of_stock_and_of_units_is_told(hall: CapacityPool) -> None:
    rack = ConfigurationItem.objects.create(name="rack-1", kind="rack")
    unit = Line(item=rack, unit="U12", since=MONDAY, until=None)
    power = Line(pool=hall, quantity=Decimal("6.5"), since=MONDAY, until=None)
    hold(unit, power)
    with pytest.raises(Conflict, match=r"Hall A has 3\.5 of 10 kW left .* 6\.5 are needed"):
        hold(power)
    with pytest.raises(Conflict, match="U12 of rack-1 is reserved open-ended for: Second cabinet"):
        hold(unit)


def test_a_person_gives_the_hours_of_the_own_calendar_and_no_others(expert: Person) -> None:
    closed = DayException(MONDAY + timedelta(days=1), "closing")
    part = Calendar.on_weekdays("Europe/Paris", "09:00-12:00", "13:00-16:00")
    works(expert, Calendar(part.time_zone, part.weekly, exceptions=(closed,)))
    with pytest.raises(Conflict, match="6 h left"):
        hold(hours(expert, "6.5"))
    with pytest.raises(Invalid, match="does not work on any of these days"):
        hold(hours(expert, "1", MONDAY + timedelta(days=1), 1))
    hold(hours(expert, "6"))
    week = load_queries.load_map(seen_by=BY, since=MONDAY, weeks=1).rows
    load = next(row.weeks[0] for row in week if row.person == expert)
    assert (int(load.given), int(load.confirmed), load.share) == (24, 24, 100)


def test_hours_beyond_the_calendar_are_refused_by_the_database_as_well(expert: Person) -> None:
    works(expert, Calendar.on_weekdays("Europe/Paris", "09:00-13:00"))
    held = hold(hours(expert, "3"))
    with pytest.raises(IntegrityError), attributed(BY), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reservations_reservationline"
            " (reservation_id, person_id, unit, quantity, days)"
            " VALUES (%s, %s, '', 2, '[2027-03-02,2027-03-03)')",
            [held.pk, expert.pk],
        )


def test_a_public_holiday_gives_no_hours(expert: Person) -> None:
    """In France, Easter Monday of 2027 is the 29th of March."""
    easter = date(2027, 3, 29)
    with pytest.raises(Invalid, match="does not work"):
        hold(hours(expert, "4", easter, 1))
    hold(hours(expert, "4", easter))
    rows = load_queries.load_map(seen_by=BY, since=easter, weeks=1).rows
    load = next(row.weeks[0] for row in rows if row.person == expert)
    assert (int(load.given), int(load.confirmed)) == (32, 16)


def test_days_begin_where_the_person_works(expert: Person) -> None:
    """Twenty hours from noon in Auckland: half on Sunday, half in the week that follows."""
    with attributed(BY):
        expert.time_zone = "Pacific/Auckland"
        expert.save(update_fields=["time_zone"])
    begins = datetime(2027, 2, 28, 1, tzinfo=UTC)  # 14:00 of that Sunday, in Auckland
    BusyTime.objects.create(
        person=expert,
        kind=BusyTime.Kind.DUTY,
        period=DateTimeTZRange(begins, begins + timedelta(hours=20)),
        source="shifts.duty:1",
    )
    found = load_queries.load_map(seen_by=BY, since=MONDAY - timedelta(days=7), weeks=2).rows
    row = next(row for row in found if row.person == expert)
    assert [int(week.duty) for week in row.weeks] == [10, 10]


def test_an_absence_takes_what_the_day_would_have_given(expert: Person) -> None:
    paris = timedelta(hours=1)
    noon = datetime(2027, 3, 3, 12, tzinfo=UTC) - paris
    Absence.objects.create(
        person=expert,
        kind=Absence.Kind.LEAVE,
        period=DateTimeTZRange(noon, noon + timedelta(days=2, hours=12)),
    )
    rows = load_queries.load_map(seen_by=BY, since=MONDAY, weeks=1).rows
    load = next(row.weeks[0] for row in rows if row.person == expert)
    assert (int(load.absent), int(load.available)) == (24, 16)


def test_an_expert_who_leaves_gives_nothing_after_the_last_day(
    personas: Personas, expert: Person
) -> None:
    hold(hours(expert, "4", days=14))
    with attributed(BY):
        expert.left_on = MONDAY + timedelta(days=2)
        expert.save(update_fields=["left_on"])
    with pytest.raises(Conflict, match="will have left the company"):
        hold(hours(expert, "1"))
    hold(hours(expert, "1", days=3))
    found = load_queries.load_map(seen_by=BY, since=MONDAY, weeks=2).rows
    weeks = next(row.weeks for row in found if row.person == expert)
    assert [(int(week.given), int(week.confirmed)) for week in weeks] == [(24, 15), (0, 0)]
    told = reservation_queries.hours_of_leavers(seen_by=BY)
    assert [(line.person, line.reservation.purpose) for line in told] == [
        (expert, "Second cabinet")
    ]


def test_the_map_shows_weeks_and_what_fills_one(
    manager: Client, expert: Person, personas: Personas
) -> None:
    hold(hours(expert, "4"), customer=personas.customer)
    shown = page(manager, f"/load/?weeks=13&since={MONDAY}")
    assert (
        f'data-load="half"><a tabindex="-1" href="/load/people/{expert.pk}/?week=2027-03-01"'
        in shown
    )
    assert "20 / 40 h booked" in shown
    week = page(manager, f"/load/people/{expert.pk}/?week=2027-03-01")
    assert "Second cabinet" in week
    assert "Acme" in week
    assert "20 h" in week


def test_who_has_time_is_on_the_bench_for_rd_or_for_run_while_it_is_full(
    personas: Personas, manager: Client, expert: Person
) -> None:
    actor = personas.actor("project_manager")

    def use(text: str = "") -> dict[Person, str]:
        found = load_queries.load_map(seen_by=actor, since=MONDAY, weeks=4, text=text)
        return {free.person: free.use for free in bench.bench(found, seen_by=actor).people}

    assert use()[expert] == "research"
    for name in ("run_engineer", "desk_agent"):
        hold(hours(personas.people[name], "7.5", days=26))
    assert use()[expert] == "run"
    assert use(expert.name)[expert] == "run", "all of RUN counts, whoever is on the map"
    assert "help for RUN" in page(manager, f"/load/?since={MONDAY}")
    hold(hours(expert, "5", days=26))
    assert expert not in use()


def test_a_form_says_what_is_missing_beside_its_field(
    manager: Client, expert: Person, hall: CapacityPool
) -> None:
    body = form(expert, hall, firm="tentative", hours_1="", last_1="")
    answer = manager.post("/reservations/new/", body)
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "Required for the selection above." in shown
    assert "probability and expiry of a tentative reservation" in shown
    assert not Reservation.objects.exists()


def test_a_tentative_one_is_confirmed_and_released_on_its_page(
    manager: Client, expert: Person, hall: CapacityPool
) -> None:
    body = form(expert, hall, firm="tentative", probability="60", expires_at="+2h")
    assert manager.post("/reservations/new/", body).status_code == 302
    made = Reservation.objects.get()
    path = f"/reservations/{made.pk}/"
    assert "60" in page(manager, path)
    assert manager.post(f"{path}moves/confirm/").status_code == 302
    assert manager.post(f"{path}moves/confirm/").status_code == 409
    assert manager.post(f"{path}moves/release/").status_code == 302
    assert "released" in page(manager, path)
    assert manager.post(f"{path}moves/nothing/").status_code == 404


def test_what_has_expired_meanwhile_is_not_confirmed(manager: Client, hall: CapacityPool) -> None:
    line = Line(pool=hall, quantity=Decimal(1), since=MONDAY, until=None)
    made = hold(line, probability=50, expires_at=now() + timedelta(hours=1))
    with attributed(BY):
        Reservation.objects.filter(pk=made.pk).update(expires_at=now() - timedelta(seconds=1))
    answer = manager.post(f"/reservations/{made.pk}/moves/confirm/")
    assert answer.status_code == 409
    assert "has expired" in answer.content.decode()


def test_the_api_reserves_all_or_nothing_and_tells_what_is_left(
    personas: Personas, client: Client, expert: Person, hall: CapacityPool
) -> None:
    headers = {"Authorization": f"Bearer {personas.token('project_manager')}"}

    def post(path: str, body: dict[str, Any]) -> Any:
        return client.post(
            f"/api/v1/{path}", body, content_type="application/json", headers=headers
        )

    line = {"person_id": expert.pk, "quantity": "5", "since": "2027-03-01", "last": "2027-03-05"}
    body = {"purpose": "Cut-over", "lines": [line, {"pool_id": hall.pk, "since": "2027-03-01"}]}
    made = post("reservations", body)
    assert made.status_code == 201
    assert [one["holds"] for one in made.json()["lines"]] == [True, True]
    again = post("reservations", body)
    assert again.status_code == 409
    assert "3 h left" in again.json()["detail"]
    both = {"person_id": expert.pk, "pool_id": hall.pk, "since": "2027-03-01"}
    assert post("reservations", body | {"lines": [both]}).status_code == 422
    filled = client.get(f"/api/v1/capacity-pools/{hall.pk}?on=2027-03-02", headers=headers).json()
    assert (float(filled["confirmed"]), float(filled["left"])) == (1, 9)
    load = client.get("/api/v1/load?since=2027-03-01&weeks=1", headers=headers).json()
    person = next(one for one in load["people"] if one["person_id"] == expert.pk)
    assert (float(person["weeks"][0]["confirmed"]), person["weeks"][0]["share"]) == (25, 62)
    path = f"reservations/{made.json()['id']}"
    assert post(f"{path}/release", {}).json()["state"] == "released"
    assert post(f"{path}/release", {}).status_code == 409
    found = client.get(f"/api/v1/reservations?person_id={expert.pk}&state=ended", headers=headers)
    assert [one["id"] for one in found.json()["items"]] == [made.json()["id"]]
