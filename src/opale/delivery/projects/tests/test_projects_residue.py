"""An order that is cancelled leaves nothing behind, from whichever state it comes: by programs."""

import json
from collections.abc import Mapping
from typing import Any, Final

import pytest
from django.test import Client
from tests.personas import Personas

from opale.delivery.orders.models import Order
from opale.delivery.orders.states import ENDED, OrderState
from opale.delivery.projects.actions import packages, reservations, resource_requests
from opale.delivery.projects.models import Deliverable, Project, TechnicalNeed, WorkPackage
from opale.delivery.projects.queries import workdays
from opale.delivery.projects.states import AHEAD, OUTSTANDING
from opale.delivery.projects.tests.builders import (
    MAKER,
    fresh,
    held,
    led,
    make_project,
    package,
    pool,
)
from opale.delivery.resources.actions.requests import staff_request
from opale.delivery.resources.models import ResourceRequest
from opale.delivery.resources.states import OPEN as OPEN_REQUESTS
from opale.kernel.facts import deliver
from opale.kernel.models import Fact
from opale.reservations.models import Reservation
from opale.reservations.states import HOLDING

pytestmark = pytest.mark.django_db

ORDERS = "/tmf-api/productOrderingManagement/v4/productOrder"
TASKS = "/tmf-api/productOrderingManagement/v4/cancelProductOrder"
S = OrderState
ONE_DELIVERED: Final = "one line delivered"
WAYS: Final[Mapping[str, tuple[str, ...]]] = {
    S.IN_PROGRESS: (),
    S.PENDING: (S.PENDING,),
    S.HELD: (S.HELD,),
    S.ACKNOWLEDGED: (S.HELD, S.ACKNOWLEDGED),
    S.ASSESSING: (S.ASSESSING,),
    S.CANCELLING: (S.ASSESSING, S.CANCELLING),
    S.REJECTED: (S.HELD, S.REJECTED),
    S.FAILED: (S.FAILED,),
    S.CANCELLED: (S.CANCELLED,),
    S.COMPLETED: (S.COMPLETED,),
    S.PARTIAL: (ONE_DELIVERED, S.CANCELLED),
    ONE_DELIVERED: (ONE_DELIVERED,),
}
"""How a program brings an order that is in progress into each of its states."""
HELD_AFTER: Final = {S.COMPLETED: 2, S.PARTIAL: 2, ONE_DELIVERED: 2}
"""The stock of what is delivered stays: the rack units and the kilowatts. Hours for work that
nobody does any more do not."""


def program(house: Personas) -> Client:
    token = house.token("project_manager")
    return Client(headers={"Authorization": f"Bearer {token}"})


def with_everything_held(house: Personas) -> Project:
    """Stock, hours by hand and by a request, hours of the whole, and somebody still asked for."""
    project = led(make_project(house, ("colo", 1), ("vpn", 1)), house)
    by = house.actor("project_manager")
    needs = TechnicalNeed.objects.filter(project=project)
    stock = {need.pk: pool(need.unit) for need in needs}
    reservations.reserve_needs(project, stock, by=by, since=workdays.today())
    design = package(project, "design")
    packages.edit_package(design, by=MAKER, person=house.people["build_engineer"])
    reservations.reserve_hours(package(project, "design"), by=by)
    extra = packages.add_package(
        project, by=by, name_en="Extra", name_fr="En plus", hours=4, days=1,
        person=house.people["build_engineer"], after=[package(project, "end").pk],
    )  # fmt: skip
    reservations.reserve_hours(extra, by=by)
    asked = resource_requests.request_person(package(project, "tested"), by=by)
    staff_request(asked, house.people["build_engineer"], [(asked.since, asked.since, 4.0)], by=by)
    follow("resources.RequestStaffed", "projects.follow_staffing")
    resource_requests.request_person(package(project, "router"), by=by)
    assert held() == 5
    assert ResourceRequest.objects.filter(state__in=OPEN_REQUESTS).count() == 1
    return project


def follow(name: str, listener: str) -> None:
    """What the worker does with the last fact of this name."""
    fact = Fact.objects.filter(name=name).latest("id")
    assert deliver(fact.pk, listener)


def patched(client: Client, order: Order, step: str) -> None:
    body: dict[str, Any] = {"state": step, "cancellationReason": "No fibre there"}
    if step == ONE_DELIVERED:
        body = {"productOrderItem": [{"id": "1", "state": "completed"}]}
    answer = client.patch(
        f"{ORDERS}/{order.number}", json.dumps(body), "application/merge-patch+json"
    )
    assert answer.status_code == 200, answer.content


def test_every_state_has_its_way() -> None:
    assert {*S.values, ONE_DELIVERED} == set(WAYS)


@pytest.mark.parametrize("state", WAYS)
def test_nothing_is_left_of_an_order_cancelled_in_any_state(state: str, personas: Personas) -> None:
    project, client = with_everything_held(personas), program(personas)
    order = project.order
    for step in WAYS[state]:
        patched(client, order, step)
    before = client.get(f"{ORDERS}/{order.number}").json()["state"]
    assert before == (S.IN_PROGRESS if state == ONE_DELIVERED else state)
    asked = {"productOrder": {"id": str(order.number)}, "cancellationReason": "Put off"}
    task = client.post(TASKS, json.dumps(asked), "application/json").json()

    fails = before in ENDED and before != S.CANCELLED
    assert task["state"] == ("terminatedWithError" if fails else "done")
    ended = client.get(f"{ORDERS}/{order.number}").json()["state"]
    assert ended == (before if fails else S.PARTIAL if state == ONE_DELIVERED else S.CANCELLED)
    expected = HELD_AFTER.get(state, 0)
    assert held() == expected, "in the same transaction, before the project hears of it"
    follow("orders.OrderMoved", "projects.follow_order")

    assert held() == expected
    holding = client.get("/api/v1/reservations?state=holding").json()["items"]
    assert len(holding) == Reservation.objects.filter(state__in=HOLDING).count()
    assert bool(holding) == bool(expected)
    delivered = state in HELD_AFTER
    assert fresh(project).state == ("done" if delivered else "cancelled")
    assert not WorkPackage.objects.filter(project=project, state__in=AHEAD).exists()
    assert not Deliverable.objects.filter(project=project, state__in=OUTSTANDING).exists()
    assert not ResourceRequest.objects.filter(state__in=OPEN_REQUESTS).exists()
    left = TechnicalNeed.objects.filter(project=project, line__item_id="2")
    assert state == S.COMPLETED or not left.exists()
    assert delivered or not TechnicalNeed.objects.filter(project=project).exists()


def test_a_line_that_changes_in_flight_gives_back_what_it_held(personas: Personas) -> None:
    project, client = with_everything_held(personas), program(personas)
    body = {"productOrderItem": [{"id": "1", "quantity": 2}]}
    answer = client.patch(
        f"{ORDERS}/{project.order.number}", json.dumps(body), "application/merge-patch+json"
    )
    assert answer.status_code == 200, answer.content
    follow("orders.OrderChanged", "projects.follow_change")
    units = Reservation.objects.filter(state__in=HOLDING, lines__pool__isnull=False)
    assert not units.exists(), "two cabinets need other stock than one"
    assert Reservation.objects.filter(state__in=HOLDING, lines__person__isnull=False).exists()
