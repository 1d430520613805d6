"""What needs somebody who leads projects now: each kind, the nearest day first, and no other's."""

from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from tests.personas import Personas

from opale.delivery.projects.actions import (
    deliverables,
    follow_up,
    plans,
    projects,
    resource_requests,
    slippage,
)
from opale.delivery.projects.models import Deliverable
from opale.delivery.projects.queries import attention, workdays
from opale.delivery.projects.states import BEGIN
from opale.delivery.projects.tests.builders import MAKER, SUMMER, led, make_project, package, pool
from opale.delivery.resources.actions.answers import counter_request, refuse_request
from opale.delivery.resources.models import ResourceRequest
from opale.kernel import clock
from opale.reservations.actions.reservations import Line, NewReservation, reserve

pytestmark = pytest.mark.django_db
PARIS = ZoneInfo("Europe/Paris")
A_DAY = timedelta(days=1)


def kinds(house: Personas, name: str = "project_manager") -> list[str]:
    return [one.kind for one in attention.attention_items(seen_by=house.actor(name))]


def shown(house: Personas) -> str:
    return house.client("project_manager").get("/").content.decode()


def waited(house: Personas) -> str:
    return house.client("project_manager").get("/projects/now/").content.decode()


def test_nothing_is_said_where_nothing_waits(personas: Personas) -> None:
    assert "<section" not in waited(personas)
    home = personas.client("project_manager").get("/").content.decode()
    assert "/projects/now/" in home
    assert "/projects/now/" not in personas.client("desk_agent").get("/").content.decode()


def test_a_carrier_that_promised_for_today_is_asked_and_its_slip_is_a_milestone_at_risk(
    personas: Personas,
) -> None:
    with clock.travel(SUMMER - clock.now()):
        project = led(make_project(personas), personas)
        assert project.ends_on is not None
        circuit = package(project, "circuit")
        day = workdays.today() + timedelta(days=29)
        slippage.record_carrier_promise(circuit, by=MAKER, promised_on=day)
        project.refresh_from_db()
        assert project.ends_on is not None
        slippage.create_baseline(project, by=MAKER, promised_on=project.ends_on)
        assert kinds(personas) == []
    on = datetime.combine(day, SUMMER.timetz())
    with clock.travel(on - clock.now()):
        plans.replan_all(by=MAKER)
        assert "promise" in kinds(personas)
        assert "carrier date is today" in shown(personas)
        slippage.record_carrier_promise(circuit, by=MAKER, promised_on=day + timedelta(days=14))
        assert kinds(personas) == ["late"]
        assert "later than promised" in shown(personas)
    assert kinds(personas, "administrator") == [], "who leads it is asked, and nobody else"


def test_answers_proofs_actions_and_what_expires_stand_by_their_day(personas: Personas) -> None:
    by = personas.actor("project_manager")
    with clock.travel(SUMMER - clock.now()):
        project = led(make_project(personas), personas)
        projects.move_project(project, BEGIN, by=by)
        follow_up.add_action(
            project, by=by, title="Call the owner", owner=personas.people["project_manager"],
            due_on=workdays.today() - A_DAY,
        )  # fmt: skip
        reserve(
            NewReservation(
                purpose="Kept for Acme",
                lines=(
                    Line(pool=pool("kW"), quantity=Decimal(2), since=workdays.today(), until=None),
                ),
                probability=60,
                expires_at=clock.now() + 2 * A_DAY,
            ),
            by=by,
        )
        row = Deliverable.objects.filter(project=project).order_by("id")[0]
        deliverables.submit_deliverable(row, by=by, place="doc/1")
        asked = resource_requests.request_person(package(project, "design"), by=by)
        lead = personas.actor("administrator")
        counter_request(asked, workdays.today() + 30 * A_DAY, by=lead, reason="Busy")
        assert kinds(personas) == ["action", "answer", "deliverable", "expiry"]
        page = shown(personas)
        assert "awaiting acceptance" in page
        assert "possible from" in page
        assert "due" in page
        assert page.index("Call the owner") < page.index("Kept for Acme")
        refuse_request(ResourceRequest.objects.get(pk=asked.pk), "Nobody has it", by=lead)
        assert "refused: replan" in shown(personas)
    with clock.travel(SUMMER + 4 * A_DAY - clock.now()):
        assert "answer" not in kinds(personas), "a refusal is said for three days"


def test_it_is_said_for_whom_the_projects_wait(personas: Personas) -> None:
    with clock.travel(SUMMER - clock.now()):
        project = led(make_project(personas), personas)
        seen = personas.actor("project_manager")
        party = project.waits_for
        assert attention.waiting_counts(seen_by=seen) == {party: 1}
        assert f"?mine=1&amp;waits_for={party}" in waited(personas)
        client = personas.client("project_manager")
        mine = client.get(f"/projects/?mine=1&waits_for={party}").content.decode()
        assert project.reference in mine
        other = personas.client("administrator").get("/projects/?mine=1").content.decode()
        assert project.reference not in other
