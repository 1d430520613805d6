"""People: what each may change, when they are away, and how they leave."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from tests.personas import Personas

from opale.kernel.clock import now
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.kernel.models import Change, Fact
from opale.organisation.actions import access, people, reference, teams
from opale.organisation.models import Absence, ApiToken, Membership, Skill
from opale.organisation.queries import access as access_queries
from opale.organisation.queries import people as people_queries

ADMIN, AGENT = "administrator", "desk_agent"


def absence(personas: Personas, by: str = AGENT, days: int = 1) -> Absence:
    start = now() + timedelta(days=days)
    return people.record_absence(
        personas.people[AGENT],
        by=personas.actor(by),
        kind=Absence.Kind.SICKNESS,
        starts=start,
        ends=start + timedelta(days=2),
    )


def test_everybody_may_change_some_things_of_himself(personas: Personas) -> None:
    me = personas.people[AGENT]
    people.edit_person(me, by=personas.actor(AGENT), phone="+33 1", languages=["en", "en"])
    me.refresh_from_db()
    assert (me.phone, me.languages) == ("+33 1", ["en"])


@pytest.mark.parametrize("fields", [{"name": "Boss"}, {"seniority": "senior"}])
def test_nobody_promotes_himself(personas: Personas, fields: dict[str, str]) -> None:
    with pytest.raises(NotAllowed):
        people.edit_person(
            personas.people[AGENT],
            by=personas.actor(AGENT),
            **fields,  # type: ignore[arg-type]  # as sent
        )


def test_nobody_changes_somebody_else(personas: Personas) -> None:
    with pytest.raises(NotAllowed):
        people.edit_person(personas.people["employee"], by=personas.actor(AGENT), phone="0")


@pytest.mark.parametrize(
    "fields",
    [
        {"email": "no address"},
        {"email": "employee@opale.example"},
        {"languages": ["tlh"]},
        {"time_zone": "Mars/Olympus"},
        {"name": " "},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_by_name(personas: Personas, fields: dict[str, str]) -> None:
    with pytest.raises(Invalid) as refused:
        people.edit_person(
            personas.people[AGENT],
            by=personas.actor(ADMIN),
            **fields,  # type: ignore[arg-type]  # as sent
        )
    assert set(refused.value.fields) == set(fields)


def test_a_new_address_is_that_of_the_login_too(personas: Personas) -> None:
    people.edit_person(personas.people[AGENT], by=personas.actor(ADMIN), email="New@Opale.example")
    personas.users[AGENT].refresh_from_db()
    assert personas.users[AGENT].email == "new@opale.example"


def test_why_somebody_is_away_is_not_for_colleagues(personas: Personas) -> None:
    row = absence(personas)
    shown = {
        name: people_queries.absence_kind(row, seen_by=personas.actor(name))
        for name in (AGENT, ADMIN, "service_manager")
    }
    assert shown == {AGENT: "sickness", ADMIN: "sickness", "service_manager": None}


def test_two_absences_do_not_overlap(personas: Personas) -> None:
    absence(personas)
    with pytest.raises(Conflict):
        absence(personas, days=2)


def test_an_absence_is_announced(personas: Personas) -> None:
    row = absence(personas)
    fact = Fact.objects.get(name="organisation.AbsenceRecorded")
    assert fact.body == {"absence_id": row.pk, "person_id": personas.people[AGENT].pk}


def test_nobody_records_an_absence_of_somebody_else(personas: Personas) -> None:
    with pytest.raises(NotAllowed):
        absence(personas, by="run_engineer")


def test_a_skill_noted_twice_is_one_skill(personas: Personas) -> None:
    bgp = reference.create_skill(by=personas.actor(ADMIN), name="BGP")
    for level in (2, 4):
        people.set_skill(personas.people[AGENT], bgp, by=personas.actor(ADMIN), level=level)
    held = people_queries.skills_of(personas.people[AGENT], seen_by=personas.actor(AGENT))
    assert [s.level for s in held] == [4]
    found = people_queries.people(seen_by=personas.actor(AGENT), skill_id=Skill.objects.get().pk)
    assert list(found) == [personas.people[AGENT]]


def test_people_are_found_without_accents_and_by_several_words(personas: Personas) -> None:
    person = personas.people["employee"]
    people.edit_person(
        person, by=personas.actor(ADMIN), name="Hélène Dupré", job_title="Comptabilité"
    )
    assert list(people_queries.people(seen_by=personas.actor(AGENT), text="dupre compta")) == [
        person
    ]


def test_who_leaves_holds_nothing_any_more(personas: Personas) -> None:
    agent = personas.people[AGENT]
    personas.token(AGENT)
    teams.edit_team(
        personas.teams[AGENT], by=personas.actor(ADMIN), manager=personas.people["run_engineer"]
    )
    people.end_employment(agent, by=personas.actor(ADMIN), on=now().date())
    assert personas.actor(AGENT).kind == "anonymous"
    assert not Membership.objects.filter(person=agent, period__contains=now()).exists()
    assert ApiToken.objects.get().revoked_at is not None
    assert Fact.objects.get(name="organisation.PersonLeft").body["person_id"] == agent.pk


def test_nobody_leaves_who_still_answers_for_a_team(personas: Personas) -> None:
    with pytest.raises(Conflict, match="Team of Desk Agent"):
        people.end_employment(personas.people[AGENT], by=personas.actor(ADMIN), on=now().date())


def test_closing_an_access_ends_its_sessions_and_their_live_streams(personas: Personas) -> None:
    client = personas.client(AGENT)
    assert client.get("/people/").status_code == 200
    key = client.session.session_key
    access.close_access(personas.people[AGENT], by=personas.actor(ADMIN))
    assert client.get("/people/").status_code == 302
    assert Change.objects.filter(topic=f"session:{key}").exists()


def test_nobody_closes_his_own_access(personas: Personas) -> None:
    with pytest.raises(Conflict):
        access.close_access(personas.people[ADMIN], by=personas.actor(ADMIN))


def test_an_invitation_leads_to_a_password_and_a_login(personas: Personas, client: Client) -> None:
    person = people.create_person(
        by=personas.actor(ADMIN),
        name="Nadia Petit",
        email="nadia@opale.example",
        company=personas.company,
        languages=["fr"],
    )
    user = access.invite(person, by=personas.actor(ADMIN))
    access.send_invitation(user.pk)
    (sent,) = mail.outbox
    assert sent.to == ["nadia@opale.example"]
    link = next(word for word in str(sent.body).split() if word.startswith("http"))
    page = client.get(link.removeprefix("http://localhost:8000"), follow=True)
    words = {"password1": "correct horse 7 battery", "password2": "correct horse 7 battery"}
    client.post(page.redirect_chain[-1][0], words)
    assert client.login(email="nadia@opale.example", password="correct horse 7 battery")
    assert client.get("/people/").status_code == 200


def test_an_invitation_is_for_administrators_to_send(personas: Personas) -> None:
    with pytest.raises(NotAllowed):
        access.invite(personas.people["employee"], by=personas.actor(AGENT))
    with pytest.raises(NotFound):
        access.invite(personas.people["employee"], by=personas.actor("customer_contact"))


def test_the_page_of_a_person_says_why_something_may_be_done(personas: Personas) -> None:
    person = personas.people[AGENT]
    held = {h.right: h.because for h in access_queries.granted_rights(person)}
    assert held["desk.work"] == (("desk_agent", "Team of Desk Agent"),)
    assert held["organisation.read"] == (("employee", ""),)
    page = personas.client("employee").get(f"/people/{person.pk}/").content.decode()
    assert "as Service desk agent in Team of Desk Agent" in page


def test_pages_speak_french(personas: Personas) -> None:
    personas.client(AGENT).post("/preferences/", {"language": "fr", "time_zone": "Europe/Paris"})
    page = personas.client(AGENT).get("/teams/").content.decode()
    assert '<html lang="fr"' in page
    assert "Équipes" in page
