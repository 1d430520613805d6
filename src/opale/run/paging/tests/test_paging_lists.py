"""The lists of pages and of call-outs, as those see them who answer and who are paged."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from tests.personas import MAKER, Personas, make_personas

from opale.kernel.attribution import attributed
from opale.kernel.clock import now
from opale.run.paging.actions.answers import answer_mobilisation
from opale.run.paging.actions.mobilisations import start_mobilisation
from opale.run.paging.actions.policies import create_policy
from opale.run.paging.domain.escalation_plans import PolicyContent, Step, Target
from opale.run.paging.models import Mobilisation, Page, Slip
from opale.run.paging.ports import Subject
from opale.run.paging.queries import slips as slip_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Personas:
    house = make_personas()
    content = PolicyContent(steps=(Step((Target("manager"),), 5),))
    create_policy(name="Always", team=house.teams["run_engineer"], content=content, by=MAKER)
    return house


def calling(house: Personas, title: str, severity: int = 0) -> Mobilisation:
    subject = Subject(
        about=f"test.thing:{title}", trigger="alert", title=title, severity=severity,
        customer_id=house.customer.pk,
    )  # fmt: skip
    begun = start_mobilisation(subject, by=MAKER, at=now())
    assert begun is not None
    return begun


def slip_of(house: Personas, name: str, mobilisation: Mobilisation, **said: Any) -> Slip:
    with attributed(MAKER):
        return Slip.objects.create(
            person=house.people[name],
            team=house.teams["run_engineer"],
            mobilisation=mobilisation,
            **{"began_at": now() - timedelta(hours=2)} | said,
        )


def html(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200
    return response.content.decode()


def test_what_calls_stands_before_what_is_answered(house: Personas) -> None:
    client = house.client("run_engineer")
    assert "No active pages" in html(client, "/paging/")
    first, second = calling(house, "Core link"), calling(house, "Branch router")
    answer_mobilisation(second, by=house.actor("run_engineer"))
    page = html(client, "/paging/")
    assert "Core link" in page
    assert f"/paging/{first.pk}/answer/" in page
    assert '<button class="btn btn-sm" data-key="a">' in page, "no line is louder than the others"
    assert "Branch router" not in page
    answered = html(client, "/paging/?view=acknowledged")
    assert "Branch router" in answered
    assert "Core link" not in answered
    assert f"/paging/{second.pk}/answer/" not in answered
    assert "Branch router" not in html(client, "/paging/?view=all&q=core")


def test_a_page_shows_its_severity_and_its_buttons_in_one_row(house: Personas) -> None:
    one = calling(house, "Core link", severity=5)
    answer_mobilisation(one, by=house.actor("run_engineer"))
    page = html(house.client("run_engineer"), f"/paging/{one.pk}/")
    # A form ends a paragraph, and what follows falls below it.
    assert '<p class="o-actions">' not in page
    assert 'data-severity="critical"' in page


def test_my_alerts_to_answer_show_their_severity(house: Personas) -> None:
    one = calling(house, "Core link", severity=5)
    engineer = house.people["run_engineer"]
    Page.objects.filter(mobilisation=one).delete()
    with attributed(MAKER):
        Page.objects.create(
            mobilisation=one,
            person=engineer,
            due_at=now(),
            left_at=now(),
            state="sent",
            step=1,
            round=1,
            not_before=now(),
            contact="Mail",
            contact_key="mail",
        )
    assert 'data-severity="critical"' in html(house.client("run_engineer"), "/paging/mine/")


def test_who_may_answer_for_nobody_is_offered_no_answer(house: Personas) -> None:
    one = calling(house, "Core link")
    page = html(house.client("project_manager"), "/paging/")
    assert "Core link" in page
    assert f"/paging/{one.pk}/answer/" not in page
    assert "/lists/mobilisations/acts/" not in page


def test_marked_pages_are_answered_and_ended_together(house: Personas) -> None:
    client = house.client("run_engineer")
    marked = {"n": [calling(house, "Core link").pk, calling(house, "Branch router").pk]}
    assert client.post("/lists/mobilisations/acts/answer/", marked).status_code == 302
    assert {one.state for one in Mobilisation.objects.all()} == {"acknowledged"}
    assert client.post("/lists/mobilisations/acts/resolve/", marked).status_code == 302
    assert {one.state for one in Mobilisation.objects.all()} == {"resolved"}


def test_one_reads_ones_own_slips_and_the_manager_those_of_all(house: Personas) -> None:
    page = calling(house, "Core link")
    own = slip_of(house, "employee", page)
    slip_of(house, "run_engineer", page, worth="no")
    client = house.client("employee")
    drawn = html(client, "/paging/slips/")
    assert "Core link" in drawn
    assert "In progress" in drawn
    assert f"/paging/slips/{own.pk}/" in drawn
    assert house.people["run_engineer"].name not in drawn
    manager = house.client("service_manager")
    everyone = html(manager, "/paging/slips/?sort=person")
    assert house.people["run_engineer"].name in everyone
    assert house.people["employee"].name in everyone
    needless = html(manager, "/paging/slips/?worth=no")
    assert house.people["employee"].name not in needless


def test_slips_are_listed_to_programs_by_days_and_person(house: Personas) -> None:
    page = calling(house, "Core link")
    old = slip_of(house, "desk_agent", page, began_at=now() - timedelta(days=9))
    new = slip_of(house, "run_engineer", page)
    client = Client(headers={"Authorization": f"Bearer {house.token('service_manager')}"})

    def ids(**asked: str | int) -> list[int]:
        answer = client.get("/api/v1/paging/slips", asked).json()
        return [one["id"] for one in answer["items"]]

    assert ids() == [new.pk, old.pk]
    assert ids(until=(now() - timedelta(days=5)).date().isoformat()) == [old.pk]
    assert ids(since=(now() - timedelta(days=5)).date().isoformat()) == [new.pk]
    assert ids(person_id=house.people["desk_agent"].pk) == [old.pk]
    assert ids(until="9999-12-31") == [new.pk, old.pk]
    assert ids(since="0001-01-01") == [new.pk, old.pk]


def test_early_shifts_are_looked_for_where_the_whole_page_is_drawn_alone(
    house: Personas, monkeypatch: pytest.MonkeyPatch
) -> None:
    slip_of(house, "run_engineer", calling(house, "Core link"), ended_at=now())
    looked: list[Slip] = []
    monkeypatch.setattr(slip_queries, "rest_of", looked.append)
    client = house.client("service_manager")
    drawn = client.get("/paging/slips/", headers={"HX-Request": "true"}).content.decode()
    assert "Core link" in drawn
    assert looked == []
    assert "Core link" in html(client, "/paging/slips/")
    assert len(looked) == 1


@pytest.mark.parametrize("month", ["0001-01", "9999-12"])
def test_a_month_at_the_ends_of_the_calendar_is_not_found(house: Personas, month: str) -> None:
    client = house.client("service_manager")
    for address in ("/paging/slips/", "/paging/slips/payroll.csv"):
        assert client.get(address, {"month": month}).status_code == 404
