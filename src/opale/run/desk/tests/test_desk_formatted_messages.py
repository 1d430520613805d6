"""Messages to customers in Markdown: as the mail says them, and as pages show them."""

from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from pytest_django import Settings
from tests.personas import Personas

from opale.environment import email
from opale.messaging.actions.outgoing import send_mail
from opale.messaging.tests.mail_server import MailServer, Sink
from opale.run.desk.actions import answers, attachments, ticket_creation
from opale.run.desk.actions.text_modules import TextModuleInput, create_text_module
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import Attachment, Message, ProposedAnswer, Source, Ticket
from opale.run.desk.queries.text_modules import offered_modules, render_module

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
MARKDOWN = Message.Format.MARKDOWN
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cf500f0004020181b4d3a5b30000000049454e44ae426082"
)
SUBJECT = "Lien *coupé* [urgent](x)"


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with MailServer() as server:
        for name, value in email("EMAIL_URL", f"smtp://127.0.0.1:{server.port}").items():
            setattr(settings, name, value)
        yield server


@pytest.fixture
def ticket(personas: Personas) -> Ticket:
    new = NewTicket(
        subject=SUBJECT, body="Plus de réseau.", source=Source.MAIL,
        customer=personas.customer, contact=personas.contact,
    )  # fmt: skip
    by = personas.actor("desk_agent")
    made = ticket_creation.receive_ticket(new, by=by)
    Ticket.objects.filter(pk=made.pk).update(owner_id=by.person_id)
    return Ticket.objects.get(pk=made.pk)


def attach(ticket: Ticket, name: str, content: bytes, personas: Personas) -> Attachment:
    by = personas.actor("desk_agent")
    return attachments.attach_file(ticket, name, [content], by=by, draft_kind="public")


def sent(message: object, sink: Sink) -> EmailMessage:
    assert isinstance(message, Message)
    assert message.mail is not None
    send_mail(message.mail.pk)
    return sink.taken[-1]


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_a_message_leaves_as_text_and_html_with_its_picture_in_place(
    sink: Sink, personas: Personas, ticket: Ticket
) -> None:
    by = personas.actor("desk_agent")
    picture = attach(ticket, "écran de Zoë.png", PIXEL, personas)
    log = attach(ticket, "journal.txt", b"ligne 1\n", personas)
    body = (
        "Bonjour **Jürgen Müller**,\n\nDeux points :\n\n"
        "- le *câble* est changé\n- le lien tient\n\n"
        f"{picture.as_markdown}\n\n<b>non</b> & [suivi](https://opale.example/a_b)"
    )
    made = answers.answer_customer(
        ticket, body, by=by, attachments=[picture.pk, log.pk], text_format=MARKDOWN
    )
    mail = sent(made, sink)

    assert mail.get_content_type() == "multipart/mixed"
    alternative, attached = mail.iter_parts()
    assert alternative.get_content_type() == "multipart/alternative"
    text, related = alternative.iter_parts()
    assert (text.get_content_type(), related.get_content_type()) == (
        "text/plain",
        "multipart/related",
    )
    html, shown = related.iter_parts()
    assert html.get_content_type() == "text/html"
    assert shown.get_content() == PIXEL
    assert shown.get_filename() == "écran de Zoë.png"
    assert shown.get_content_disposition() == "inline"
    assert attached.get_filename() == "journal.txt"

    read = part(mail, "plain")
    assert "Bonjour Jürgen Müller,\n\nDeux points :\n\n- le câble est changé\n" in read
    assert "[écran de Zoë.png]" in read
    assert "<b>non</b> & suivi (https://opale.example/a_b)" in read
    assert "**" not in read
    drawn = part(mail, "html")
    assert "<strong>Jürgen Müller</strong>" in drawn
    assert '<li style="margin:' in drawn
    assert "&lt;b&gt;non&lt;/b&gt;" in drawn
    content_id = str(shown["Content-ID"]).strip("<>")
    assert f'src="cid:{content_id}"' in drawn
    assert 'width="1"' in drawn
    assert f"[{ticket.reference}]" in mail["Subject"]
    # What frames the message stays plain: the subject of the customer is no Markdown.
    assert SUBJECT in mail["Subject"]


def test_a_message_without_files_has_two_parts(
    sink: Sink, personas: Personas, ticket: Ticket
) -> None:
    by = personas.actor("desk_agent")
    mail = sent(answers.answer_customer(ticket, "*Vu*", by=by, text_format=MARKDOWN), sink)
    assert [one.get_content_type() for one in mail.iter_parts()] == ["text/plain", "text/html"]
    assert "<em>Vu</em>" in part(mail, "html")


def test_a_plain_message_keeps_its_characters(
    sink: Sink, personas: Personas, ticket: Ticket
) -> None:
    by = personas.actor("desk_agent")
    mail = sent(answers.answer_customer(ticket, "2 * 3 * 4\n# fin", by=by), sink)
    assert "2 * 3 * 4\n# fin" in part(mail, "plain")
    assert "2 * 3 * 4<br># fin" in part(mail, "html")


def test_an_unclosed_block_does_not_swallow_the_rest_of_the_mail(
    sink: Sink, personas: Personas, ticket: Ticket
) -> None:
    by = personas.actor("desk_agent")
    body = "```\ncode\n\ufffc"
    mail = sent(answers.answer_customer(ticket, body, by=by, text_format=MARKDOWN), sink)
    assert "</code></pre>" in part(mail, "html").split(ticket.reference)[0]


def test_the_page_sends_markdown_and_shows_it_with_its_picture(
    personas: Personas, ticket: Ticket
) -> None:
    picture = attach(ticket, "écran.png", PIXEL, personas)
    client = personas.client("desk_agent")
    url = f"/tickets/{ticket.number}/"
    preview = client.post(f"{url}preview/", {"text": picture.as_markdown}, headers=HTMX).text
    assert f'src="{url}attachments/{picture.pk}/"' in preview
    body = f"**Réparé**\n\n{picture.as_markdown}\n\n- a\n- b"
    page = client.post(f"{url}messages/", {"body": body}, headers=HTMX).text
    made = ticket.messages.get(direction="sent", person=personas.actor("desk_agent").person_id)
    assert (made.format, made.body) == ("markdown", body)
    for shown in (page, client.get(f"{url}timeline/").text):
        assert "<strong>Réparé</strong>" in shown
        assert f'<img src="{url}attachments/{picture.pk}/"' in shown
        assert "d-attached" not in shown, "a picture that the text shows is not listed below it"


def test_the_picture_of_another_message_is_not_shown(personas: Personas, ticket: Ticket) -> None:
    by = personas.actor("desk_agent")
    picture = attach(ticket, "secret.png", PIXEL, personas)
    made = answers.answer_customer(ticket, picture.as_markdown, by=by, text_format=MARKDOWN)
    assert isinstance(made, Message)
    assert made.mail is not None
    assert made.mail.attachments == []
    page = personas.client("desk_agent").get(f"/tickets/{ticket.number}/timeline/").text
    assert "<img" not in page


def test_programs_say_the_format_of_a_message_and_read_it(
    personas: Personas, ticket: Ticket
) -> None:
    client = personas.client("desk_agent")
    url = f"/api/v1/tickets/{ticket.number}/messages"
    plain = client.post(url, {"body": "**vu**"}, "application/json").json()
    marked = client.post(url, {"body": "**vu**", "format": "markdown"}, "application/json").json()
    wrong = client.post(url, {"body": "x", "format": "html"}, "application/json")
    assert (plain["format"], marked["format"]) == ("plain", "markdown")
    assert wrong.status_code == 422


def test_a_proposed_answer_keeps_its_format_until_it_is_sent(
    personas: Personas, ticket: Ticket
) -> None:
    engineer, owner = personas.actor("run_engineer"), personas.actor("desk_agent")
    proposed = answers.answer_customer(ticket, "**vu**", by=engineer, text_format=MARKDOWN)
    assert isinstance(proposed, ProposedAnswer)
    assert proposed.format == "markdown"
    read = personas.client("run_engineer").get(f"/tickets/{ticket.number}/answers/").text
    assert "<strong>vu</strong>" in read
    message = answers.send_answer(proposed, by=owner, body="**vu** et revu")
    assert message.format == "markdown"


def test_values_of_canned_replies_are_no_markdown(personas: Personas, ticket: Ticket) -> None:
    by = personas.actor("desk_agent")
    text = "**Objet** : {{ subject }}"
    sheet = TextModuleInput(name_fr="o", name_en="o", body_fr=text, body_en=text, personal=True)
    module = create_text_module(sheet, by=by)
    (offered,) = [one for one in offered_modules(ticket, seen_by=by) if one.module == module]
    assert offered.worded.text == r"**Objet** : Lien \*coupé\* \[urgent\](x)"
    program = render_module(module, ticket, "fr", by=by)
    assert program.text == f"**Objet** : {SUBJECT}"


def test_the_update_to_linked_tickets_is_written_in_the_same_editor(
    sink: Sink, personas: Personas, ticket: Ticket
) -> None:
    client, url = personas.client("desk_agent"), f"/tickets/{ticket.number}/family/update/"
    page = client.get(url)
    assert "data-wrap=" in page.text, "the toolbar of the editor"
    (name,) = (one for one in page.context["form"].fields if one.startswith("said_"))
    ticked = f"{ticket.pk}@{page.context['members'][0].seen}"
    assert client.post(url, {name: "**Rétabli** partout", "on": ticked}).status_code == 302
    mail = sent(ticket.messages.get(direction="sent"), sink)
    assert "Rétabli partout" in part(mail, "plain")
    assert "<strong>Rétabli</strong> partout" in part(mail, "html")
