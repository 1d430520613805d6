"""What an agent sees of a mail: from the bytes that came in to the page of the ticket."""

import base64
from typing import Any

import pytest
from django.test import Client
from tests.personas import Personas

from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.messaging.actions.process_incoming import process_mails
from opale.messaging.actions.store_incoming import store_mail
from opale.messaging.models import IncomingMail, Mailbox, OutgoingMail
from opale.run.desk.actions import messages, ownership, ticket_metadata
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.api import metrics
from opale.run.desk.models import (
    Attachment,
    Message,
    News,
    Participant,
    ProposedLink,
    ReceivedMail,
    Source,
    Ticket,
)
from opale.run.desk.queries.incoming_mail import breakers
from opale.run.desk.tests.mails import make_mailbox, signed_for, take, ticket_of, written

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
HTML = """<html><head><style>p { color: red }</style><script>alert(1)</script></head><body>
<h2 onclick="alert(2)" hx-get="/tickets/1/" data-live="x" style="position:fixed">Titre</h2>
<p>Voici <b>le plan</b> <a href="javascript:alert(3)">ici</a> <img src="cid:Plan@1" alt="Plan">
<img src="https://spy.example/pixel.gif"></p>
<form action="/tickets/1/closure/"><button>x</button></form>
<blockquote type="cite"><p>Ce que vous aviez écrit</p></blockquote></body></html>"""


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture
def box(personas: Personas) -> Mailbox:
    return make_mailbox(trusted_servers=["mx.nuage.example"], acknowledges=False)


@pytest.fixture
def agent(personas: Personas) -> Client:
    return personas.client("desk_agent")


def raw_mail(by: str, *, html: str = HTML, dmarc: str = "pass", more: str = "") -> bytes:
    domain = by.rpartition("@")[2]
    drawn = base64.b64encode(PNG).decode()
    return f"""Authentication-Results: mx.nuage.example; dmarc={dmarc} header.from={domain}
From: Somebody <{by}>
To: support@nuage.example
Subject: Re: Plan
Message-ID: <plan@{domain}>
Date: Tue, 24 Nov 2026 10:00:00 +0100
{more}MIME-Version: 1.0
Content-Type: multipart/related; boundary="b"

--b
Content-Type: text/html; charset=utf-8

{html}
--b
Content-Type: image/png; name="plan.png"
Content-ID: <Plan@1>
Content-Disposition: inline; filename="plan.png"
Content-Transfer-Encoding: base64

{drawn}
--b
Content-Type: text/html; name="page.html"
Content-Disposition: attachment; filename="page.html"

<script>alert(4)</script>
--b--
""".replace("\n", "\r\n").encode()


def taken(raw: bytes, box: Mailbox) -> Message:
    """By the job, as it comes."""
    mail = store_mail(raw, mailbox=box.address, source="lmtp")
    process_mails()
    mail.refresh_from_db()
    assert mail.state == "done", mail.reason
    return Message.objects.select_related("ticket", "received").get(incoming=mail)


def page(client: Client, ticket: Ticket) -> str:
    answer = client.get(f"/tickets/{ticket.number}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_html_is_shown_without_all_that_could_act_and_without_what_lies_elsewhere(
    personas: Personas, box: Mailbox, agent: Client
) -> None:
    message = taken(raw_mail(personas.contact.email), box)
    html = page(agent, message.ticket)
    picture = Attachment.objects.get(content_id="plan@1")
    assert f'src="/tickets/{message.ticket.number}/attachments/{picture.pk}/"' in html
    shown = html[html.index('class="d-mail"') :]
    shown = shown[: shown.index("</article>")]
    for bad in ("alert(", "javascript:", "spy.example", "<form", "position:fixed", "<style"):
        assert bad not in shown
    assert 'hx-get="/tickets/1/"' not in shown
    assert "<h2>Titre</h2>" in shown
    quoted = shown[shown.index("d-mail-quoted") :]
    assert "Ce que vous aviez écrit" in quoted
    assert message.received.remote_pictures == 1
    assert "plan.png" not in shown
    assert "page.html" in shown


def test_a_file_of_a_mail_is_handed_out_to_be_saved_and_never_run(
    personas: Personas, box: Mailbox, agent: Client
) -> None:
    message = taken(raw_mail(personas.contact.email), box)
    file = Attachment.objects.get(name="page.html")
    answer = agent.get(f"/tickets/{message.ticket.number}/attachments/{file.pk}/")
    assert "attachment" in answer["Content-Disposition"]
    assert answer["Content-Type"] == "application/octet-stream"


def test_images_from_elsewhere_are_shown_in_a_frame_in_which_nothing_runs(
    personas: Personas, box: Mailbox, agent: Client
) -> None:
    message = taken(raw_mail(personas.contact.email), box)
    frame = agent.get(f"/messages/{message.pk}/pictures/").content.decode()
    assert f'src="/messages/{message.pk}/formatted/"' in frame
    assert "allow-scripts" not in frame
    alone = agent.get(f"/messages/{message.pk}/formatted/")
    html = alone.content.decode()
    assert 'src="https://spy.example/pixel.gif"' in html
    assert "alert(" not in html
    assert "script-src" not in alone["Content-Security-Policy"]
    assert "default-src 'none'" in alone["Content-Security-Policy"]
    assert "allow-scripts" not in alone["Content-Security-Policy"]
    assert alone["Referrer-Policy"] == "no-referrer"
    assert alone["X-Frame-Options"] == "SAMEORIGIN"


def test_the_mail_can_be_saved_as_it_came_by_whoever_sees_its_ticket(
    personas: Personas, box: Mailbox, agent: Client
) -> None:
    raw = raw_mail(personas.contact.email)
    message = taken(raw, box)
    answer = agent.get(f"/messages/{message.pk}/original/")
    assert answer.content == raw
    assert ".eml" in answer["Content-Disposition"]
    lead = personas.actor("service_manager")
    ticket_metadata.set_confidential(message.ticket, True, by=lead)
    ownership.give_ticket(message.ticket, personas.people["service_manager"], by=system("test"))
    assert agent.get(f"/messages/{message.pk}/original/").status_code == 404
    assert agent.get(f"/messages/{message.pk}/formatted/").status_code == 404


@pytest.mark.parametrize("dmarc", ["pass", "fail"])
def test_who_really_sent_it_is_said(
    personas: Personas, box: Mailbox, agent: Client, dmarc: str
) -> None:
    message = taken(raw_mail(personas.contact.email, dmarc=dmarc), box)
    proof = {"pass": ReceivedMail.Proof.PROVEN, "fail": ReceivedMail.Proof.FORGED}[dmarc]
    assert message.received.proof == proof
    assert (message.contact is None) == (dmarc == "fail")
    assert message.received.get_proof_display() in page(agent, message.ticket)


def asked(personas: Personas) -> Ticket:
    return receive_ticket(
        NewTicket(
            subject="Plan",
            body="Où est le plan ?",
            source=Source.MAIL,
            customer=personas.customer,
            contact=personas.contact,
        ),
        by=system("test"),
    )


def answered(personas: Personas) -> tuple[Ticket, str]:
    ticket = asked(personas)
    messages.write_to_customer(ticket, "Le voici.", by=personas.actor("desk_agent"))
    sent = OutgoingMail.objects.latest("pk")
    return ticket, f"In-Reply-To: {sent.message_id}\n"


def test_the_same_mail_by_two_routes_is_one_message(personas: Personas, box: Mailbox) -> None:
    other = make_mailbox("noc@nuage.example", trusted_servers=["mx.nuage.example"])
    raw = raw_mail(personas.contact.email)
    message = taken(raw, box)
    again = store_mail(b"Received: from elsewhere\r\n" + raw, mailbox=other.address, source="imap")
    process_mails()
    again.refresh_from_db()
    assert (again.outcome, again.origin) == ("duplicate", f"desk.ticket:{message.ticket_id}")
    assert IncomingMail.objects.count() == 2
    assert Message.objects.filter(incoming__isnull=False).count() == 1


def test_a_new_participant_is_accepted_on_the_page(
    personas: Personas, box: Mailbox, agent: Client
) -> None:
    with attributed(system("test")):
        personas.customer.domains = ["participant.example"]
        personas.customer.save(update_fields=["domains"])
    ticket, thread = answered(personas)
    taken(raw_mail("bob@participant.example", more=thread), box)
    row = Participant.objects.get()
    assert f"/participants/{row.pk}/acceptance/" in page(agent, ticket)
    agent.post(f"/participants/{row.pk}/acceptance/")
    row.refresh_from_db()
    assert row.state == "accepted"
    assert f"/participants/{row.pk}/acceptance/" not in page(agent, ticket)
    agent.post(f"/participants/{row.pk}/removal/")
    row.refresh_from_db()
    assert row.state == "removed"


def test_a_proposed_link_is_joined_by_one_key(
    personas: Personas, box: Mailbox, agent: Client
) -> None:
    ticket, thread = answered(personas)
    message = taken(raw_mail("eve@elsewhere.example", more=thread), box)
    html = page(agent, message.ticket)
    assert f"/tickets/{message.ticket.number}/proposed-link/joining/" in html
    assert 'data-key="j"' in html
    agent.post(f"/tickets/{message.ticket.number}/proposed-link/joining/")
    message.refresh_from_db()
    assert message.ticket_id == ticket.pk
    assert ProposedLink.objects.get().state == "joined"


def test_nobody_hears_of_a_confidential_ticket_by_a_mail_that_named_it(
    personas: Personas, box: Mailbox, agent: Client
) -> None:
    ticket, thread = answered(personas)
    lead = personas.actor("service_manager")
    ownership.give_ticket(ticket, personas.people["service_manager"], by=system("test"))
    ticket_metadata.set_confidential(ticket, True, by=lead)
    message = taken(raw_mail("eve@elsewhere.example", more=thread), box)
    assert ticket.reference not in page(agent, message.ticket)
    joining = f"/tickets/{message.ticket.number}/proposed-link/joining/"
    assert joining not in page(agent, message.ticket)
    assert agent.post(joining).status_code == 404
    assert joining in page(personas.client("service_manager"), message.ticket)


def test_what_was_written_on_a_confidential_ticket_is_not_read_in_the_outbox(
    personas: Personas, agent: Client
) -> None:
    ticket, _thread = answered(personas)
    sent = OutgoingMail.objects.latest("pk")
    urls = ("/mail/", f"/mail/{sent.pk}/", "/api/v1/mail/outgoing")
    words = (sent.subject, personas.contact.email, "Le voici.")
    assert words[0] in agent.get(urls[0]).content.decode()
    assert words[2] in agent.get(urls[1]).content.decode()
    ownership.give_ticket(ticket, personas.people["service_manager"], by=system("test"))
    ticket_metadata.set_confidential(ticket, True, by=personas.actor("service_manager"))
    for url in (*urls, f"/api/v1/mail/outgoing/{sent.pk}"):
        answer = agent.get(url)
        assert answer.status_code == 200
        assert [one for one in words if one in answer.content.decode()] == []
    assert agent.get(f"/api/v1/mail/outgoing/{sent.pk}").json()["hidden"] is True
    elsewhere = agent.post(f"/mail/{sent.pk}/copy/", {"address": "eve@elsewhere.example"})
    assert elsewhere.status_code == 403
    assert OutgoingMail.objects.count() == 1
    assert words[2] in personas.client("service_manager").get(urls[1]).content.decode()


def test_news_is_marked_for_the_owner_until_the_owner_looks(
    personas: Personas, box: Mailbox, agent: Client
) -> None:
    ticket, thread = answered(personas)
    ownership.give_ticket(ticket, personas.people["desk_agent"], by=system("test"))
    taken(raw_mail(personas.contact.email, more=thread), box)
    mark = 'class="o-tag o-own"'
    assert mark in agent.get("/desk/mine/").content.decode()
    page(personas.client("service_manager"), ticket)
    assert News.objects.exists()
    page(agent, ticket)
    assert not News.objects.exists()
    assert mark not in agent.get("/desk/mine/").content.decode()


def test_the_rules_of_a_mailbox_are_changed_on_a_page(personas: Personas, box: Mailbox) -> None:
    administrator = personas.client("administrator")
    assert box.address in administrator.get("/desk/settings/").content.decode()
    said = {"stream": "corporate", "kind": "incident", "believes": "on"}
    answer = administrator.post(f"/desk/mailboxes/{box.pk}/rules/", said)
    assert answer.status_code == 302
    box.refresh_from_db()
    rules = box.desk_rules
    assert f"/desk/mailboxes/{box.pk}/" in administrator.get(answer["Location"]).content.decode()
    assert "trusted" in administrator.get(f"/desk/mailboxes/{box.pk}/").content.decode()
    assert (rules.stream, rules.kind, rules.believes) == ("corporate", "incident", True)


def test_a_breaker_is_shown_on_its_ticket_and_among_all(
    personas: Personas, box: Mailbox, agent: Client
) -> None:
    ticket = ticket_of(take(written("eve@elsewhere.example"), box))
    for _number in range(31):
        mail = written("eve@elsewhere.example", to=signed_for(ticket, box))
        take(mail, box)
    (row,) = breakers()
    (metric,) = metrics.read_metrics()
    assert (metric.name, metric.samples[0].value) == ("opale_mail_breakers", 1)
    assert (row.kind, row.ticket) == ("in_thread", ticket)
    assert "/desk/mail-breakers/" in agent.get("/mail-in/health/").content.decode()
    assert "eve@elsewhere.example" in agent.get("/desk/mail-breakers/").content.decode()
    assert page(agent, ticket).count("#tabler-alert-triangle") >= 1


def test_the_api_says_the_same_and_does_the_same(personas: Personas, box: Mailbox) -> None:
    with attributed(system("test")):
        personas.customer.domains = ["participant.example"]
        personas.customer.save(update_fields=["domains"])
    client, api = personas.client("desk_agent"), "/api/v1"
    ticket, thread = answered(personas)
    message = taken(raw_mail("bob@participant.example", more=thread), box)
    told = client.get(f"{api}/messages/{message.pk}/mail").json()
    assert (told["address"], told["proof"]) == ("bob@participant.example", "proven")
    assert ("answered", ticket.number) in {(clue["kind"], clue["number"]) for clue in told["why"]}
    (row,) = client.get(f"{api}/tickets/{ticket.number}/participants").json()
    changed = client.patch(
        f"{api}/participants/{row['id']}", {"state": "accepted"}, "application/json"
    )
    assert changed.json()["state"] == "accepted"
    new = taken(raw_mail("eve@elsewhere.example", more=thread), box).ticket
    link = client.get(f"{api}/tickets/{new.number}/proposed-link").json()
    assert (link["number"], link["state"]) == (ticket.number, "open")
    for state in ("refused", "open", "joined"):
        answer = client.patch(
            f"{api}/tickets/{new.number}/proposed-link", {"state": state}, "application/json"
        )
        assert answer.json()["state"] == state
    assert client.get(f"{api}/mail/breakers").json() == []
