"""A resource request, from the wish to the reservation, on the lead's clock."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from tests.personas import Personas

from opale.delivery.resources.actions import answers, requests
from opale.delivery.resources.actions.requests import NewResourceRequest
from opale.delivery.resources.models import ResourceRequest
from opale.delivery.resources.queries import requests as request_queries
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed
from opale.kernel.models import Fact
from opale.organisation.models import Membership, Person, PersonSkill, Skill
from opale.reservations.actions.reservations import Line, reserve
from opale.reservations.actions.reservations import NewReservation as ReservationAsked
from opale.reservations.models import Reservation

pytestmark = pytest.mark.django_db
MONDAY = date(2027, 3, 1)
BY = system("test")


@pytest.fixture
def lead(personas: Personas) -> Person:
    """The engineer leads his team, and knows BGP."""
    found = personas.people["build_engineer"]
    with attributed(BY):
        Membership.objects.filter(person=found).update(role=Membership.Role.LEAD)
        skill = Skill.objects.create(name="BGP")
        PersonSkill.objects.create(person=found, skill=skill, level=4)
    return found


def ask(personas: Personas, **fields: Any) -> ResourceRequest:
    values: dict[str, Any] = {
        "team": personas.teams["build_engineer"],
        "purpose": "VPN of three sites",
        "hours": Decimal(20),
        "since": MONDAY,
        "last": date(2027, 3, 12),
        "skill": Skill.objects.get(name="BGP"),
        "level": 3,
        "customer": personas.customer,
    }
    at = fields.pop("at", None)
    asked = NewResourceRequest(**values | fields)
    return requests.create_request(asked, by=personas.actor("project_manager"), at=at)


def fresh(row: ResourceRequest) -> ResourceRequest:
    return request_queries.get_request(row.pk, seen_by=BY)


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def test_the_lead_has_two_days_of_work_to_answer(personas: Personas, lead: Person) -> None:
    """The office opens ten hours: sixteen from Friday noon end on Monday at six."""
    noon = datetime(2027, 2, 26, 11, tzinfo=UTC)
    row = ask(personas, at=noon)
    assert row.answer_by == datetime(2027, 3, 1, 17, tzinfo=UTC)
    assert list(request_queries.waiting_requests(personas.actor("build_engineer"))) == [row]
    assert list(request_queries.waiting_requests(personas.actor("provisioner"))) == []


def test_a_name_that_is_offered_is_reserved_with_its_days(personas: Personas, lead: Person) -> None:
    row = ask(personas, source="projects.workpackage:7")
    answers.offer_names(row, [lead], by=personas.actor("build_engineer"))
    offer = fresh(row).offers.get()
    assert offer.days == [(MONDAY, date(2027, 3, 3), 7.0)]
    manager = personas.actor("project_manager")
    assert list(request_queries.waiting_requests(manager)) == [row]
    made = requests.accept_offer(row, offer, by=manager)
    assert (made.source, made.customer, made.state) == (
        "projects.workpackage:7",
        personas.customer,
        "confirmed",
    )
    row = fresh(row)
    assert (row.state, row.reservation) == ("staffed", made)
    with pytest.raises(IllegalMove):
        requests.accept_offer(row, offer, by=manager)
    names = list(Fact.objects.order_by("id").values_list("name", flat=True))
    assert names == ["resources.RequestAnswered", "resources.RequestStaffed"]


def test_days_that_were_taken_meanwhile_leave_the_offer_as_it_was(
    personas: Personas, lead: Person
) -> None:
    row = ask(personas)
    answers.offer_names(row, [lead], by=BY)
    taken = Line(person=lead, quantity=Decimal(4), since=MONDAY, until=MONDAY + timedelta(days=5))
    reserve(ReservationAsked(purpose="Cut-over", lines=(taken,)), by=BY)
    with pytest.raises(Conflict, match="4 h left"):
        requests.accept_offer(row, fresh(row).offers.get(), by=BY)
    assert fresh(row).state == "offered"
    assert Reservation.objects.count() == 1


def test_only_who_leads_the_team_answers_for_it(personas: Personas, lead: Person) -> None:
    row = ask(personas)
    with attributed(BY):
        Membership.objects.filter(person=lead).update(role=Membership.Role.MEMBER)
    for name in ("build_engineer", "provisioner", "project_manager"):
        with pytest.raises(NotAllowed):
            answers.refuse_request(row, "No time", by=personas.actor(name))
    with pytest.raises(NotAllowed):
        requests.create_request(
            NewResourceRequest(
                team=row.team, purpose="x", hours=Decimal(1), since=MONDAY, last=MONDAY
            ),
            by=personas.actor("desk_agent"),
        )


def test_who_has_not_the_skill_is_not_offered(personas: Personas, lead: Person) -> None:
    row = ask(personas, level=5)
    with pytest.raises(Invalid, match="does not have the skill"):
        answers.offer_names(row, [lead], by=BY)
    assert fresh(row).state == "asked"


def test_another_date_is_agreed_and_begins_the_clock_anew(personas: Personas, lead: Person) -> None:
    row = ask(personas, at=datetime(2027, 2, 1, 9, tzinfo=UTC))
    with pytest.raises(Invalid):
        answers.counter_request(row, MONDAY, by=BY)
    answers.counter_request(row, date(2027, 3, 15), reason="Two of us are away", by=BY)
    before = fresh(row)
    assert (before.state, before.reason) == ("countered", "Two of us are away")
    requests.agree_to_date(row, by=BY, at=datetime(2027, 2, 3, 9, tzinfo=UTC))
    after = fresh(row)
    assert (after.state, after.since, after.last) == ("asked", date(2027, 3, 15), date(2027, 3, 26))
    assert after.answer_by > before.answer_by


def test_a_refusal_says_why_and_ends_it(personas: Personas, lead: Person) -> None:
    row = ask(personas)
    with pytest.raises(Invalid):
        answers.refuse_request(row, " ", by=BY)
    answers.refuse_request(row, "Nobody until June", by=BY)
    assert fresh(row).reason == "Nobody until June"
    with pytest.raises(IllegalMove):
        requests.withdraw_request(row, by=BY)


def test_it_is_asked_ranked_and_reserved_in_the_browser(personas: Personas, lead: Person) -> None:
    manager, engineer = personas.client("project_manager"), personas.client("build_engineer")
    body = {
        "purpose": "VPN of three sites",
        "team": personas.teams["build_engineer"].pk,
        "skill": Skill.objects.get().pk,
        "level": "3",
        "hours": "20",
        "since": "2027-03-01",
        "last": "2027-03-12",
    }
    assert manager.post("/resources/new/", body).status_code == 302
    row = ResourceRequest.objects.get()
    path = f"/resources/{row.pk}/"
    assert "VPN of three sites" in page(engineer, "/resources/")
    assert lead.name in page(engineer, path)
    assert "Candidates to propose" not in page(manager, path)
    assert engineer.post(f"{path}offer/", {}).status_code == 422
    assert engineer.post(f"{path}offer/", {f"rank_{lead.pk}": "1"}).status_code == 302
    assert "Proposed candidates" in page(manager, path)
    offer = fresh(row).offers.get()
    assert manager.post(f"{path}offers/{offer.pk}/acceptance/").status_code == 302
    assert "Open the reservation" in page(manager, path)


def test_the_page_of_who_can_take_this_tells_the_price(personas: Personas, lead: Person) -> None:
    taken = Line(person=lead, quantity=Decimal(8), since=MONDAY, until=MONDAY + timedelta(days=5))
    made = reserve(ReservationAsked(purpose="R&D", lines=(taken,)), by=BY)
    asked = (
        f"team={personas.teams['build_engineer'].pk}&skill={Skill.objects.get().pk}&level=3"
        "&hours=40&since=2027-03-01&last=2027-03-05"
    )
    shown = page(personas.client("project_manager"), f"/resources/who/?{asked}")
    assert lead.name in shown
    assert f"/reservations/{made.pk}/" in shown
    assert "– 5 working days later" in shown
    assert "what=person&amp;person=" in shown
