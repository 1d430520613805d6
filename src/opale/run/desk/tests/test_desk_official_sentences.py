"""One official sentence per incident, said once and offered wherever it is spoken of."""

from datetime import timedelta

import pytest
from django.test import Client
from tests.personas import MAKER, Personas

from opale.kernel import clock
from opale.kernel.errors import Conflict, IllegalMove, Invalid, NotAllowed, NotFound
from opale.run.desk.actions import (
    lifecycle,
    links,
    merges,
    official_sentences,
    ticket_creation,
    ticket_metadata,
)
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import Kind, OfficialSentence, Source, Ticket, TicketLink
from opale.run.desk.queries import official_sentences as official_sentence_queries
from opale.run.desk.tests.builders import House, agent_of, make_customer, make_house, make_ticket

pytestmark = pytest.mark.django_db
FR, EN = "Une fibre est coupée près de Rennes.", "A fibre is cut near Rennes."


@pytest.fixture
def house() -> House:
    return make_house()


def ticket_of_another(house: House, kind: Kind = Kind.INCIDENT) -> Ticket:
    other = make_customer(house.calendar, "BETA", "Beta")
    return ticket_creation.receive_ticket(
        NewTicket(subject="Plus rien", source=Source.PHONE, kind=kind, customer=other), by=MAKER
    )


def test_the_newest_version_counts_and_all_are_kept(house: House) -> None:
    incident, by = make_ticket(house), agent_of(house.agent)
    assert official_sentence_queries.sentence_of(incident, "fr") is None
    promised = clock.now() + timedelta(hours=1)
    official_sentences.publish_sentence(incident, FR, EN, by=by)
    official_sentences.publish_sentence(
        incident, "Réparé à 80 %.", "80% repaired.", by=by, next_update_at=promised
    )
    said = official_sentence_queries.sentence_of(incident, "en")
    assert said is not None
    assert (said.text, said.author, said.next_update_at) == (
        "80% repaired.",
        house.agent.name,
        promised,
    )
    assert [
        row.french for row in official_sentence_queries.sentence_versions(incident, seen_by=by)
    ] == [
        "Réparé à 80 %.",
        FR,
    ]


def test_it_is_said_in_both_languages_and_promises_the_future(house: House) -> None:
    incident, by = make_ticket(house), agent_of(house.agent)
    past = clock.now() - timedelta(minutes=1)
    with pytest.raises(Invalid) as refused:
        official_sentences.publish_sentence(incident, FR, " ", by=by, next_update_at=past)
    assert set(refused.value.fields) == {"english", "next_update_at"}


def test_only_a_running_incident_has_one(house: House) -> None:
    by = agent_of(house.agent)
    request = make_ticket(house, kind=Kind.REQUEST)
    with pytest.raises(IllegalMove):
        official_sentences.publish_sentence(request, FR, EN, by=by)
    incident = make_ticket(house)
    official_sentences.publish_sentence(incident, FR, EN, by=by)
    lifecycle.cancel_ticket(incident, by=by)
    with pytest.raises(IllegalMove):
        official_sentences.publish_sentence(incident, FR, EN, by=by)
    incident.refresh_from_db()
    assert official_sentence_queries.sentence_of(incident, "fr") is None


def test_said_over_what_was_not_seen_is_a_conflict(house: House) -> None:
    incident, by = make_ticket(house), agent_of(house.agent)
    first = official_sentences.publish_sentence(incident, FR, EN, by=by, seen_id=0)
    with pytest.raises(Conflict):
        official_sentences.publish_sentence(incident, "x", "x", by=by, seen_id=0)
    official_sentences.publish_sentence(incident, "x", "x", by=by, seen_id=first.pk)


def test_withdrawn_and_said_again(house: House) -> None:
    incident, by = make_ticket(house), agent_of(house.agent)
    said = official_sentences.publish_sentence(incident, FR, EN, by=by)
    official_sentences.withdraw_sentence(incident, by=by)
    assert official_sentence_queries.sentence_of(incident, "fr") is None
    assert official_sentences.withdraw_sentence(incident, by=by) is None
    official_sentences.republish_sentence(said, by=by)
    again = official_sentence_queries.sentence_of(incident, "fr")
    assert again is not None
    assert again.text == FR
    assert OfficialSentence.objects.count() == 3


def test_a_child_of_another_customer_is_offered_the_sentence_of_its_parent(house: House) -> None:
    incident, by = make_ticket(house), agent_of(house.agent)
    child = ticket_of_another(house, Kind.REQUEST)
    links.link_tickets(child, TicketLink.Kind.CHILD_OF, incident, by=by)
    official_sentences.publish_sentence(incident, FR, EN, by=by)
    said = official_sentence_queries.sentence_of(child, "fr")
    assert said is not None
    assert (said.text, said.incident) == (FR, incident)


def test_a_sentence_for_several_customers_names_none(house: House) -> None:
    incident, by = make_ticket(house), agent_of(house.agent)
    child = ticket_of_another(house)
    links.link_tickets(child, TicketLink.Kind.CHILD_OF, incident, by=by)
    for named in ("Beta est coupé.", "Voir VPN-1.", f"Voir {incident.reference}."):
        with pytest.raises(Invalid):
            official_sentences.publish_sentence(incident, named, EN, by=by)


def test_a_sentence_that_names_its_customer_is_not_offered_to_a_later_child(house: House) -> None:
    incident, by = make_ticket(house), agent_of(house.agent)
    official_sentences.publish_sentence(incident, "Le lien d’Acme est coupé.", EN, by=by)
    child = ticket_of_another(house)
    links.link_tickets(child, TicketLink.Kind.CAUSED_BY, incident, by=by)
    assert official_sentence_queries.sentence_of(child, "fr") is None
    assert official_sentence_queries.sentence_of(incident, "fr") is not None


def test_a_confidential_incident_says_nothing_to_its_children(house: House) -> None:
    incident, by = make_ticket(house), agent_of(house.agent)
    child = ticket_of_another(house)
    links.link_tickets(child, TicketLink.Kind.CHILD_OF, incident, by=by)
    official_sentences.publish_sentence(incident, FR, EN, by=by)
    ticket_metadata.set_confidential(incident, True, by=by)
    assert official_sentence_queries.sentence_of(child, "fr") is None


def test_a_related_ticket_is_not_concerned(house: House) -> None:
    incident, by = make_ticket(house), agent_of(house.agent)
    other = ticket_of_another(house)
    links.link_tickets(other, TicketLink.Kind.RELATED_TO, incident, by=by)
    official_sentences.publish_sentence(incident, FR, EN, by=by)
    assert official_sentence_queries.sentence_of(other, "fr") is None


def test_it_follows_a_merge_and_comes_back(house: House) -> None:
    incident, into, by = make_ticket(house), make_ticket(house), agent_of(house.agent)
    official_sentences.publish_sentence(incident, FR, EN, by=by)
    (merge,) = merges.merge_tickets([incident], into, by=by)
    assert official_sentence_queries.sentence_of(into, "fr") is not None
    merges.undo_merge(merge, by=by)
    incident.refresh_from_db()
    assert official_sentence_queries.sentence_of(into, "fr") is None
    assert official_sentence_queries.sentence_of(incident, "fr") is not None


def test_who_only_reads_the_desk_says_nothing(personas: Personas) -> None:
    incident = _incident(personas)
    with pytest.raises(NotAllowed):
        official_sentences.publish_sentence(incident, FR, EN, by=personas.actor("core_engineer"))
    with pytest.raises(NotFound):
        official_sentences.publish_sentence(incident, FR, EN, by=personas.actor("employee"))


def _incident(personas: Personas) -> Ticket:
    return ticket_creation.receive_ticket(
        NewTicket(
            subject="Lien",
            source=Source.MAIL,
            kind=Kind.INCIDENT,
            customer=personas.customer,
            contact=personas.contact,
        ),
        by=MAKER,
    )


def _get(personas: Personas, persona: str, number: int) -> tuple[int, dict[str, object]]:
    answer = Client().get(
        f"/api/v1/tickets/{number}/sentence",
        headers={"Authorization": f"Bearer {personas.token(persona)}"},
    )
    return answer.status_code, answer.json()


@pytest.mark.django_db(transaction=True)
def test_a_contact_reads_it_of_its_own_ticket_though_the_incident_is_another_s(
    personas: Personas,
) -> None:
    incident = _incident(personas)
    mine = ticket_creation.receive_ticket(
        NewTicket(
            subject="Chez nous aussi",
            source=Source.PHONE,
            kind=Kind.INCIDENT,
            customer=personas.other_customer,
            contact=personas.other_contact,
        ),
        by=MAKER,
    )
    agent = personas.actor("desk_agent")
    official_sentences.publish_sentence(incident, FR, EN, by=agent)
    assert _get(personas, "foreign_contact", mine.number)[0] == 404
    links.link_tickets(mine, TicketLink.Kind.CHILD_OF, incident, by=agent)
    status, said = _get(personas, "foreign_contact", mine.number)
    assert (status, said["french"]) == (200, FR)
    assert (said["incident_number"], said["author"]) == (None, "")
    assert _get(personas, "foreign_contact", incident.number)[0] == 404
    assert _get(personas, "customer_contact", incident.number)[0] == 200


def test_running_incidents_show_what_is_said_of_each(personas: Personas) -> None:
    incident, agent = _incident(personas), personas.actor("desk_agent")
    official_sentences.publish_sentence(incident, FR, EN, by=agent)
    other = _incident(personas)
    lifecycle.restore_service(other, by=agent, at=clock.now())
    client = personas.client("desk_agent")
    drawn = client.get("/desk/incidents/").content.decode()
    assert EN in drawn
    assert incident.reference in drawn
    assert other.reference not in drawn
    answer = client.get("/api/v1/desk/incidents").json()["items"]
    assert [(row["number"], row["sentence"]["english"]) for row in answer] == [
        (incident.number, EN)
    ]


def test_two_who_write_at_once_see_both_texts(personas: Personas) -> None:
    incident, agent = _incident(personas), personas.actor("desk_agent")
    client = personas.client("run_engineer")
    url = f"/tickets/{incident.number}/sentence/text/"
    official_sentences.publish_sentence(incident, FR, EN, by=agent)
    typed = {"french": "Autre chose.", "english": "Something else.", "seen": "0"}
    answer = client.post(url, typed, headers={"HX-Request": "true"})
    drawn = answer.content.decode()
    assert answer.status_code == 409
    assert FR in drawn
    assert "Autre chose." in drawn
    newest = OfficialSentence.objects.get()
    answer = client.post(url, {**typed, "seen": newest.pk}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    said = official_sentence_queries.sentence_of(incident, "en")
    assert said is not None
    assert said.text == "Something else."
