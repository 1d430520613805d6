"""What a work package holds after it was done is free at once, and held again where it can be."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from tests.personas import Personas

from opale.delivery.orders.actions import moves
from opale.delivery.orders.states import CANCEL
from opale.delivery.projects.actions import packages, reservations, resource_requests
from opale.delivery.projects.models import Project, WorkPackage
from opale.delivery.projects.states import COMPLETE, DROP, REOPEN
from opale.delivery.projects.tests.builders import MAKER, SUMMER, held, led, make_project, package
from opale.delivery.resources.queries.candidates import Need, candidates
from opale.infrastructure.models import CapacityPool, ConfigurationItem
from opale.kernel import clock
from opale.kernel.attribution import attributed
from opale.kernel.states import moves_of
from opale.organisation.models import Absence, Person
from opale.reservations.actions.reservations import Line, NewReservation, reserve
from opale.reservations.models import Reservation, ReservationLine
from opale.reservations.queries.bench import bench
from opale.reservations.queries.load import load_map
from opale.reservations.queries.reservations import history_of

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2027, 7, 2), date(2027, 7, 8)
"""The planned days of the design: a Friday to a Thursday, five hours on each of five days."""
SECOND, THIRD = date(2027, 7, 5), date(2027, 7, 6)
LATER = SUMMER + timedelta(days=4)
"""Monday 5 July, the second of these days."""


@pytest.fixture
def engineer(personas: Personas) -> Person:
    return personas.people["build_engineer"]


@pytest.fixture
def project(personas: Personas, engineer: Person) -> Iterator[Project]:
    """Its design is done by somebody whose hours are reserved, and it is the second day of it."""
    with clock.travel(SUMMER - clock.now()):
        made = led(make_project(personas), personas)
        packages.edit_package(package(made, "design"), by=MAKER, person=engineer)
        reservations.reserve_hours(package(made, "design"), by=MAKER)
    with clock.travel(LATER - clock.now()):
        yield made


def days(state: str) -> list[tuple[date, date | None, Decimal]]:
    rows = ReservationLine.objects.filter(reservation__state=state).order_by("id")
    return [(row.since, row.last, row.quantity) for row in rows]


def other(person: Person, since: date = THIRD, last: date | None = LAST) -> Reservation:
    until = (last or since) + timedelta(days=1)
    asked = Line(person=person, quantity=Decimal(8), since=since, until=until)
    return reserve(NewReservation(purpose="R&D", lines=(asked,)), by=MAKER)


def test_who_is_done_early_is_free_at_once_for_everybody(
    personas: Personas, project: Project, engineer: Person
) -> None:
    by = personas.actor("build_engineer")
    need = Need(hours=Decimal(24), since=THIRD, last=LAST, team=personas.teams["build_engineer"])
    seen = personas.actor("project_manager")
    before = load_map(seen_by=seen, since=SECOND, weeks=4)
    hours = {one.person: one.hours for one in bench(before, seen_by=seen).people}[engineer]

    packages.move_package(package(project, "design"), COMPLETE, by=by)

    assert days("confirmed") == [(FIRST, SECOND, Decimal(5))]
    after = load_map(seen_by=seen, since=SECOND, weeks=4)
    assert {one.person: one.hours for one in bench(after, seen_by=seen).people}[engineer] == (
        hours + 15
    )
    first = candidates(need, seen_by=seen)[0]
    assert (first.person, first.moved) == (engineer, ())
    assert first.stretches == ((THIRD, LAST, 8.0),)
    other(engineer)


def test_what_was_given_back_is_kept_with_its_reason(
    personas: Personas, project: Project, engineer: Person
) -> None:
    design = package(project, "design")
    packages.move_package(design, COMPLETE, by=personas.actor("build_engineer"))
    assert days("released") == [(THIRD, LAST, Decimal(5))]
    released = Reservation.objects.get(state="released")
    kept = Reservation.objects.get(state="confirmed")
    assert (released.source, released.purpose) == (design.source, kept.purpose)
    assert (released.holder, released.made_at) == (kept.holder, kept.made_at)
    (move,) = moves_of(Reservation, released.pk)
    assert (move.move, move.source) == ("release", "confirmed")
    assert move.actor == personas.actor("build_engineer").key
    for row in (kept, released):
        reasons = {one.reason for one in history_of(row, seen_by=MAKER)}
        assert "completed before all reserved hours were used" in reasons


@pytest.mark.parametrize(
    ("on", "kept", "released"),
    [
        (FIRST, [(FIRST, FIRST)], [(FIRST + timedelta(days=1), LAST)]),
        (date(2027, 7, 1), [], [(FIRST, LAST)]),
    ],
)
def test_the_days_after_it_was_done_are_given_back_whenever_it_is_told(
    on: date,
    kept: list[tuple[date, date]],
    released: list[tuple[date, date]],
    project: Project,
) -> None:
    packages.move_package(package(project, "design"), COMPLETE, by=MAKER, on=on)
    assert [(since, last) for since, last, _hours in days("confirmed")] == kept
    assert [(since, last) for since, last, _hours in days("released")] == released


def test_done_on_its_last_day_it_gives_nothing_back(project: Project) -> None:
    end = SUMMER + timedelta(days=7)
    with clock.travel(end - clock.now()):
        packages.move_package(package(project, "design"), COMPLETE, by=MAKER)
    assert days("confirmed") == [(FIRST, LAST, Decimal(5))]
    assert not Reservation.objects.filter(state="released").exists()


def test_stock_by_name_and_by_quantity_goes_with_the_package_and_that_of_the_line_stays(
    personas: Personas, project: Project
) -> None:
    """A test set on loan is of the package; the rack units of the cabinet are of the service."""
    design = package(project, "design")
    rack = ConfigurationItem.objects.create(name="R7", kind="rack")
    power = CapacityPool.objects.create(name="Hall", unit="kW", capacity=Decimal(10))
    until = LAST + timedelta(days=1)
    things = (
        Line(item=rack, unit="U12", since=FIRST, until=until),
        Line(pool=power, quantity=Decimal(2), since=THIRD, until=None),
    )
    order_line = project.order.lines.get()
    for source in (design.source, order_line.source):
        unit = things if source == design.source else things[1:]
        reserve(NewReservation(purpose="Test", lines=unit, source=source), by=MAKER)
    packages.move_package(design, COMPLETE, by=MAKER)
    kept = ReservationLine.objects.filter(holds=True)
    assert [row.last for row in kept.filter(item=rack)] == [SECOND]
    assert [row.reservation.source for row in kept.filter(pool=power)] == [order_line.source]
    again = Line(item=rack, unit="U12", since=THIRD, until=None)
    reserve(NewReservation(purpose="Somebody else", lines=(again,)), by=MAKER)


def test_days_are_given_back_by_who_has_no_hours_left_on_the_days_before(
    project: Project, engineer: Person
) -> None:
    with attributed(MAKER):
        period = (LATER - timedelta(days=4), LATER + timedelta(hours=8))
        Absence.objects.create(person=engineer, kind="sickness", period=period)
    packages.move_package(package(project, "design"), COMPLETE, by=MAKER)
    assert days("confirmed") == [(FIRST, SECOND, Decimal(5))]


def test_nobody_is_asked_any_more_for_what_is_done(personas: Personas, project: Project) -> None:
    request = resource_requests.request_person(package(project, "router"), by=MAKER)
    packages.move_package(package(project, "router"), COMPLETE, by=personas.actor("build_engineer"))
    request.refresh_from_db()
    assert request.state == "withdrawn"


def test_opened_again_it_holds_what_is_still_ahead(project: Project) -> None:
    packages.move_package(package(project, "design"), COMPLETE, by=MAKER, on=FIRST)
    with clock.travel(SUMMER + timedelta(days=5) - clock.now()):
        assert packages.move_package(package(project, "design"), REOPEN, by=MAKER) == ""
    assert days("confirmed") == [(FIRST, FIRST, Decimal(5)), (THIRD, LAST, Decimal(5))]
    held_again = package(project, "design").reservation
    assert held_again is not None
    assert held_again.lines.get().since == THIRD
    packages.move_package(package(project, "design"), DROP, by=MAKER)
    assert held() == 0


def test_opened_again_it_says_what_it_cannot_hold_any_more(
    personas: Personas, project: Project, engineer: Person
) -> None:
    design = package(project, "design")
    packages.move_package(design, COMPLETE, by=MAKER)
    taken = other(engineer)
    client = Client(headers={"Authorization": f"Bearer {personas.token('project_manager')}"})
    url = f"/api/v1/work-packages/{design.pk}/moves/"
    body = client.post(f"{url}reopen", {}, "application/json").json()
    assert body["state"] == "todo"
    assert "0 h left on 6 Jul 2027" in body["not_held"]
    assert days("confirmed") == [(FIRST, SECOND, Decimal(5)), (THIRD, LAST, Decimal(8))]
    assert taken.lines.get().holds
    assert client.post(f"{url}complete", {}, "application/json").json()["not_held"] == ""


def test_a_page_says_what_cannot_be_held_any_more(personas: Personas, engineer: Person) -> None:
    project = led(make_project(personas), personas)
    packages.edit_package(package(project, "design"), by=MAKER, person=engineer)
    held_before = reservations.reserve_hours(package(project, "design"), by=MAKER).lines.get()
    packages.move_package(package(project, "design"), COMPLETE, by=MAKER)
    assert held() == 0, "done before it was to begin"
    other(engineer, held_before.since, held_before.last)
    address = reverse(
        "projects_package_move", args=[project.number, package(project, "design").pk, "reopen"]
    )
    page = personas.client("project_manager").post(address, follow=True)
    assert "Its hours could not be reserved again" in page.content.decode()


def test_hours_of_who_does_it_no_more_are_not_held_again(
    personas: Personas, project: Project
) -> None:
    design = package(project, "design")
    packages.move_package(design, COMPLETE, by=MAKER)
    with attributed(MAKER):
        other_person = personas.people["project_manager"]
        WorkPackage.objects.filter(pk=design.pk).update(person=other_person)
    assert packages.move_package(package(project, "design"), REOPEN, by=MAKER) == ""
    assert days("confirmed") == [(FIRST, SECOND, Decimal(5))]


def test_what_was_held_of_a_line_that_ended_meanwhile_is_not_held_again(
    personas: Personas, engineer: Person
) -> None:
    project = led(make_project(personas, ("colo", 1), ("vpn", 1)), personas)
    packages.edit_package(package(project, "design"), by=MAKER, person=engineer)
    reservations.reserve_hours(package(project, "design"), by=MAKER)
    packages.move_package(package(project, "design"), DROP, by=MAKER)
    moves.move_line(project.order.lines.get(item_id="2"), CANCEL, by=MAKER)
    said = packages.move_package(package(project, "design"), REOPEN, by=MAKER)
    assert (said, held()) == ("Its order line is no longer delivered.", 0)
