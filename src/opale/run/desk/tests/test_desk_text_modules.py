"""Text modules: variables, who is offered what, what is never sent, and what is counted."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.personas import MAKER, Personas

from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.errors import Invalid, NotAllowed, NotFound
from opale.messaging.models import OutgoingMail
from opale.run.desk.actions import (
    answers,
    official_sentences,
    ownership,
    text_modules,
    ticket_creation,
)
from opale.run.desk.actions.text_modules import TextModuleInput
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.domain import text_variables
from opale.run.desk.models import Kind, Source, TextModuleUse, Ticket
from opale.run.desk.queries import text_modules as text_module_queries
from opale.run.desk.queries import tickets
from opale.run.desk.queries.text_modules import READERS
from opale.run.desk.tests.builders import agent_of, make_house, make_ticket

pytestmark = pytest.mark.django_db


def sheet(**said: object) -> TextModuleInput:
    fields: dict[str, object] = {
        "name_fr": "Pris en compte",
        "name_en": "Acknowledged",
        "body_fr": "Bonjour {{ contact }},\n{{number}} est pris en compte.",
        "body_en": "Hello {{ contact }},\n{{number}} is in hand.",
        "folder": "Début",
    }
    return TextModuleInput(**(fields | said))  # type: ignore[arg-type]  # names are those of the sheet


def ticket_of(personas: Personas) -> Ticket:
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


def test_every_variable_has_its_reader() -> None:
    assert set(READERS) == set(text_variables.VARIABLES_BY_NAME)


def test_values_stand_in_the_language_of_the_recipient() -> None:
    house = make_house()
    ticket, by = make_ticket(house), agent_of(house.agent)
    module = text_modules.create_text_module(sheet(), by=system("test"))
    ticket = tickets.get_ticket(ticket.number, seen_by=by)
    found = text_module_queries.render_module(module, ticket, "fr", by=by)
    assert found.text == f"Bonjour Ana Ruiz,\n{ticket.reference} est pris en compte."
    due = text_module_queries.render_text("Avant {{ restore_due }}.", ticket, "fr", by=by)
    assert " à " in due.text
    assert due.missing == ()


def test_a_variable_without_value_stays_and_is_named() -> None:
    house = make_house()
    ticket, by = make_ticket(house), agent_of(house.agent)
    found = text_module_queries.render_text("{{ sentence }} {{ nonsense }}", ticket, "en", by=by)
    assert found.text == "{{ sentence }} {{ nonsense }}"
    assert [variable.name for variable in found.missing] == ["sentence"]


def test_a_text_with_an_open_variable_is_never_sent() -> None:
    house = make_house()
    ticket, by = make_ticket(house), agent_of(house.agent)
    with pytest.raises(Invalid) as refused:
        answers.answer_customer(ticket, "Voir {{sentence}}", by=by)
    assert "body" in refused.value.fields
    assert not OutgoingMail.objects.filter(message__ticket=ticket).exists()
    answers.answer_customer(ticket, "Le gabarit {{ page.title }} est faux.", by=by)


def test_an_unknown_variable_is_refused_where_the_text_is_written(personas: Personas) -> None:
    manager = personas.actor("service_manager")
    with pytest.raises(Invalid) as refused:
        text_modules.create_text_module(
            sheet(body_en="Hello {{ nobody }}", name_fr=" "), by=manager
        )
    assert set(refused.value.fields) == {"body_en", "name_fr"}


def test_shared_ones_are_the_leads_and_ones_own_are_seen_by_nobody_else(
    personas: Personas,
) -> None:
    agent, lead = personas.actor("desk_agent"), personas.actor("service_manager")
    with pytest.raises(NotAllowed):
        text_modules.create_text_module(sheet(), by=agent)
    mine = text_modules.create_text_module(sheet(personal=True), by=agent)
    shared = text_modules.create_text_module(sheet(), by=lead)
    assert set(text_module_queries.text_modules(seen_by=agent)) == {mine, shared}
    assert set(text_module_queries.text_modules(seen_by=lead)) == {shared}
    assert set(text_module_queries.text_modules(seen_by=personas.actor("run_engineer"))) == {shared}
    for persona in ("employee", "customer_contact", "anonymous", "group_colleague"):
        assert not text_module_queries.text_modules(seen_by=personas.actor(persona)).exists()
    with pytest.raises(NotAllowed):
        text_modules.edit_text_module(shared, sheet(), by=agent)
    with pytest.raises(NotFound):
        text_modules.edit_text_module(mine, sheet(), by=lead)
    with pytest.raises(NotAllowed):
        text_modules.create_text_module(sheet(personal=True), by=personas.actor("core_engineer"))


def test_retired_is_not_offered_and_comes_back(personas: Personas) -> None:
    lead = personas.actor("service_manager")
    module = text_modules.create_text_module(sheet(), by=lead)
    text_modules.retire_text_module(module, by=lead)
    assert not text_module_queries.text_modules(seen_by=lead).exists()
    text_modules.reinstate_text_module(module, by=lead)
    assert text_module_queries.text_modules(seen_by=lead).get() == module


def test_it_is_found_without_accents_in_both_languages(personas: Personas) -> None:
    lead = personas.actor("service_manager")
    module = text_modules.create_text_module(sheet(tags=("Réseau",)), by=lead)
    for text in ("debut", "acknowledged", "RESEAU pris", "in hand"):
        assert text_module_queries.text_modules(seen_by=lead, text=text).get() == module
    assert not text_module_queries.text_modules(seen_by=lead, text="pris nowhere").exists()


def test_what_is_sent_is_counted_by_team_and_no_person_is_kept(personas: Personas) -> None:
    agent, lead = personas.actor("desk_agent"), personas.actor("service_manager")
    module = text_modules.create_text_module(sheet(), by=lead)
    ticket = ticket_of(personas)
    ownership.take_ticket(ticket, by=agent)
    for _ in range(2):
        answers.answer_customer(ticket, "Bonjour.", by=agent, modules=[module.pk, 0])
    ownership.take_ticket(ticket, by=lead, seen_owner_id=agent.person_id)
    answers.answer_customer(ticket, "Bonjour.", by=lead, modules=[module.pk])
    assert [(use.team, use.times) for use in text_module_queries.uses_of_module(module)] == [
        ("Team of Desk Agent", 2),
        ("Team of Service Manager", 1),
    ]
    assert text_module_queries.text_modules(seen_by=agent).get().times == 3  # type: ignore[attr-defined]
    assert {field.name for field in TextModuleUse._meta.fields} == {
        "id",
        "module",
        "team",
        "month",
        "times",
        "last_at",
    }


def test_a_refused_reply_counts_nothing(personas: Personas) -> None:
    lead = personas.actor("service_manager")
    module = text_modules.create_text_module(sheet(), by=lead)
    ticket = ticket_of(personas)
    with pytest.raises(Invalid):
        answers.answer_customer(ticket, " ", by=lead, modules=[module.pk])
    assert text_module_queries.uses_of_module(module) == []


def test_the_most_sent_is_offered_first_and_the_sentence_before_all(personas: Personas) -> None:
    agent, lead = personas.actor("desk_agent"), personas.actor("service_manager")
    for name in ("Alpha", "Beta"):
        text_modules.create_text_module(sheet(name_en=name, name_fr=name), by=lead)
    beta = text_module_queries.text_modules(seen_by=lead, text="beta").get()
    ticket = ticket_of(personas)
    ownership.take_ticket(ticket, by=agent)
    answers.answer_customer(ticket, "Bonjour.", by=agent, modules=[beta.pk])
    said = clock.now() + timedelta(hours=2)
    official_sentences.publish_sentence(
        ticket, "Une fibre est coupée.", "A fibre is cut.", by=agent, next_update_at=said
    )
    client = personas.client("desk_agent")
    drawn = client.get(f"/tickets/{ticket.number}/modules/").content.decode()
    places = [drawn.index(text) for text in ("A fibre is cut.", ">Beta<", ">Alpha<")]
    assert places == sorted(places)
    assert f"Hello {personas.contact.name}" in drawn
    drawn = client.get(f"/tickets/{ticket.number}/modules/?q=alph").content.decode()
    assert ">Alpha<" in drawn
    assert ">Beta<" not in drawn


def test_the_picker_asks_few_questions_however_many_modules(personas: Personas) -> None:
    lead = personas.actor("service_manager")
    for number in range(30):
        text_modules.create_text_module(sheet(name_en=f"Module {number}"), by=lead)
    ticket = tickets.get_ticket(ticket_of(personas).number, seen_by=lead)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert (
            len(text_module_queries.offered_modules(ticket, seen_by=lead))
            == text_module_queries.OFFERED
        )
    assert len(asked) <= 2


def test_pages_write_edit_and_retire(personas: Personas) -> None:
    client = personas.client("service_manager")
    said = {
        "name_fr": "Clos",
        "name_en": "Closed",
        "body_fr": "C’est clos.",
        "body_en": "It is closed.",
        "tags": "fin, Fin",
    }
    assert client.post("/desk/modules/new/", said).status_code == 302
    module = text_module_queries.text_modules(seen_by=personas.actor("service_manager")).get()
    assert (module.tags, module.person_id) == (["fin"], None)
    page = f"/desk/modules/{module.pk}/"
    assert client.post(page, said | {"body_en": "{{ oh }}"}).status_code == 422
    assert client.post(page, said | {"body_en": "Done."}).status_code == 302
    assert "Done." in client.get("/desk/modules/").content.decode()
    assert personas.client("desk_agent").post(page, said).status_code == 403
    assert client.post(f"{page}retirement/").status_code == 302
    assert "Done." not in client.get("/desk/modules/").content.decode()
    assert "Done." in client.get("/desk/modules/?retired=1").content.decode()


def test_an_agents_module_is_the_agents_own(personas: Personas) -> None:
    client = personas.client("desk_agent")
    said = {"name_fr": "A", "name_en": "A", "body_fr": "a", "body_en": "a"}
    assert client.post("/desk/modules/new/", said).status_code == 302
    module = text_module_queries.text_modules(seen_by=personas.actor("desk_agent")).get()
    assert module.person_id == personas.people["desk_agent"].pk
