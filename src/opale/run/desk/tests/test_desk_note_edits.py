"""Internal notes: edited by their author, deleted, quoted; what was sent stays as it is."""

from threading import Barrier, Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connections, transaction
from django.test import Client
from tests.personas import MAKER, Personas, make_personas

from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.notifications.models import Notification
from opale.organisation.models import Membership, Person
from opale.run.desk.actions import assignments, messages, note_edits, splits, ticket_creation
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.actions.attachments import attach_file
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import Attachment, Message, Source, Ticket
from opale.run.desk.queries.note_readers import former_texts, get_note

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
MARKDOWN = Message.Format.MARKDOWN
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


@pytest.fixture
def ticket(personas: Personas) -> Ticket:
    new = NewTicket(
        subject="Lien coupé", body="Plus *rien*.", source=Source.MAIL,
        customer=personas.customer, contact=personas.contact,
    )  # fmt: skip
    return ticket_creation.receive_ticket(new, by=personas.actor("desk_agent"))


@pytest.fixture
def note(personas: Personas, ticket: Ticket) -> Message:
    return messages.write_note(
        ticket, "Carte **suspecte**", by=personas.actor("desk_agent"), text_format=MARKDOWN
    )


@pytest.fixture
def agent(personas: Personas) -> Client:
    return personas.client("desk_agent")


def mention(person: Person) -> str:
    return f"@[{person.name}](person:{person.pk})"


def timeline(client: Client, ticket: Ticket) -> str:
    return client.get(f"/tickets/{ticket.number}/timeline/").text


def test_its_author_edits_a_note_and_everybody_reads_its_former_text(
    personas: Personas, ticket: Ticket, note: Message, agent: Client
) -> None:
    form = agent.get(f"/notes/{note.pk}/edit/")
    assert "Carte **suspecte**" in form.text
    seen = form.context["form"].initial["seen"]
    agent.post(f"/notes/{note.pk}/edit/", {"text": "Carte **changée**", "seen": seen})
    note.refresh_from_db()
    assert note.body == "Carte **changée**"
    page = timeline(personas.client("run_engineer"), ticket)
    assert "<strong>changée</strong>" in page
    assert f"/notes/{note.pk}/history/" in page
    former = personas.client("run_engineer").get(f"/notes/{note.pk}/history/", headers=HTMX)
    assert "<strong>suspecte</strong>" in former.text
    told = personas.client("run_engineer").get(f"/api/v1/notes/{note.pk}/history").json()
    assert [(one["text"], one["format"]) for one in told] == [("Carte **suspecte**", "markdown")]


def test_buttons_of_a_note_are_those_of_its_reader_and_of_no_other_session(
    personas: Personas, ticket: Ticket, note: Message, agent: Client
) -> None:
    edit, delete = f"/notes/{note.pk}/edit/", f"/notes/{note.pk}/delete/"
    mine = timeline(agent, ticket)
    others = timeline(personas.client("run_engineer"), ticket)
    chief = timeline(personas.client("administrator"), ticket)
    assert (edit in mine, delete in mine) == (True, True)
    assert (edit in others, delete in others) == (False, False)
    assert (edit in chief, delete in chief) == (False, True)
    assert f"/messages/{note.pk}/quote/" in others


def test_nobody_else_edits_or_deletes_a_note(personas: Personas, note: Message) -> None:
    for persona in ("run_engineer", "service_manager", "administrator"):
        with pytest.raises(NotAllowed):
            note_edits.edit_note(note, by=personas.actor(persona), text="x")
    for persona in ("run_engineer", "service_manager"):
        with pytest.raises(NotAllowed):
            note_edits.delete_note(note, by=personas.actor(persona))
    note_edits.delete_note(note, by=personas.actor("administrator"))
    note.refresh_from_db()
    assert note.body == ""


@pytest.mark.parametrize("persona", ["employee", "customer_contact", "foreign_contact"])
def test_who_does_not_read_the_note_does_nothing_to_it(
    personas: Personas, note: Message, persona: str
) -> None:
    actor, client = personas.actor(persona), personas.client(persona)
    with pytest.raises(NotFound):
        get_note(note.pk, seen_by=actor)
    for method in (client.get, client.put, client.delete):
        assert method(f"/api/v1/notes/{note.pk}").status_code == 403
    for address in (f"/notes/{note.pk}/history/", f"/messages/{note.pk}/quote/"):
        assert client.get(address).status_code in {403, 404}
    note.refresh_from_db()
    assert (note.body, note.edited_at, note.deleted_at) == ("Carte **suspecte**", None, None)


def test_who_lost_the_desk_edits_nothing_any_more(personas: Personas, note: Message) -> None:
    agent = personas.people["desk_agent"]
    with attributed(MAKER):
        Membership.objects.filter(person=agent).delete()
    with pytest.raises((NotFound, NotAllowed)):
        note_edits.edit_note(note, by=personas.actor("desk_agent"), text="x")
    with pytest.raises((NotFound, NotAllowed)):
        note_edits.delete_note(note, by=personas.actor("desk_agent"))


def test_what_was_sent_or_received_never_changes(personas: Personas, ticket: Ticket) -> None:
    by = personas.actor("desk_agent")
    sent = messages.write_to_customer(ticket, "Bonjour", by=by)
    received = ticket.messages.filter(direction="received").first()
    assert received is not None
    for message in (sent, received):
        with pytest.raises(NotFound):
            get_note(message.pk, seen_by=by)
        with pytest.raises(NotFound):
            note_edits.edit_note(message, by=by, text="x")
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            Message.objects.filter(pk=message.pk).update(body="x")
        assert personas.client("desk_agent").get(f"/notes/{message.pk}/edit/").status_code == 404


def test_a_deleted_note_stays_in_its_place_without_text_files_or_news(
    personas: Personas, ticket: Ticket, agent: Client
) -> None:
    by, engineer = personas.actor("desk_agent"), personas.people["run_engineer"]
    file = attach_file(ticket, "carte.png", [PNG], by=by)
    note = messages.write_note(
        ticket, f"{mention(engineer)} secret", by=by, attachments=[file.pk], text_format=MARKDOWN
    )
    assert Notification.objects.filter(person=engineer).exists()
    agent.post(f"/notes/{note.pk}/delete/", headers=HTMX)
    page = timeline(personas.client("run_engineer"), ticket)
    assert f'id="message-{note.pk}"' in page
    assert "Note deleted" in page
    assert "secret" not in page
    assert "carte.png" not in page
    assert not Attachment.objects.filter(pk=file.pk).exists()
    assert not Notification.objects.filter(person=engineer).exists()
    assert agent.get(f"/notes/{note.pk}/history/").status_code == 404
    assert agent.get(f"/api/v1/notes/{note.pk}").json()["body"] == ""
    with pytest.raises(Conflict):
        note_edits.edit_note(note, by=by, text="x")


def test_an_edit_tells_whom_it_adds_and_takes_back_from_whom_it_leaves_out(
    personas: Personas, ticket: Ticket
) -> None:
    by = personas.actor("desk_agent")
    engineer, manager = personas.people["run_engineer"], personas.people["service_manager"]
    note = messages.write_note(ticket, mention(engineer), by=by, text_format=MARKDOWN)
    note_edits.edit_note(note, by=by, text=f"{mention(engineer)} {mention(manager)} vu ?")
    told = Notification.objects.filter(kind="desk.mentioned").order_by("person_id")
    assert {row.person for row in told} == {engineer, manager}
    assert all("vu ?" in row.text for row in told)
    note_edits.edit_note(note, by=by, text=f"{mention(manager)} vu ?")
    assert {row.person for row in told.all()} == {manager}
    # The note that mentions somebody without the desk is refused, and stays as it was.
    employee = personas.people["employee"]
    with pytest.raises(Invalid, match=employee.name):
        note_edits.edit_note(note, by=by, text=mention(employee))
    note.refresh_from_db()
    assert note.body == f"{mention(manager)} vu ?"


def test_the_second_of_two_edits_is_told_and_keeps_what_was_typed(
    note: Message, agent: Client
) -> None:
    url = f"/notes/{note.pk}/edit/"
    seen = agent.get(url).context["form"].initial["seen"]
    agent.post(url, {"text": "Premier", "seen": seen})
    refused = agent.post(url, {"text": "Second", "seen": seen})
    assert refused.status_code == 422
    assert "edited elsewhere" in refused.text
    assert "Second" in refused.text
    note.refresh_from_db()
    assert note.body == "Premier"
    # Once told, saving again replaces the other edit, which stays to be read.
    agent.post(url, {"text": "Second", "seen": refused.context["form"]["seen"].value()})
    note.refresh_from_db()
    assert note.body == "Second"
    assert [one.text for one in former_texts(note)] == ["Premier", "Carte **suspecte**"]


@pytest.mark.django_db(transaction=True)
def test_of_two_edits_at_once_one_is_refused() -> None:
    house = make_personas()
    by = house.actor("desk_agent")
    new = NewTicket(subject="Lien", body="x", source=Source.MAIL, customer=house.customer)
    ticket = ticket_creation.receive_ticket(new, by=by)
    note = messages.write_note(ticket, "Avant", by=by)
    seen = house.client("desk_agent").get(f"/api/v1/notes/{note.pk}").json()["mark"]
    both, said = Barrier(2), list[str]()

    def edit(text: str) -> None:
        try:
            both.wait()
            note_edits.edit_note(note, by=by, text=text, seen=seen)
            said.append("saved")
        except Conflict:
            said.append("told")
        finally:
            connections.close_all()

    threads = [Thread(target=edit, args=[text]) for text in ("Un", "Deux")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["saved", "told"]
    assert len(former_texts(get_note(note.pk, seen_by=by))) == 1


def test_a_plain_note_is_edited_as_the_text_that_it_shows(
    personas: Personas, ticket: Ticket, agent: Client
) -> None:
    body = "2 * 3 * 4\n# pas un titre"
    note = messages.write_note(ticket, body, by=personas.actor("desk_agent"))
    url = f"/notes/{note.pk}/edit/"
    text = agent.get(url).context["form"].initial["text"]
    agent.post(url, {"text": text.replace("\n", "\r\n")})
    note.refresh_from_db()
    assert (note.body, note.format, note.edited_at) == (body, "plain", None)
    agent.post(url, {"text": f"{text}\n\n**vu**"})
    page = timeline(agent, ticket)
    assert "2 * 3 * 4" in page
    assert "# pas un titre" in page
    assert "<strong>vu</strong>" in page
    former = agent.get(f"/notes/{note.pk}/history/", headers=HTMX).text
    assert "2 * 3 * 4<br># pas un titre" in former


def test_files_are_added_and_removed_by_an_edit(
    personas: Personas, ticket: Ticket, agent: Client
) -> None:
    by = personas.actor("desk_agent")
    old = attach_file(ticket, "vieux.png", [PNG], by=by)
    note = messages.write_note(ticket, "Plan", by=by, attachments=[old.pk])
    waiting = agent.post(
        f"/notes/{note.pk}/files/",
        {"file": SimpleUploadedFile("neuf.png", PNG, "image/png")},
        headers=HTMX,
    ).text
    assert "neuf.png" in waiting
    fresh = Attachment.objects.get(name="neuf.png")
    # It waits for this edit alone: the composer of the ticket does not send it.
    assert "neuf.png" not in agent.get(f"/tickets/{ticket.number}/").text
    text = f"Plan\n\n![neuf](file:{fresh.pk})"
    agent.post(f"/notes/{note.pk}/edit/", {"text": text, "files": [fresh.pk]})
    assert list(note.attachments.values_list("name", flat=True)) == ["neuf.png"]
    page = timeline(agent, ticket)
    assert f'src="/tickets/{ticket.number}/attachments/{fresh.pk}/"' in page
    assert "vieux.png" not in page


def test_a_file_of_another_ticket_or_person_is_not_added(
    personas: Personas, ticket: Ticket, note: Message, agent: Client
) -> None:
    other = attach_file(ticket, "autre.txt", [b"x"], by=personas.actor("run_engineer"))
    answer = agent.put(
        f"/api/v1/notes/{note.pk}", {"body": "x", "attachments": [other.pk]}, "application/json"
    )
    assert answer.status_code == 422
    note.refresh_from_db()
    assert note.body == "Carte **suspecte**"


def test_programs_edit_with_the_mark_that_they_read(note: Message, agent: Client) -> None:
    url = f"/api/v1/notes/{note.pk}"
    mark = agent.get(url).json()["mark"]
    first = agent.put(url, {"body": "Un", "mark": mark}, "application/json")
    assert (first.status_code, first.json()["body"]) == (200, "Un")
    second = agent.put(url, {"body": "Deux", "mark": mark}, "application/json")
    assert second.status_code == 409
    assert agent.delete(url).status_code == 204


def test_messages_and_notes_are_quoted_as_they_are_shown(
    ticket: Ticket, note: Message, agent: Client
) -> None:
    received = ticket.messages.filter(direction="received").first()
    assert received is not None
    page = timeline(agent, ticket)
    # What the customer wrote goes into the reply, a note into a note alone.
    assert f'"/messages/{received.pk}/quote/" data-quote-into=".o-write[data-public]"' in page
    assert f'"/messages/{note.pk}/quote/" data-quote-into=".o-write[data-internal]"' in page
    assert agent.get(f"/messages/{received.pk}/quote/").text == r"Plus \*rien\*."
    quoted = agent.get(f"/messages/{note.pk}/quote/")
    assert (quoted.text, quoted["Content-Type"]) == (
        "Carte **suspecte**",
        "text/plain; charset=utf-8",
    )


def test_the_note_of_an_escalation_is_edited_by_who_was_asked(
    personas: Personas, ticket: Ticket
) -> None:
    team, by = personas.teams["core_engineer"], personas.actor("core_engineer")
    asked = assignments.request_work(
        ticket, WorkRequest(team=team), by=personas.actor("desk_agent")
    )
    note = assignments.add_assignment_note(asked, "Vu", by=by, text_format=MARKDOWN)
    client = personas.client("core_engineer")
    client.post(f"/notes/{note.pk}/edit/", {"text": "Vu **deux** fois"})
    page = personas.client("desk_agent").get(f"/assignments/{asked.pk}/talk/").text
    assert "<strong>deux</strong>" in page
    assert f"/notes/{note.pk}/history/" in page
    client.post(f"/notes/{note.pk}/delete/")
    page = personas.client("desk_agent").get(f"/assignments/{asked.pk}/talk/").text
    assert "Note deleted" in page


def test_a_copy_of_a_note_has_no_former_texts_and_a_moved_one_keeps_them(
    personas: Personas, ticket: Ticket
) -> None:
    by = personas.actor("desk_agent")
    file = attach_file(ticket, "plan.png", [PNG], by=by)
    note = messages.write_note(
        ticket, f"![plan](file:{file.pk})", by=by, attachments=[file.pk], text_format=MARKDOWN
    )
    new = NewTicket(subject="Autre", body="x", source=Source.MAIL, customer=personas.customer)
    other = ticket_creation.receive_ticket(new, by=by)
    copied = splits.move_message(note, other, by=by, copy=True).message
    own = Attachment.objects.get(message=copied)
    assert copied.body == f"![plan](file:{own.pk})"
    assert former_texts(get_note(copied.pk, seen_by=by)) == []
    note_edits.edit_note(note, by=by, text="Autre plan")
    splits.move_message(get_note(note.pk, seen_by=by), other, by=by)
    moved = get_note(note.pk, seen_by=by)
    assert (moved.ticket, len(former_texts(moved))) == (other, 1)


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "<svg onload=alert(1)>",
        "[x](javascript:alert(1))",
        "![x](https://elsewhere.example/spy.png)",
        "![x](data:image/svg+xml;base64,PHN2Zy8+)",
    ],
)
def test_an_edited_note_executes_and_fetches_nothing(
    personas: Personas, note: Message, agent: Client, hostile: str
) -> None:
    drawing = SimpleUploadedFile("x.svg", b"<svg onload='alert(1)'/>", "image/svg+xml")
    agent.post(f"/notes/{note.pk}/files/", {"file": drawing}, headers=HTMX)
    file = Attachment.objects.get(name="x.svg")
    text = f"{hostile}\n\n![x](file:{file.pk})"
    preview = agent.post(f"/notes/{note.pk}/preview/", {"text": text}, headers=HTMX).text
    agent.post(f"/notes/{note.pk}/edit/", {"text": text, "files": [file.pk]})
    note.refresh_from_db()
    note_edits.edit_note(note, by=personas.actor("desk_agent"), text="harmless")
    former = agent.get(f"/notes/{note.pk}/history/", headers=HTMX).text
    for shown in (preview, former):
        assert "<script" not in shown
        assert "<svg" not in shown
        assert "<img" not in shown
        assert "javascript:" not in shown.partition("href=")[2]
