"""Long texts: what programs may send, and what a page shows of one that came by mail."""

from typing import Any

import pytest
from django.test import Client
from tests.personas import MAKER, Personas

from opale.kernel.clock import now
from opale.kernel.errors import Invalid
from opale.kernel.text_limits import LONGEST_TEXT, LONGEST_VALUE, SHOWN_TEXT
from opale.run.desk.actions.messages import write_note
from opale.run.desk.actions.requester_messages import write_as_requester
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Kind, Message, ReceivedMail, Source, Ticket
from opale.run.desk.queries import timeline
from opale.run.desk.queries.timeline import NEWEST, SHOWN_HTML

pytestmark = pytest.mark.django_db
LONG = "<b>long</b> " * 5_000
MEGABYTE = 1 << 20


@pytest.fixture
def ticket(personas: Personas) -> Ticket:
    return receive_ticket(
        NewTicket(
            subject="Lien coupé",
            source=Source.MAIL,
            kind=Kind.INCIDENT,
            customer=personas.customer,
            contact=personas.contact,
        ),
        by=MAKER,
    )


def said(ticket: Ticket, body: str) -> Message:
    return Message.objects.create(
        ticket=ticket,
        customer_id=ticket.customer_id,
        direction=Message.Direction.RECEIVED,
        visibility=Message.Visibility.PUBLIC,
        author="Ana",
        body=body,
    )


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_long_text_is_folded_in_the_page_and_a_link_away(
    ticket: Ticket, personas: Personas
) -> None:
    message, client = said(ticket, LONG), personas.client("desk_agent")
    for path in ("timeline", "print"):
        page = read(client, f"/tickets/{ticket.number}/{path}/")
        assert page.count("&lt;b&gt;long") in range(700, SHOWN_TEXT // 12 + 1)
        assert f'href="/messages/{message.pk}/text/"' in page
    whole = client.get(f"/messages/{message.pk}/text/")
    assert whole.content.decode() == LONG
    assert whole.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert whole.headers["X-Content-Type-Options"] == "nosniff"


def test_a_text_that_is_not_long_is_shown_whole(ticket: Ticket, personas: Personas) -> None:
    message = said(ticket, "x" * SHOWN_TEXT)
    page = read(personas.client("desk_agent"), f"/tickets/{ticket.number}/timeline/")
    assert "x" * SHOWN_TEXT in page
    said(ticket, "a <b>tag</b>\n\nand a paragraph")
    page = read(personas.client("desk_agent"), f"/tickets/{ticket.number}/timeline/")
    assert "<p>a &lt;b&gt;tag&lt;/b&gt;</p>\n\n<p>and a paragraph</p>" in page
    assert f"/messages/{message.pk}/text/" not in page


def test_many_long_texts_make_no_long_page(ticket: Ticket, personas: Personas) -> None:
    Message.objects.bulk_create(
        Message(
            ticket=ticket,
            direction=Message.Direction.RECEIVED,
            visibility=Message.Visibility.PUBLIC,
            author="Ana",
            body=LONG[: 2 * SHOWN_TEXT],
        )
        for _number in range(200)
    )
    page = read(personas.client("desk_agent"), f"/tickets/{ticket.number}/timeline/?all=1")
    assert page.count("/text/") == 200
    assert len(page) < 3 * MEGABYTE


def test_a_formatted_mail_is_shown_as_text_where_it_is_too_long(ticket: Ticket) -> None:
    fits, long = (
        ReceivedMail(message=said(ticket, "text"), html="x" * size, html_quoted="")
        for size in (SHOWN_HTML, SHOWN_HTML + 1)
    )
    entries = [
        timeline.TimelineEntry(mail.message.at, "message", "Ana", mail.message, {"mail": mail})
        for mail in (fits, long)
    ]
    timeline._share_room(entries)
    assert [entry.details["formatted"] for entry in entries] == [True, False]


def test_the_newest_messages_have_the_room_of_the_page() -> None:
    row = Message(body=LONG)
    entries = [timeline.TimelineEntry(now(), "message", "Ana", row) for _ in range(2 * NEWEST)]
    timeline._share_room(entries)
    rooms = [entry.details["room"] for entry in entries]
    assert rooms == [timeline.LONG] * NEWEST + [SHOWN_TEXT] * NEWEST


def test_the_whole_text_is_for_those_who_see_the_message(
    personas: Personas,
) -> None:
    ticket = receive_ticket(
        NewTicket(
            subject="Badge",
            source=Source.PORTAL,
            kind=Kind.REQUEST,
            employee=personas.people["employee"],
        ),
        by=MAKER,
    )
    message = said(ticket, LONG)
    note = write_note(ticket, "internal", by=personas.actor("desk_agent"))
    owner, other = personas.client("employee"), personas.client("group_colleague")
    assert read(owner, f"/messages/{message.pk}/text/") == LONG
    assert owner.get(f"/messages/{note.pk}/text/").status_code == 404
    assert other.get(f"/messages/{message.pk}/text/").status_code == 404


@pytest.mark.parametrize(
    ("path", "field", "rest"),
    [
        ("/api/v1/tickets", "body", {"subject": "s"}),
        ("/api/v1/tickets/{number}/messages", "body", {}),
        ("/api/v1/tickets/{number}/notes", "body", {}),
        ("/api/v1/tickets/{number}/cancellation", "reason", {}),
    ],
)
def test_a_program_may_send_so_much(
    path: str, field: str, rest: dict[str, Any], ticket: Ticket, personas: Personas
) -> None:
    client = personas.client("desk_agent")
    answer = client.post(
        path.format(number=ticket.number),
        rest | {field: "x" * (LONGEST_TEXT + 1)},
        content_type="application/json",
    )
    assert answer.status_code == 422, answer.content[:300]
    assert str(LONGEST_TEXT) in answer.json()["fields"][field]


def test_no_body_holds_a_text_that_no_field_is_meant_for(personas: Personas) -> None:
    client = personas.client("administrator")
    body = {"name": "t", "days": 1, "scopes": ["x" * (LONGEST_VALUE + 1)]}
    answer = client.post("/api/v1/tokens", body, content_type="application/json")
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["scopes.0"])


def test_pages_take_no_longer_text_than_programs(ticket: Ticket, personas: Personas) -> None:
    agent = personas.actor("desk_agent")
    too_long = "x" * (LONGEST_TEXT + 1)
    for write in (write_note, write_as_requester):
        with pytest.raises(Invalid) as refused:
            write(ticket, too_long, by=agent)
        assert list(refused.value.fields) == ["body"]
    new = NewTicket(subject="s", source=Source.PORTAL, kind=Kind.REQUEST, body=too_long)
    with pytest.raises(Invalid):
        receive_ticket(new, by=agent)
