"""Macros do all of what they say, with the rights of whoever runs them, or nothing."""

from dataclasses import replace

import pytest
from tests.personas import MAKER, Personas

from opale.kernel.actor import Actor
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound, OpaleError
from opale.messaging.models import OutgoingMail
from opale.run.desk.actions import (
    macro_definitions,
    macros,
    ownership,
    text_modules,
    ticket_creation,
    ticket_metadata,
)
from opale.run.desk.actions.macro_definitions import MacroInput
from opale.run.desk.actions.macros import MacroActs
from opale.run.desk.actions.text_modules import TextModuleInput
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import Kind, Macro, MacroRun, Message, Source, Ticket
from opale.run.desk.queries import assignments, tickets
from opale.run.desk.queries import macros as macro_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(personas: Personas) -> Ticket:
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


def macro(by: Actor, acts: MacroActs, **said: object) -> Macro:
    fields: dict[str, object] = {"name_fr": "Suite", "name_en": "Series", "acts": acts}
    return macro_definitions.create_macro(
        MacroInput(**(fields | said)),  # type: ignore[arg-type]  # names are those of the sheet
        by=by,
    )


def module(by: Actor, body: str = "Hello {{ contact }}.") -> int:
    sheet = TextModuleInput(name_fr="M", name_en="M", body_fr=body, body_en=body)
    return text_modules.create_text_module(sheet, by=by).pk


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_all_of_it_is_done_in_order(personas: Personas, ticket: Ticket) -> None:
    agent, lead = personas.actor("desk_agent"), personas.actor("service_manager")
    series = MacroActs(
        take=True,
        impact=1,
        urgency=2,
        tags=("coupure",),
        note_fr="{{ number }} pris",
        note_en="{{ number }} taken",
        module_id=module(lead),
        team_id=personas.teams["run_engineer"].pk,
        pause="supplier",
        pause_minutes=60,
    )
    run = macros.run_macro(ticket, macro(lead, series), by=agent)
    held = fresh(ticket)
    assert (held.owner_id, held.impact, held.urgency) == (agent.person_id, 1, 2)
    assert (held.tags, held.state) == (["coupure"], "held")
    said = [(m.direction, m.body) for m in Message.objects.filter(ticket=ticket).order_by("pk")]
    assert said[-2:] == [
        ("note", f"{ticket.reference} taken"),
        ("sent", f"Hello {personas.contact.name}."),
    ]
    assert assignments.running_work(held)[0].team == personas.teams["run_engineer"]
    assert run.back == []


def test_a_p1_is_not_put_on_hold_by_a_macro(personas: Personas, ticket: Ticket) -> None:
    agent, lead = personas.actor("desk_agent"), personas.actor("service_manager")
    series = macro(lead, MacroActs(take=True, impact=1, urgency=1, pause="supplier"))
    tried = macros.try_macro(ticket, series, by=agent)
    assert "confirm its deadlines" in tried.refusal
    with pytest.raises(Invalid):
        macros.run_macro(ticket, series, by=agent)
    assert fresh(ticket).state == "new", "nothing is done"


def test_of_a_series_that_is_refused_nothing_is_done(personas: Personas, ticket: Ticket) -> None:
    agent, lead = personas.actor("desk_agent"), personas.actor("service_manager")
    open_variable = module(lead, "{{ sentence }}")
    series = macro(lead, MacroActs(take=True, tags=("x",), module_id=open_variable))
    before = fresh(ticket)
    with pytest.raises(Invalid):
        macros.run_macro(ticket, series, by=agent)
    after = fresh(ticket)
    assert (after.owner_id, after.tags, after.updated_at) == (
        before.owner_id,
        before.tags,
        before.updated_at,
    )
    assert not MacroRun.objects.exists()
    assert macro_queries.uses_of_macro(series) == []


def test_trying_it_tells_what_it_would_do_and_does_nothing(
    personas: Personas, ticket: Ticket
) -> None:
    agent, lead = personas.actor("desk_agent"), personas.actor("service_manager")
    series = macro(lead, MacroActs(take=True, module_id=module(lead)))
    before, mails = fresh(ticket), OutgoingMail.objects.count()
    tried = macros.try_macro(ticket, series, by=agent)
    assert [act.sentence for act in tried.done] == [
        "Take ticket",
        "Reply to the customer with “M”",
    ]
    assert tried.done[1].text == f"Hello {personas.contact.name}."
    assert (tried.refusal, tried.undoable) == ("", False)
    assert OutgoingMail.objects.count() == mails
    assert fresh(ticket).updated_at == before.updated_at
    tried = macros.try_macro(ticket, macro(lead, MacroActs(resolve=True, close=True)), by=agent)
    assert tried.undoable


def test_a_macro_assigns_the_ticket_to_a_person_and_back(
    personas: Personas, ticket: Ticket
) -> None:
    agent, lead = personas.actor("desk_agent"), personas.actor("service_manager")
    engineer, former = personas.people["run_engineer"], fresh(ticket).owner_id
    run = macros.run_macro(ticket, macro(lead, MacroActs(owner_id=engineer.pk)), by=agent)
    assert fresh(ticket).owner_id == engineer.pk
    macros.undo_macro(run, by=agent)
    assert fresh(ticket).owner_id == former
    with pytest.raises(Invalid):
        macro(lead, MacroActs(take=True, owner_id=engineer.pk))
    with pytest.raises(Invalid):
        macro(lead, MacroActs(owner_id=0))


def test_one_undo_takes_back_all_of_it(personas: Personas, ticket: Ticket) -> None:
    agent, lead = personas.actor("desk_agent"), personas.actor("service_manager")
    before = ownership.take_ticket(ticket, by=lead)
    series = MacroActs(
        take=True, impact=1, tags=("coupure",), restore=True, resolve=True, close=True
    )
    run = macros.run_macro(ticket, macro(lead, series), by=agent)
    assert fresh(ticket).state == "closed"
    with pytest.raises(NotAllowed):
        macros.undo_macro(run, by=lead)
    macros.undo_macro(run, by=agent)
    after = fresh(ticket)
    assert (after.owner_id, after.impact, after.tags) == (before.owner_id, before.impact, [])
    assert (after.restored_at, after.resolved_at, after.closed_at) == (None, None, None)
    with pytest.raises(Conflict):
        macros.undo_macro(run, by=agent)


def test_what_went_on_since_is_not_undone(personas: Personas, ticket: Ticket) -> None:
    agent, lead = personas.actor("desk_agent"), personas.actor("service_manager")
    run = macros.run_macro(ticket, macro(lead, MacroActs(tags=("x",))), by=agent)
    ticket_metadata.set_tags(ticket, ["x", "z"], by=lead)
    with pytest.raises(Conflict):
        macros.undo_macro(run, by=agent)
    assert fresh(ticket).tags == ["x", "z"]


@pytest.mark.parametrize(
    "said", [{"only_kind": "request"}, {"only_mine": True}, {"most_priority": 5}]
)
def test_for_another_ticket_it_is_neither_offered_nor_run(
    personas: Personas, ticket: Ticket, said: dict[str, object]
) -> None:
    lead, engineer = personas.actor("service_manager"), personas.actor("run_engineer")
    series = macro(lead, MacroActs(tags=("x",)), **said)
    shown = tickets.get_ticket(ticket.number, seen_by=engineer)
    assert macro_queries.offered_macros(shown, seen_by=engineer) == []
    with pytest.raises(Conflict):
        macros.run_macro(ticket, series, by=engineer)
    assert fresh(ticket).tags == []


def test_a_ticket_that_changed_since_it_was_shown_is_left_alone(
    personas: Personas, ticket: Ticket
) -> None:
    agent, lead = personas.actor("desk_agent"), personas.actor("service_manager")
    series, seen = macro(lead, MacroActs(tags=("x",))), fresh(ticket).updated_at
    ticket_metadata.set_tags(ticket, ["y"], by=lead)
    with pytest.raises(Conflict):
        macros.run_macro(ticket, series, by=agent, seen=seen)
    assert fresh(ticket).tags == ["y"]


@pytest.mark.parametrize(
    ("persona", "refusal"),
    [("core_engineer", NotAllowed), ("employee", NotFound), ("foreign_contact", NotFound)],
)
def test_nobody_gets_by_it_a_right_that_one_has_not(
    personas: Personas, ticket: Ticket, persona: str, refusal: type[OpaleError]
) -> None:
    series = macro(personas.actor("service_manager"), MacroActs(tags=("x",)))
    by = personas.actor(persona)
    with pytest.raises(refusal):
        macros.run_macro(ticket, series, by=by)
    with pytest.raises(refusal):
        macros.try_macro(ticket, series, by=by)


def test_shared_ones_are_the_leads(personas: Personas) -> None:
    agent, lead = personas.actor("desk_agent"), personas.actor("service_manager")
    with pytest.raises(NotAllowed):
        macro(agent, MacroActs(take=True))
    mine = macro(agent, MacroActs(take=True), personal=True)
    shared = macro(lead, MacroActs(take=True))
    assert set(macro_queries.macros(seen_by=agent)) == {mine, shared}
    assert set(macro_queries.macros(seen_by=lead)) == {shared}
    own_text = text_modules.create_text_module(
        TextModuleInput(name_fr="M", name_en="M", body_fr="m", body_en="m", personal=True), by=agent
    )
    with pytest.raises(Invalid):
        macro(lead, MacroActs(module_id=own_text.pk))
    macro_definitions.edit_macro(mine, replace(MacroInput.of(mine), name_en="Mine"), by=agent)
    with pytest.raises(NotFound):
        macro_definitions.edit_macro(mine, MacroInput.of(mine), by=lead)


@pytest.mark.parametrize(
    ("acts", "field"),
    [
        (MacroActs(), "take"),
        (MacroActs(close=True), "close"),
        (MacroActs(pause="customer", resolve=True), "pause"),
        (MacroActs(pause="agreed_date"), "pause_minutes"),
        (MacroActs(note_fr="seul"), "note_en"),
        (MacroActs(note_fr="{{ oh }}", note_en="x"), "note_fr"),
        (MacroActs(team_id=0), "team_id"),
        (MacroActs(module_id=0), "module_id"),
        (MacroActs(impact=7), "impact"),
    ],
)
def test_a_series_that_cannot_be_is_refused(
    personas: Personas, acts: MacroActs, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        macro(personas.actor("service_manager"), acts)
    assert field in refused.value.fields


def test_runs_are_counted_by_team(personas: Personas, ticket: Ticket) -> None:
    agent, lead = personas.actor("desk_agent"), personas.actor("service_manager")
    series = macro(lead, MacroActs(tags=("x",)))
    macros.run_macro(ticket, series, by=agent)
    assert [(use.team, use.times) for use in macro_queries.uses_of_macro(series)] == [
        ("Team of Desk Agent", 1)
    ]


def test_pages_choose_show_run_and_undo(personas: Personas, ticket: Ticket) -> None:
    lead = personas.actor("service_manager")
    ownership.take_ticket(ticket, by=lead)
    series = macro(lead, MacroActs(take=True, tags=("x",)))
    client, htmx = personas.client("desk_agent"), {"HX-Request": "true"}
    page = f"/tickets/{ticket.number}/macros/"
    assert "Series" in client.get(page, headers=htmx).content.decode()
    shown = client.get(f"{page}{series.pk}/", headers=htmx)
    assert "Add tags: x" in shown.content.decode()
    seen = shown.context["seen"]
    answer = client.post(f"{page}{series.pk}/", {"seen": seen}, headers=htmx)
    run = MacroRun.objects.get()
    assert f"/macro-runs/{run.pk}/undoing/" in answer.headers["HX-Trigger"]
    assert client.post(f"{page}{series.pk}/", {"seen": seen}, headers=htmx).status_code == 409
    assert client.post(f"/macro-runs/{run.pk}/undoing/", headers=htmx).status_code == 204
    assert fresh(ticket).tags == []


def test_the_page_of_a_macro_writes_it(personas: Personas) -> None:
    client = personas.client("service_manager")
    said = {"name_fr": "A", "name_en": "A", "most_priority": "1", "take": "on", "tags": "a, b"}
    assert client.post("/desk/macros/new/", said).status_code == 302
    made = macro_queries.macros(seen_by=personas.actor("service_manager")).get()
    assert made.acts == {"take": True, "tags": ["a", "b"]}
    page = f"/desk/macros/{made.pk}/"
    colleague = personas.people["run_engineer"].pk
    given = {name: value for name, value in said.items() if name != "take"}
    assert client.post(page, {**given, "owner_id": colleague}).status_code == 302
    made.refresh_from_db()
    assert made.acts == {"owner_id": colleague, "tags": ["a", "b"]}
    assert client.post(page, {**said, "close": "on"}).status_code == 422
    assert client.post(page, {**said, "resolve": "on", "close": "on"}).status_code == 302
    assert client.post(f"{page}retirement/").status_code == 302
    assert not macro_queries.macros(seen_by=personas.actor("desk_agent")).exists()


@pytest.mark.parametrize("query", ["retired=1", ""])
def test_marked_retired_macros_are_offered_again(personas: Personas, query: str) -> None:
    client = personas.client("service_manager")
    said = {"name_fr": "A", "name_en": "A", "most_priority": "1", "take": "on"}
    client.post("/desk/macros/new/", said)
    made = Macro.objects.get()
    marked = {"n": [made.pk], "query": query}
    assert client.post("/lists/macros/acts/retire/", {"n": [made.pk]}).status_code == 302
    made.refresh_from_db()
    assert made.retired_at is not None
    assert client.post("/lists/macros/acts/reinstate/", marked).status_code == 302
    made.refresh_from_db()
    assert (made.retired_at is None) == bool(query)
