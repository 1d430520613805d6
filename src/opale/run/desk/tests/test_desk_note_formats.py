"""Internal notes in Markdown, beside those in plain text."""

import pytest
from tests.personas import MAKER, Personas

from opale.kernel.attribution import attributed
from opale.kernel.text_limits import SHOWN_TEXT
from opale.run.desk.actions import assignments, messages, ticket_creation
from opale.run.desk.actions.assignments import WorkRequest
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import Message, Source, Ticket
from opale.run.desk.templatetags.desk import message_text

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ticket(personas: Personas) -> Ticket:
    new = NewTicket(
        subject="Lien coupé", body="*Plus* de réseau.", source=Source.MAIL,
        customer=personas.customer, contact=personas.contact,
    )  # fmt: skip
    return ticket_creation.receive_ticket(new, by=personas.actor("desk_agent"))


def test_a_note_of_the_page_is_shown_formatted(personas: Personas, ticket: Ticket) -> None:
    body = "Carte **suspecte** :\n\n- relevé à Rennes\n- appelé le fournisseur"
    url = f"/tickets/{ticket.number}/notes/"
    page = personas.client("desk_agent").post(url, {"body": body}, headers=HTMX)
    assert "<strong>suspecte</strong>" in page.text
    assert "<li>relevé à Rennes</li>" in page.text
    note = ticket.messages.get(direction="note")
    assert (note.format, note.body) == ("markdown", body)


def test_plain_notes_and_messages_keep_their_characters(personas: Personas, ticket: Ticket) -> None:
    messages.write_note(ticket, "2 * 3 * 4\n# pas un titre", by=personas.actor("desk_agent"))
    page = personas.client("desk_agent").get(f"/tickets/{ticket.number}/timeline/").text
    assert "2 * 3 * 4<br># pas un titre" in page
    assert "*Plus* de réseau." in page
    assert set(ticket.messages.values_list("format", flat=True)) == {"plain"}


def test_one_text_in_both_formats_is_drawn_as_each_says(personas: Personas, ticket: Ticket) -> None:
    by = personas.actor("desk_agent")
    plain = messages.write_note(ticket, "**vu**", by=by)
    # All that is drawn of both is the same, except for the format.
    both = [plain.pk, messages.write_note(ticket, "**vu**", by=by).pk]
    with attributed(MAKER):
        ticket.messages.filter(pk__in=both).update(at=plain.at)
        ticket.messages.filter(pk=both[1]).update(format=Message.Format.MARKDOWN)
    page = personas.client("desk_agent").get(f"/tickets/{ticket.number}/timeline/").text
    assert page.count("<strong>vu</strong>") == 1
    assert page.count("**vu**") == 1


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "![x](https://elsewhere.example/spy.png)",
        "<img src=x onerror=alert(1)>",
    ],
)
def test_hostile_notes_are_text(personas: Personas, ticket: Ticket, hostile: str) -> None:
    url = f"/tickets/{ticket.number}/notes/"
    personas.client("desk_agent").post(url, {"body": hostile}, headers=HTMX)
    shown = message_text(ticket.messages.get(direction="note"))
    assert "<script" not in shown
    assert "<img" not in shown
    assert "href=" not in shown


def test_a_note_that_is_too_long_is_shown_as_typed(personas: Personas, ticket: Ticket) -> None:
    body = "**x** " * SHOWN_TEXT
    note = messages.write_note(
        ticket,
        body,
        by=personas.actor("desk_agent"),
        text_format=Message.Format.MARKDOWN,
    )
    shown = message_text(note)
    assert "<strong>" not in shown
    assert f"/messages/{note.pk}/text/" in shown


def test_the_preview_shows_what_the_note_will_be(personas: Personas) -> None:
    preview = personas.client("desk_agent").post("/desk/notes/preview/", {"text": "*vu* <b>"})
    assert preview.text.strip() == "<p><em>vu</em> &lt;b&gt;</p>"
    empty = personas.client("desk_agent").post("/desk/notes/preview/", {"text": " "})
    assert "Nothing to preview yet." in empty.text


def test_a_note_on_an_escalation_is_markdown_on_the_page(
    personas: Personas, ticket: Ticket
) -> None:
    by = personas.actor("desk_agent")
    team = personas.teams["run_engineer"]
    asked = assignments.request_work(ticket, WorkRequest(team=team), by=by)
    url = f"/assignments/{asked.pk}/notes/"
    personas.client("desk_agent").post(url, {"body": "**vu**"}, headers=HTMX)
    note = ticket.messages.get(direction="note")
    assert (note.format, note.assignment_id) == ("markdown", asked.pk)


def test_programs_say_the_format_of_a_note_and_read_it(personas: Personas, ticket: Ticket) -> None:
    client = personas.client("desk_agent")
    url = f"/api/v1/tickets/{ticket.number}/notes"
    plain = client.post(url, {"body": "**vu**"}, "application/json").json()
    marked = client.post(url, {"body": "**vu**", "format": "markdown"}, "application/json").json()
    wrong = client.post(url, {"body": "x", "format": "html"}, "application/json")
    assert (plain["format"], marked["format"]) == ("plain", "markdown")
    assert marked["body"] == "**vu**"
    assert wrong.status_code == 422
