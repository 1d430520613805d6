"""The companies of the group: made, changed, closed, and opened again."""

from datetime import date
from typing import Any

import pytest
from tests.personas import Personas

from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.kernel.history import revisions
from opale.organisation.actions import companies, people, teams
from opale.organisation.models import Company, Team
from opale.organisation.queries import reference

ADMIN = "administrator"
DAY = date(2026, 6, 1)
JSON = "application/json"


def make(personas: Personas, **fields: Any) -> Company:
    given: dict[str, Any] = {
        "name": "Opale Nord",
        "country": "be",
        "language": "fr",
        "time_zone": "Europe/Brussels",
        "calendar": personas.calendar,
    }
    return companies.create_company(by=personas.actor(ADMIN), **(given | fields))


def test_a_company_is_made_and_changed_with_a_record_of_who_did(personas: Personas) -> None:
    company = make(personas)
    assert company.country == "BE"
    companies.edit_company(company, by=personas.actor(ADMIN), name="Opale Benelux")
    change, made = revisions(Company, id=company.pk)
    assert made.actor_name == "Administrator"
    assert made.created
    assert change.actor_name == "Administrator"
    assert change.differences[0].before == "Opale Nord"


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "  "},
        {"name": "Opale Telecom"},
        {"country": "France"},
        {"language": "de"},
        {"time_zone": "Moon"},
        {"operates": True},
    ],
)
def test_a_company_is_refused_with_the_field_that_is_wrong(
    personas: Personas, wrong: dict[str, Any]
) -> None:
    with pytest.raises(Invalid) as refused:
        make(personas, **wrong)
    assert set(refused.value.fields) == set(wrong)


def test_only_who_administers_changes_a_company(personas: Personas) -> None:
    agent = personas.actor("desk_agent")
    with pytest.raises(NotAllowed):
        companies.edit_company(personas.company, by=agent, name="Ours")
    with pytest.raises(NotAllowed):
        companies.create_company(by=agent, name="Ours")
    with pytest.raises(NotFound):
        companies.edit_company(personas.company, by=personas.actor("customer_contact"), name="Ours")


def test_a_company_is_closed_when_nobody_and_no_team_is_left(personas: Personas) -> None:
    administrator = personas.actor(ADMIN)
    company = make(personas)
    ana = people.create_person(
        by=administrator, name="Ana", email="ana@opale.example", company=company
    )
    team = teams.create_team(
        by=administrator,
        name="Nord",
        kind=Team.Kind.OTHER,
        manager=personas.people["desk_agent"],
        company=company,
    )
    with pytest.raises(Conflict, match="Ana"):
        companies.close_company(company, by=administrator, on=DAY)
    people.end_employment(ana, by=administrator, on=DAY)
    with pytest.raises(Conflict, match="Nord"):
        companies.close_company(company, by=administrator, on=DAY)
    teams.close_team(team, by=administrator, on=DAY)
    companies.close_company(company, by=administrator, on=DAY)
    assert company not in reference.companies(seen_by=administrator)
    with pytest.raises(Conflict):
        companies.edit_company(company, by=administrator, name="Other")
    company.refresh_from_db()
    with pytest.raises(Invalid):
        people.create_person(by=administrator, name="B", email="b@o.example", company=company)
    with pytest.raises(Invalid):
        teams.edit_team(personas.teams[ADMIN], by=administrator, company=company)
    companies.reopen_company(company, by=administrator)
    assert company in reference.companies(seen_by=administrator)


def test_the_company_that_operates_is_not_closed(personas: Personas) -> None:
    with pytest.raises(Conflict, match="operates"):
        companies.close_company(personas.company, by=personas.actor(ADMIN), on=DAY)


def test_companies_have_a_page_and_endpoints(personas: Personas) -> None:
    client = personas.client(ADMIN)
    body = {
        "name": "Opale Sud",
        "country": "ES",
        "language": "fr",
        "time_zone": "Europe/Madrid",
        "calendar": personas.calendar.pk,
    }
    assert client.post("/companies/new/", body).status_code == 302
    page = client.get("/companies/").content.decode()
    assert "Opale Sud" in page
    company = Company.objects.get(name="Opale Sud")
    assert "Close company" in client.get(f"/companies/{company.pk}/").content.decode()
    closed = client.post(f"/companies/{company.pk}/closure/")
    assert closed.status_code == 302
    client.get("/companies/")  # shows what was done, with the way back
    assert "Opale Sud" not in client.get("/companies/").content.decode()
    client.post(f"/companies/{company.pk}/reopening/")
    answer = client.patch(f"/api/v1/companies/{company.pk}", {"calendar_id": 0}, JSON)
    assert "calendar_id" in answer.json()["fields"]
    answer = client.patch(f"/api/v1/companies/{company.pk}", {"name": "Opale Iberia"}, JSON)
    assert (answer.json()["name"], answer.json()["country"]) == ("Opale Iberia", "ES")


def test_who_may_not_administer_reads_the_companies(personas: Personas) -> None:
    page = personas.client("employee").get("/companies/").content.decode()
    assert "Opale Group" in page
    assert "New company" not in page
