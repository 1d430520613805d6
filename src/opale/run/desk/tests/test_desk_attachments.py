"""Files on tickets: what is taken, who reads it, how it goes out."""

import email
import re
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import encode_multipart
from tests.personas import Personas

from opale.kernel import clock, files
from opale.kernel.actor import Actor, Scope
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotFound, TooMany
from opale.kernel.rate_limits import RateLimit
from opale.kernel.stored_files import WAITING_KEPT
from opale.messaging.actions.outgoing import send_mail
from opale.messaging.models import OutgoingMail
from opale.run.desk.actions import attachments, messages
from opale.run.desk.models import Attachment, ProposedAnswer, Ticket, WrittenDraft
from opale.run.desk.queries import attachments as attachment_queries
from opale.run.desk.tests.builders import House, agent_of, make_house, make_service, make_ticket

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
SCRIPT = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def house() -> House:
    return make_house()


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def contact_of(house: House) -> Actor:
    rights = dict.fromkeys(
        ("desk.read", "desk.request"), Scope(customers=frozenset({house.customer.pk}))
    )
    return Actor("contact", "user:9", "Ana", rights, contact_id=house.contact.pk)


def attach(house: House, ticket: Ticket, name: str = "plan.png", data: bytes = PNG) -> Attachment:
    return attachments.attach_file(ticket, name, [data], by=agent_of(house.agent))


def test_a_file_waits_until_a_message_takes_it_and_goes_out_with_the_mail(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    file = attach(house, ticket)
    assert attachment_queries.waiting_attachments(ticket, seen_by=by) == [file]
    assert not attachment_queries.attachments_of(ticket, seen_by=contact_of(house)).exists()
    messages.write_to_customer(ticket, "Voici le plan.", by=by, attachments=[file.pk])
    assert attachment_queries.waiting_attachments(ticket, seen_by=by) == []
    assert list(attachment_queries.attachments_of(ticket, seen_by=contact_of(house))) == [file]
    send_mail(OutgoingMail.objects.latest("id").pk)
    sent = email.message_from_bytes(
        mail.outbox[-1].message().as_bytes(), _class=EmailMessage, policy=email.policy.default
    )
    (part,) = sent.iter_attachments()
    assert part.get_filename() == "plan.png"
    assert part.get_content() == PNG


def test_a_file_that_no_message_takes_is_deleted_unless_it_is_proposed_or_drafted(
    house: House,
) -> None:
    left, sent = (attach(house, make_ticket(house)) for _ in range(2))
    messages.write_note(sent.ticket, "Pour nous.", by=agent_of(house.agent), attachments=[sent.pk])
    proposed = attach(house, make_ticket(house))
    with attributed(agent_of(house.agent)):
        ProposedAnswer.objects.create(
            ticket=proposed.ticket,
            customer=proposed.customer,
            author=house.agent,
            body="Oui.",
            attachments=[proposed.pk],
        )
    drafted = attach(house, make_ticket(house))
    WrittenDraft.objects.create(
        ticket=drafted.ticket,
        customer=drafted.customer,
        person=house.agent,
        kind="public",
        device="d",
        sitting="s",
        at=clock.now(),
    )
    assert attachments.delete_waiting_files(clock.now()) == 0
    assert attachments.delete_waiting_files(clock.now() + 1.1 * WAITING_KEPT) == 1
    assert set(Attachment.objects.all()) == {sent, proposed, drafted}
    assert left not in Attachment.objects.all()


def test_a_file_of_a_note_is_never_seen_by_the_customer(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    file = attach(house, ticket)
    messages.write_note(ticket, "Pour nous.", by=by, attachments=[file.pk])
    with pytest.raises(NotFound):
        attachment_queries.get_attachment(ticket, file.pk, seen_by=contact_of(house))
    assert attachment_queries.get_attachment(ticket, file.pk, seen_by=agent_of(house.other)) == file


def test_a_file_that_waits_for_a_note_never_leaves_with_a_reply(personas: Personas) -> None:
    ticket = make_ticket(make_house_of(personas))
    client, url = personas.client("desk_agent"), f"/tickets/{ticket.number}/"
    for kind, name in (
        ("public", "for-customer.png"),
        ("internal", "for-us.png"),
        ("x", "odd.png"),
    ):
        file = SimpleUploadedFile(name, PNG, "image/png")
        listed = client.post(f"{url}attachments/?kind={kind}", {"file": file}, headers=HTMX).text
        assert name in listed
        assert ("for-customer" in listed) is (kind == "public")
    answer = client.post(f"{url}messages/", {"body": "Voici."}, headers=HTMX).text
    # The list beside the box is drawn anew: nothing of it waits any more.
    assert re.search(r'data-files-of="public" hx-swap-oob="true">\s*</div>', answer)
    message = ticket.messages.get(direction="sent")
    assert message.mail is not None
    assert [file.name for file in message.attachments.all()] == ["for-customer.png"]
    assert [file["name"] for file in message.mail.attachments] == ["for-customer.png"]
    client.post(f"{url}notes/", {"body": "Entre nous."}, headers=HTMX)
    note = ticket.messages.get(direction="note")
    assert {file.name for file in note.attachments.all()} == {"for-us.png", "odd.png"}


def test_a_file_of_a_proposed_answer_waits_for_no_other_message(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    file = attach(house, ticket)
    with attributed(by):
        answer = ProposedAnswer.objects.create(
            ticket=ticket, author=house.agent, body="x", attachments=[file.pk]
        )
        assert attachment_queries.waiting_attachments(ticket, seen_by=by) == []
        answer.state = ProposedAnswer.State.REFUSED
        answer.decided_at, answer.decided_by, answer.reason = clock.now(), house.agent, "no"
        answer.save()
    assert attachment_queries.waiting_attachments(ticket, seen_by=by) == [file]


def test_a_waiting_file_is_seen_and_taken_back_by_whoever_attached_it_alone(house: House) -> None:
    ticket = make_ticket(house)
    file = attach(house, ticket)
    with pytest.raises(NotFound):
        attachment_queries.get_attachment(ticket, file.pk, seen_by=agent_of(house.other))
    with pytest.raises(Invalid):
        messages.write_note(ticket, "x", by=agent_of(house.other), attachments=[file.pk])
    attachments.withdraw_attachment(file, by=agent_of(house.agent))
    assert not Attachment.objects.exists()


def test_what_was_sent_is_not_taken_back(house: House) -> None:
    ticket, by = make_ticket(house), agent_of(house.agent)
    file = attach(house, ticket)
    messages.write_note(ticket, "x", by=by, attachments=[file.pk])
    with pytest.raises(Conflict):
        attachments.withdraw_attachment(file, by=by)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("tool.txt", b"MZ\x90\x00\x03" + b"\x00" * 60),
        ("tool", b"\x7fELF\x02\x01\x01" + b"\x00" * 60),
        ("run.BAT", b"echo hello"),
        ("empty.txt", b""),
    ],
    ids=["a Windows program", "a Linux program", "a batch file", "nothing"],
)
def test_a_program_or_nothing_is_refused(house: House, name: str, data: bytes) -> None:
    with pytest.raises(Invalid):
        attach(house, make_ticket(house), name, data)
    assert not Attachment.objects.exists()


def test_a_file_of_50_megabytes_is_refused_before_it_is_kept(house: House, tmp_path: Any) -> None:
    ticket, piece = make_ticket(house), b"x" * 1024 * 1024
    with pytest.raises(Invalid, match="20 MiB"):
        attachments.attach_file(
            ticket, "big.log", (piece for _ in range(50)), by=agent_of(house.agent)
        )
    assert not any(path.is_file() for path in tmp_path.rglob("*"))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ana\\plan.png", "plan.png"),
        ("a\x00b\r\nc.txt", "abc.txt"),
        ("..", "file"),
        ("é" * 300 + ".pdf", "é" * 251 + ".pdf"),
    ],
)
def test_no_path_and_no_control_character_of_a_name_is_kept(given: str, kept: str) -> None:
    assert files.safe_name(given) == kept


def test_the_key_of_a_file_is_made_of_its_bytes(house: House) -> None:
    ticket = make_ticket(house)
    one, two = attach(house, ticket, "../../x.png"), attach(house, ticket, "y.png")
    assert one.key == two.key
    assert one.key.endswith(one.sha256)
    assert "x" not in one.key.replace(one.sha256, "")


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (PNG, "image/png"),
        (SVG, "image/svg+xml"),
        (SCRIPT, "text/html"),
        ("Échec à 9 h".encode() * 500, "text/plain"),
        (b"\x00\x01\x02\xff" * 20, "application/octet-stream"),
    ],
)
def test_the_type_is_what_the_bytes_are(data: bytes, media_type: str) -> None:
    assert files.media_type_of(data[: files.HEAD_BYTES]) == media_type


def upload(personas: Personas, name: str, data: bytes) -> tuple[Client, int, int]:
    ticket = make_ticket(make_house_of(personas))
    client = personas.client("desk_agent")
    made = client.post(
        f"/api/v1/tickets/{ticket.number}/attachments",
        {"file": SimpleUploadedFile(name, data, "image/png")},
    )
    assert made.status_code == 201, made.content
    return client, ticket.number, made.json()["id"]


def make_house_of(personas: Personas) -> House:
    return House(
        personas.teams["desk_agent"],
        personas.people["desk_agent"],
        personas.people["desk_agent"],
        personas.people["run_engineer"],
        personas.customer,
        personas.contact,
        make_service(personas.customer, "VPN-FILES"),
        personas.calendar,
    )


@pytest.mark.parametrize(
    ("name", "data"), [("page.html", SCRIPT), ("picture.svg", SVG), ("fake.png", SCRIPT)]
)
def test_what_could_run_in_a_page_is_only_saved(personas: Personas, name: str, data: bytes) -> None:
    client, number, pk = upload(personas, name, data)
    for url in (
        f"/api/v1/tickets/{number}/attachments/{pk}/content",
        f"/tickets/{number}/attachments/{pk}/",
    ):
        answer = client.get(url)
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Disposition"].startswith("attachment")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert b"".join(answer.streaming_content) == data  # type: ignore[attr-defined]  # a file


def test_a_picture_is_shown_in_place(personas: Personas) -> None:
    client, number, pk = upload(personas, "plan.png", PNG)
    answer = client.get(f"/tickets/{number}/attachments/{pk}/")
    assert answer["Content-Type"] == "image/png"
    assert answer["Content-Disposition"].startswith("inline")


def test_a_file_sent_again_with_its_key_is_there_once(personas: Personas) -> None:
    ticket = make_ticket(make_house_of(personas))
    client = personas.client("desk_agent")

    def send(name: str, data: bytes, boundary: str = "one") -> tuple[int, str | None, int]:
        """As clients do, each sending with a boundary of its own."""
        answer = client.generic(
            "POST",
            f"/api/v1/tickets/{ticket.number}/attachments",
            encode_multipart(boundary, {"file": SimpleUploadedFile(name, data, "image/png")}),
            f"multipart/form-data; boundary={boundary}",
            headers={"Idempotency-Key": "photo-1"},
        )
        replayed = answer.headers.get("Idempotency-Replayed")
        return answer.status_code, replayed, answer.json().get("id", 0)

    first, again = send("plan.png", PNG), send("plan.png", PNG, "two")
    assert first[:2] == (201, None)
    assert again == (201, "true", first[2])
    assert send("plan.png", PNG + b"2")[0] == 409
    assert send("other.png", PNG)[0] == 409
    assert Attachment.objects.count() == 1


def test_one_login_sends_so_much_in_a_day_whatever_becomes_of_it(
    house: House, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setattr(files, "UPLOADS", RateLimit(lambda: 2 * len(PNG), timedelta(days=1)))
    ticket, by = make_ticket(house), agent_of(house.agent)
    for number in range(2):
        attachments.withdraw_attachment(
            attach(house, ticket, data=PNG[:-1] + b"%d" % number), by=by
        )
    with pytest.raises(TooMany) as refused:
        attach(house, ticket, data=PNG[:-1] + b"2")
    assert refused.value.retry_after <= timedelta(days=1)
    assert len([one for one in tmp_path.rglob("*") if one.is_file()]) == 2, "it is not stored"
    attachments.attach_file(ticket, "plan.png", [PNG], by=contact_of(house))
