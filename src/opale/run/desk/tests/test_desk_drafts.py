"""Drafts survive devices, owners and crashes, and never come back after they were sent."""

from datetime import timedelta

import pytest
from tests.personas import MAKER, Personas

from opale.kernel import clock
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.run.desk.actions import (
    answers,
    drafts,
    merges,
    messages,
    ownership,
    ticket_creation,
)
from opale.run.desk.actions.drafts import RETENTION, DraftInput, SentDraft
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import Kind, Message, Source, Ticket, WrittenDraft
from opale.run.desk.queries import drafts as draft_queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(personas: Personas) -> Ticket:
    made = ticket_creation.receive_ticket(
        NewTicket(
            subject="Lien",
            source=Source.MAIL,
            kind=Kind.INCIDENT,
            customer=personas.customer,
            contact=personas.contact,
        ),
        by=MAKER,
    )
    return ownership.take_ticket(made, by=personas.actor("desk_agent"))


def writing(body: str, device: str = "desk", sitting: str = "1", **said: object) -> DraftInput:
    fields = {"kind": "public", "device": device, "sitting": sitting, "body": body}
    return DraftInput(**(fields | said))  # type: ignore[arg-type]  # names are those of the class


def texts(found: object) -> list[str]:
    return [draft.body for draft in found]  # type: ignore[attr-defined]  # rows of drafts


def test_what_is_typed_is_there_on_another_device(personas: Personas, ticket: Ticket) -> None:
    agent = personas.actor("desk_agent")
    drafts.save_draft(ticket, writing("Bon"), by=agent)
    drafts.save_draft(ticket, writing("Bonjour", promise="16h"), by=agent)
    here = draft_queries.drafts_here(ticket, "desk", seen_by=agent)
    assert (texts(here.own), texts(here.elsewhere)) == (["Bonjour"], [])
    there = draft_queries.drafts_here(ticket, "laptop", seen_by=agent)
    assert (texts(there.own), texts(there.elsewhere)) == ([], ["Bonjour"])
    assert there.elsewhere[0].promise == "16h"


def test_what_is_brought_here_is_gone_there(personas: Personas, ticket: Ticket) -> None:
    agent = personas.actor("desk_agent")
    first = drafts.save_draft(ticket, writing("Bonjour"), by=agent)
    assert first is not None
    went_on = writing("Bonjour, voici", "laptop", "2", continues=(first.pk, first.revision))
    drafts.save_draft(ticket, went_on, by=agent)
    here = draft_queries.drafts_here(ticket, "laptop", seen_by=agent)
    assert (texts(here.own), texts(here.elsewhere)) == (["Bonjour, voici"], [])


def test_two_devices_that_go_on_from_one_text_are_both_kept(
    personas: Personas, ticket: Ticket
) -> None:
    agent = personas.actor("desk_agent")
    first = drafts.save_draft(ticket, writing("Bonjour"), by=agent)
    assert first is not None
    seen = (first.pk, first.revision)
    drafts.save_draft(ticket, writing("Bonjour du bureau"), by=agent)
    drafts.save_draft(ticket, writing("Bonjour du train", "laptop", "2", continues=seen), by=agent)
    here = draft_queries.drafts_here(ticket, "laptop", seen_by=agent)
    assert texts(here.own) == ["Bonjour du train"]
    assert texts(here.elsewhere) == ["Bonjour du bureau"]


def test_a_sent_text_does_not_come_back_over_a_slow_line(
    personas: Personas, ticket: Ticket
) -> None:
    agent = personas.actor("desk_agent")
    drafts.save_draft(ticket, writing("Bonjour."), by=agent)
    answers.answer_customer(ticket, "Bonjour.", by=agent, sitting=SentDraft("desk", "1"))
    assert drafts.save_draft(ticket, writing("Bonjour."), by=agent) is None
    assert not draft_queries.drafts_of(ticket, seen_by=agent).exists()
    drafts.save_draft(ticket, writing("Encore", sitting="2"), by=agent)
    assert texts(draft_queries.drafts_of(ticket, seen_by=agent)) == ["Encore"]


def test_a_sent_text_that_another_device_went_on_from_is_no_draft_any_more(
    personas: Personas, ticket: Ticket
) -> None:
    agent = personas.actor("desk_agent")
    first = drafts.save_draft(ticket, writing("Bonjour,\nvoici. "), by=agent)
    assert first is not None
    went_on = writing("Bonjour,\nvoici. ", "phone", "2", continues=(first.pk, first.revision))
    drafts.save_draft(ticket, went_on, by=agent)
    drafts.save_draft(ticket, writing("Bonjour,\nvoici.", "phone", kind="internal"), by=agent)
    answers.answer_customer(ticket, "Bonjour,\r\nvoici.", by=agent, sitting=SentDraft("desk", "1"))
    left = draft_queries.drafts_of(ticket, seen_by=agent)
    assert [draft.kind for draft in left] == ["internal"]
    # Whoever goes on there has other words, which are kept.
    drafts.save_draft(ticket, writing("Bonjour encore", "phone", "2"), by=agent)
    assert sorted(texts(draft_queries.drafts_of(ticket, seen_by=agent))) == [
        "Bonjour encore",
        "Bonjour,\nvoici.",
    ]


def test_other_words_on_another_device_stay_when_a_text_is_sent(
    personas: Personas, ticket: Ticket
) -> None:
    agent = personas.actor("desk_agent")
    drafts.save_draft(ticket, writing("Bonjour."), by=agent)
    drafts.save_draft(ticket, writing("Bonsoir.", "phone", "2"), by=agent)
    drafts.save_draft(ticket, writing("", "tablet", "3"), by=agent)
    answers.answer_customer(ticket, "Bonjour.", by=agent, sitting=SentDraft("desk", "1"))
    assert texts(draft_queries.drafts_of(ticket, seen_by=agent)) == ["Bonsoir."]
    assert drafts.save_draft(ticket, writing("Oui", "tablet", "3"), by=agent) is not None


def test_a_reply_that_is_refused_keeps_its_draft(personas: Personas, ticket: Ticket) -> None:
    agent = personas.actor("desk_agent")
    drafts.save_draft(ticket, writing("Voir {{ sentence }}"), by=agent)
    with pytest.raises(Invalid):
        answers.answer_customer(
            ticket, "Voir {{ sentence }}", by=agent, sitting=SentDraft("desk", "1")
        )
    assert texts(draft_queries.drafts_of(ticket, seen_by=agent)) == ["Voir {{ sentence }}"]


def test_a_colleague_sees_that_somebody_writes_and_the_new_owner_goes_on(
    personas: Personas, ticket: Ticket
) -> None:
    agent, engineer = personas.actor("desk_agent"), personas.actor("run_engineer")
    draft = drafts.save_draft(ticket, writing("Bonjour"), by=agent)
    assert draft is not None
    here = draft_queries.drafts_here(ticket, "desk", seen_by=engineer)
    assert (texts(here.writing), here.left, here.may_take_over) == (["Bonjour"], [], False)
    page = f"/tickets/{ticket.number}/drafts/?device=desk"
    drawn = personas.client("run_engineer").get(page).content.decode()
    assert "Desk Agent is writing to the customer" in drawn
    assert "Bonjour" not in drawn
    with pytest.raises(NotAllowed):
        drafts.take_over_draft(draft, by=engineer)
    ownership.take_ticket(ticket, by=engineer, seen_owner_id=agent.person_id)
    taken = drafts.take_over_draft(draft, by=engineer)
    assert taken.body == "Bonjour"
    went_on = writing("Bonjour, suite", "x", "9", continues=(taken.pk, taken.revision))
    drafts.save_draft(ticket, went_on, by=engineer)
    assert texts(draft_queries.drafts_of(ticket, seen_by=agent)) == ["Bonjour, suite"]


def test_nobody_else_ends_the_draft_of_a_colleague(personas: Personas, ticket: Ticket) -> None:
    agent, engineer = personas.actor("desk_agent"), personas.actor("run_engineer")
    draft = drafts.save_draft(ticket, writing("Bonjour"), by=agent)
    assert draft is not None
    mine = writing("Autre", "x", "9", continues=(draft.pk, draft.revision))
    drafts.save_draft(ticket, mine, by=engineer)
    assert set(texts(draft_queries.drafts_of(ticket, seen_by=agent))) == {"Bonjour", "Autre"}
    with pytest.raises(NotAllowed):
        drafts.discard_draft(draft, by=engineer)


def test_discarding_has_its_way_back(personas: Personas, ticket: Ticket) -> None:
    agent = personas.actor("desk_agent")
    draft = drafts.save_draft(ticket, writing("Bonjour"), by=agent)
    assert draft is not None
    client = personas.client("desk_agent")
    answer = client.post(f"/drafts/{draft.pk}/discarding/")
    assert f"/drafts/{draft.pk}/restoration/" in answer.headers["HX-Trigger"]
    assert not draft_queries.drafts_of(ticket, seen_by=agent).exists()
    assert drafts.save_draft(ticket, writing("Bonjour"), by=agent) is None
    answer = client.post(f"/drafts/{draft.pk}/restoration/")
    assert "Bonjour" in answer.headers["HX-Trigger"]
    assert texts(draft_queries.drafts_of(ticket, seen_by=agent)) == ["Bonjour"]
    with pytest.raises(Conflict):
        drafts.restore_draft(draft, by=agent)


def test_a_draft_follows_a_merge(personas: Personas, ticket: Ticket) -> None:
    agent = personas.actor("desk_agent")
    into = ticket_creation.receive_ticket(
        NewTicket(subject="Lien 2", source=Source.MAIL, customer=personas.customer), by=MAKER
    )
    drafts.save_draft(ticket, writing("Bonjour"), by=agent)
    merges.merge_tickets([ticket], into, by=agent)
    here = draft_queries.drafts_here(into, "desk", seen_by=agent)
    assert texts(here.elsewhere) == ["Bonjour"]


@pytest.mark.parametrize(
    ("persona", "refusal"),
    [("core_engineer", NotAllowed), ("employee", NotFound), ("foreign_contact", NotFound)],
)
def test_who_does_not_work_on_a_ticket_keeps_nothing_there(
    personas: Personas, ticket: Ticket, persona: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        drafts.save_draft(ticket, writing("x"), by=personas.actor(persona))


def test_the_page_keeps_and_sends_in_one_go(personas: Personas, ticket: Ticket) -> None:
    client = personas.client("desk_agent")
    named = {"device": "desk", "sitting": "s", "body": "Bonjour."}
    kept = client.post(f"/tickets/{ticket.number}/drafts/", {**named, "kind": "public"}).json()
    assert set(kept) == {"id", "revision"}
    client.post(f"/tickets/{ticket.number}/messages/", named, headers={"HX-Request": "true"})
    assert Message.objects.filter(ticket=ticket, direction="sent", body="Bonjour.").exists()
    assert WrittenDraft.objects.get().body == ""
    wrong = client.post(f"/tickets/{ticket.number}/drafts/", {**named, "kind": "letter"})
    assert wrong.status_code == 422


def test_old_drafts_are_swept(personas: Personas, ticket: Ticket) -> None:
    agent = personas.actor("desk_agent")
    drafts.save_draft(ticket, writing("vieux"), by=agent)
    old = clock.now() - RETENTION - timedelta(minutes=1)
    WrittenDraft.objects.update(at=old)
    drafts.save_draft(ticket, writing("neuf", "laptop"), by=agent)
    assert drafts.delete_old_drafts() == 1
    assert texts(draft_queries.drafts_of(ticket, seen_by=agent)) == ["neuf"]


@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("kind", ["public", "internal"])
def test_a_text_whose_answer_was_lost_is_sent_once(
    personas: Personas, ticket: Ticket, kind: str, kept: bool
) -> None:
    agent, end = personas.actor("desk_agent"), SentDraft("desk", "1")
    before = Message.objects.count()

    def send(body: str, sitting: SentDraft) -> int:
        if kind == "internal":
            return messages.write_note(ticket, body, by=agent, sitting=sitting).pk
        return answers.answer_customer(ticket, body, by=agent, sitting=sitting).pk

    if kept:
        drafts.save_draft(ticket, writing("Bonjour", kind=kind), by=agent)
    first = send("Bonjour", end)
    assert send("Bonjour", end) == first
    assert send("Bonjour, amended since", end) != first
    assert send("Bonjour", SentDraft("desk", "2")) != first, "written again on purpose"
    assert Message.objects.count() == before + 3
