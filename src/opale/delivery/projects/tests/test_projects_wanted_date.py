"""For when a project is wanted: what its order says, until the customer was promised a day."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from tests.personas import Personas

from opale.delivery.orders.actions import changes, moves, orders
from opale.delivery.orders.actions.changes import LineChange
from opale.delivery.orders.actions.orders import NewLine, NewOrder
from opale.delivery.orders.models import Order
from opale.delivery.orders.states import CANCEL, START
from opale.delivery.projects.actions import order_sync, projects, slippage, wanted_date
from opale.delivery.projects.models import Baseline, Project, Slip
from opale.delivery.projects.queries import attention
from opale.delivery.projects.queries import slippage as slippage_queries
from opale.delivery.projects.tests.builders import (
    MAKER,
    SUMMER,
    fresh,
    led,
    make_project,
    offering,
    package,
)
from opale.delivery.projects.tests.test_projects_rules import table
from opale.kernel import clock
from opale.kernel.errors import Invalid

pytestmark = pytest.mark.django_db

JUNE, JULY, AUGUST = "2028-06-01T12:00:00Z", "2028-07-03T12:00:00Z", "2028-08-01T12:00:00Z"


@pytest.fixture
def project(personas: Personas) -> Project:
    return led(make_project(personas, wanted=JULY), personas)


def change(order: Order, **said: Any) -> None:
    """As it is told by the order, and heard by its project."""
    changes.change_order(Order.objects.get(pk=order.pk), by=MAKER, **said)
    order_sync.sync_project(order.pk, by=MAKER)


def days(project: Project) -> tuple[date | None, date | None, date | None]:
    row = fresh(project)
    return row.wanted_on, row.ordered_on, row.wish


@pytest.mark.parametrize("row", table("The wanted day"), ids=" ".join)
def test_the_worked_example_of_the_wanted_day(row: list[str], personas: Personas) -> None:
    """Its lines may go live on different days: it is wanted for the last of them."""
    of_order, of_lines, expected = row
    wanted = [text.split() for text in of_lines.split(", ")]
    lines = tuple(
        NewLine(offering=offering("colo"), wanted_text="" if text == "–" else f"{text}T12:00:00Z")
        for text, *_state in wanted
    )
    text = "" if of_order == "–" else f"{of_order}T12:00:00Z"
    asked = NewOrder(customer=personas.customer, lines=lines, wanted_text=text)
    order = moves.move_order(orders.create_order(asked, by=MAKER), START, by=MAKER)
    order_sync.sync_project(order.pk, by=MAKER)
    for line, (_text, *state) in zip(order.lines.order_by("position"), wanted, strict=True):
        if state:
            moves.move_line(line, CANCEL, by=MAKER)
    made = order_sync.sync_project(order.pk, by=MAKER)
    assert made is not None
    day = None if expected == "–" else date.fromisoformat(expected)
    assert (made.wanted_on, made.ordered_on) == (day, day)


def test_until_a_day_is_promised_the_project_follows_its_order(project: Project) -> None:
    change(project.order, wanted_text=AUGUST)
    assert days(project) == (date(2028, 8, 1), date(2028, 8, 1), None)
    change(project.order, lines=[LineChange(item_id="1", fields={"wanted_text": JUNE})])
    assert days(project) == (date(2028, 6, 1), date(2028, 6, 1), None)


def test_what_does_not_change_the_day_leaves_one_that_was_written_by_hand(
    project: Project,
) -> None:
    projects.edit_project(project, by=MAKER, wanted_on=date(2028, 7, 20))
    change(project.order, description="By the back door, please")
    assert fresh(project).wanted_on == date(2028, 7, 20)


def test_after_a_promise_who_leads_it_is_told_and_takes_the_day_over(
    personas: Personas, project: Project
) -> None:
    seen = personas.actor("project_manager")
    slippage.create_baseline(project, by=MAKER, promised_on=date(2028, 7, 3))
    with pytest.raises(Invalid):
        wanted_date.adopt_ordered_day(project, by=MAKER)
    change(project.order, wanted_text=JUNE)
    assert days(project) == (date(2028, 7, 3), date(2028, 6, 1), date(2028, 6, 1))
    assert [(one.kind, one.on) for one in attention.attention_items(seen_by=seen)] == [
        ("wish", date(2028, 6, 1))
    ]
    page = personas.client("project_manager").get(f"/projects/{project.number}/").content.decode()
    assert "The customer now wants it by" in page
    wanted_date.adopt_ordered_day(project, by=MAKER)
    assert days(project) == (date(2028, 6, 1), date(2028, 6, 1), None)
    assert not attention.attention_items(seen_by=seen)
    assert fresh(project).promised_on == date(2028, 7, 3), "nothing earlier was promised by that"


@pytest.fixture
def summer() -> Iterator[None]:
    with clock.travel(SUMMER - clock.now()):
        yield


def test_what_a_later_day_moves_is_the_customers_slip_and_the_day_is_promised(
    summer: None, personas: Personas
) -> None:
    """Planned back from the wanted day, everything begins later with it."""
    project = led(make_project(personas, wanted=JUNE), personas)
    projects.edit_project(project, by=MAKER, backward=True)
    slippage.create_baseline(project, by=MAKER, promised_on=date(2028, 6, 1))
    before = package(project, "kickoff").ends_on
    change(project.order, wanted_text=JULY)
    assert not Slip.objects.exists()
    wanted_date.adopt_ordered_day(project, by=personas.actor("project_manager"))
    moved = package(project, "kickoff").ends_on
    assert before is not None
    assert moved is not None
    assert moved > before
    assert {(one.cause, one.package.key) for one in Slip.objects.all()} == {("customer", "kickoff")}
    row = fresh(project)
    assert (row.promised_on, row.weather) == (date(2028, 7, 3), "cloud"), "no margin, and no storm"
    assert Baseline.objects.filter(project=project).count() == 2
    assert not slippage_queries.late_packages(project, seen_by=MAKER)


def test_programs_take_the_day_over_too(personas: Personas, project: Project) -> None:
    slippage.create_baseline(project, by=MAKER, promised_on=date(2028, 7, 3))
    change(project.order, wanted_text=AUGUST)
    headers = {"Authorization": f"Bearer {personas.token('project_manager')}"}
    client = personas.client("")
    url = f"/api/v1/projects/{project.number}/wanted-day"
    body = client.post(url, {}, "application/json", headers=headers).json()
    assert (body["wanted_on"], body["ordered_on"]) == ("2028-08-01", "2028-08-01")
    assert client.post(url, {}, "application/json", headers=headers).status_code == 422
