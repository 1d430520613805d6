"""The portfolio as a timeline and by manager, and the work of a customer on its page."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from tests.personas import Personas

from opale.delivery.orders.tests.builders import make_order
from opale.delivery.projects.models import Project, Weather
from opale.delivery.projects.queries import managers
from opale.delivery.projects.queries.workdays import today
from opale.delivery.projects.tests.builders import MAKER, fresh, led, make_project
from opale.kernel.attribution import attributed
from opale.organisation.models import Person
from opale.reservations.models import Reservation, ReservationLine

pytestmark = pytest.mark.django_db


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return response.content.decode()


def planned(project: Project, **said: Any) -> Project:
    with attributed(MAKER):
        Project.objects.filter(pk=project.pk).update(**said)
    return fresh(project)


def test_the_timeline_draws_the_end_the_promise_and_what_is_after_it(personas: Personas) -> None:
    late = planned(
        make_project(personas, ("vpn", 1)),
        begins_on=date(2027, 1, 4), ends_on=date(2027, 2, 12), promised_on=date(2027, 2, 1),
        weather=Weather.STORM,
    )  # fmt: skip
    kept = planned(
        make_project(personas, ("colo", 1)),
        begins_on=date(2027, 1, 4), ends_on=date(2027, 1, 20), promised_on=date(2027, 1, 22),
        weather=Weather.SUN,
    )  # fmt: skip
    client = personas.client("project_manager")
    found = page(client, "/projects/timeline/")
    assert found.index(kept.reference) < found.index(late.reference)
    rows = found.split('<g class="project"')[1:]
    assert ['class="late"' in row for row in rows] == [False, True]
    assert "12 Feb, 11 days later" in rows[1]
    assert "Customer date: 22 Jan 2027" in rows[0]
    narrowed = page(client, "/projects/timeline/?weather=storm")
    assert late.reference in narrowed
    assert kept.reference not in narrowed
    assert "/projects/?weather=storm" in narrowed, "the list keeps the filter of the timeline"


def test_a_project_without_an_end_is_counted_and_not_drawn(personas: Personas) -> None:
    project = planned(make_project(personas, ("vpn", 1)), ends_on=None)
    found = page(personas.client("project_manager"), "/projects/timeline/")
    assert project.reference not in found
    assert "1 project has no planned end and is not drawn." in found


def test_managers_are_listed_with_what_they_lead(personas: Personas) -> None:
    storm = led(make_project(personas, ("vpn", 1)), personas)
    other = led(make_project(personas, ("colo", 1)), personas)
    planned(storm, weather=Weather.STORM, ends_on=today() + timedelta(days=3))
    planned(other, weather=Weather.CLOUD, ends_on=today() + timedelta(days=90))
    manager = personas.people["project_manager"]
    (line,) = managers.with_load(
        list(managers.project_managers(seen_by=MAKER).filter(pk=manager.pk)), MAKER
    )
    person: Any = line.person
    assert (person.open_count, person.storm_count, person.cloud_count, person.soon_count) == (
        2, 1, 1, 1,
    )  # fmt: skip
    client = personas.client("project_manager")
    found = page(client, "/projects/managers/?sort=-storm")
    assert manager.name in found
    assert "state=live&amp;weather=storm" in found
    answer = client.get("/api/v1/project-managers", {"q": manager.name}).json()["items"]
    assert [(one["person_id"], one["open"], one["off_track"]) for one in answer] == [
        (manager.pk, 2, 1)
    ]


def test_who_left_is_listed_while_they_lead_and_who_leads_nothing_too(personas: Personas) -> None:
    project = led(make_project(personas, ("vpn", 1)), personas)
    manager = personas.people["project_manager"]
    with attributed(MAKER):
        Person.objects.filter(pk=manager.pk).update(left_on=today() - timedelta(days=1))
    assert manager in managers.project_managers(seen_by=MAKER)
    planned(project, manager=None)
    assert manager not in managers.project_managers(seen_by=MAKER)


def test_booked_hours_are_a_share_of_the_available_ones(personas: Personas) -> None:
    manager = personas.people["project_manager"]
    monday = today() - timedelta(days=today().weekday())
    with attributed(MAKER):
        held = Reservation.objects.create(
            purpose="Follow-up", state="confirmed", holder=manager, customer=personas.customer
        )
        ReservationLine.objects.create(
            reservation=held, person=manager, quantity=7,
            days=(monday + timedelta(days=7), monday + timedelta(days=14)), holds=True,
        )  # fmt: skip
    (line,) = managers.with_load(
        list(managers.project_managers(seen_by=MAKER).filter(pk=manager.pk)), MAKER
    )
    next_week = managers.share_of(line.weeks[1:2])
    assert line.share(1) == 0
    assert next_week == 87, "7 hours of 8 on each day, whatever days are closed"
    assert 0 < (line.share(2) or 0) < next_week
    assert managers.share_of(()) is None


def test_a_customers_page_shows_its_open_orders_and_projects_alone(personas: Personas) -> None:
    own = planned(
        make_project(personas, ("vpn", 1)), ends_on=date(2027, 2, 12), promised_on=date(2027, 2, 1)
    )
    foreign = make_order(personas, customer=personas.other_customer)
    client = personas.client("project_manager")
    code = personas.customer.code
    whole = page(client, f"/customers/{code}/")
    for region in ("orders", "projects"):
        assert f"/{region}/of-customer/{code}/" in whole
    projects = page(client, f"/projects/of-customer/{code}/")
    assert own.reference in projects
    assert "11 days later" in projects
    orders = page(client, f"/orders/of-customer/{code}/")
    assert own.order.reference in orders
    assert foreign.reference not in orders
    contact = page(personas.client("customer_contact"), f"/orders/of-customer/{code}/")
    assert own.order.reference in contact
    assert "New order" not in contact


def test_a_long_list_of_a_customer_leads_to_all_of_them(personas: Personas) -> None:
    for _one in range(11):
        make_order(personas)
    client = personas.client("project_manager")
    region = page(client, f"/orders/of-customer/{personas.customer.code}/")
    assert region.count('class="o-line"') == 10
    assert "More orders" in region
    assert page(client, f"/orders/?customer={personas.customer.pk}").count("/orders/2") >= 11
