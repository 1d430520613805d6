"""Restoring, resolving and closing: what is stated, what the customer reads, and the way back."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.environment import email
from opale.kernel import clock, facts
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid
from opale.kernel.models import Fact as FactRow
from opale.messaging.actions.outgoing import send_mail
from opale.messaging.models import OutgoingMail
from opale.messaging.tests.mail_server import MailServer, Sink
from opale.run.desk.actions import (
    classifications,
    endings,
    lifecycle,
    messages,
    ownership,
)
from opale.run.desk.actions.classifications import ClassificationInput
from opale.run.desk.models import Grade, Kind, Message, Notice, ProposedAnswer, Ticket
from opale.run.desk.queries.endings import proposed_message
from opale.run.desk.tests.builders import (
    House,
    agent_of,
    make_incident,
    make_service,
    make_ticket,
)
from opale.run.desk.tests.mails import make_house_of_mail, make_mailbox, take, ticket_of, written

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)
HEARD = {
    "desk.ServiceRestored": "desk.tell_restored",
    "desk.TicketsResolved": "desk.tell_resolved",
    "desk.TicketsClosed": "desk.tell_closed",
}


@pytest.fixture
def house(settings: Any, tmp_path: Any) -> House:
    return make_house_of_mail(settings, tmp_path)


@pytest.fixture
def personas() -> Personas:
    return make_personas()


@pytest.fixture
def agent(personas: Personas) -> Client:
    return personas.client("desk_agent")


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    with MailServer() as server:
        for name, value in email("EMAIL_URL", f"smtp://127.0.0.1:{server.port}").items():
            setattr(settings, name, value)
        yield server


def deliver_facts() -> None:
    """Let the listeners of notices hear what happened, as the worker does."""
    for row in FactRow.objects.filter(name__in=HEARD).order_by("pk"):
        facts.deliver(row.pk, HEARD[row.name])


def owned(house: House) -> tuple[Ticket, Actor]:
    ticket, by = make_ticket(house), agent_of(house.agent)
    return ownership.take_ticket(ticket, by=by, seen_owner_id=ticket.owner_id), by


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def form_of(client: Client, path: str) -> dict[str, str]:
    """Return what the panel is filled with."""
    page = client.get(path, HTTP_HX_REQUEST="true", HTTP_HX_TARGET="o-panel-body").content.decode()
    found = dict(re.findall(r'<input[^>]*name="([\w-]+)"[^>]*value="([^"]*)"', page))
    found |= dict(re.findall(r'<input type="radio" name="(\w+)" value="(\w+)"[^>]*checked', page))
    areas = re.findall(r"<textarea name=\"(\w+)\"[^>]*>\r?\n?(.*?)</textarea>", page, re.DOTALL)
    return {name: html.unescape(value) for name, value in {**found, **dict(areas)}.items()}


# The whole life


def test_a_french_customer_reads_the_life_of_a_p1_in_five_mails(house: House, sink: Sink) -> None:
    ticket, by = ticket_of(take(written(), make_mailbox())), agent_of(house.agent)
    received = ticket.received_at
    with clock.travel(5 * MINUTE):
        ownership.take_ticket(ticket, by=by, seen_owner_id=ticket.owner_id)
        grave = ClassificationInput(
            kind=Kind.INCIDENT,
            impact=Grade.HIGH,
            urgency=Grade.HIGH,
            customer=house.customer,
            contact=house.contact,
            service=house.service,
        )
        classifications.classify_ticket(ticket, grave, by=by)
        text = "Votre incident est qualifié P1, nous cherchons."
        promised = clock.now() + 30 * MINUTE
        messages.write_to_customer(ticket, text, by=by, next_update_at=promised)
    with clock.travel(30 * MINUTE):
        text = "Fibre coupée, la réparation commence."
        messages.write_to_customer(ticket, text, by=by, next_update_at=clock.now() + 60 * MINUTE)
    with clock.travel(60 * MINUTE):
        restored = clock.now() - 2 * MINUTE
        fresh = Ticket.objects.get(pk=ticket.pk)
        text = proposed_message(
            fresh, "restored", by=by, restored_at=restored, outage_from=received
        )
        endings.restore(
            fresh, by=by, at=restored, outage="down", since=received, message=text,
            message_format=Message.Format.MARKDOWN,
        )  # fmt: skip
        deliver_facts()
    with clock.travel(90 * MINUTE):
        endings.resolve(ticket, by=by, cause="Coupure de fibre")
        deliver_facts()
    with clock.travel(120 * MINUTE):
        endings.close(ticket, by=by)
        deliver_facts()
        for mail in OutgoingMail.objects.order_by("pk"):
            send_mail(mail.pk)
    assert [to for to in sink.recipients if to != ["ana@acme.example"]] == []
    got = [text_of(mail) for mail in sink.taken]
    assert len(got) == 5, got
    acknowledged, qualified, update, restoration, closing = got
    assert f"Nous avons bien reçu votre message et avons ouvert le ticket {ticket.reference}" in (
        acknowledged
    )
    assert "qualifié P1" in qualified
    assert "Prochaine information" in qualified
    assert "la réparation commence" in update
    assert "Votre service est rétabli depuis" in restoration
    assert "Début de l’interruption" in restoration
    assert f"Le ticket {ticket.reference} est clos." in closing
    fresh = Ticket.objects.get(pk=ticket.pk)
    assert (fresh.outage_from, fresh.restored_at) == (received, restored)
    owed = fresh.commitments.filter(measure="update")
    assert [row.breached_at for row in owed if row.breached_at] == [], "each was kept"


# The panel


def test_the_panel_offers_what_is_known_and_sends_what_is_written(
    personas: Personas, agent: Client
) -> None:
    ticket = incident(personas)
    path = f"/tickets/{ticket.number}/resolution/"
    said = form_of(agent, path)
    assert said["outage"] == "down", "as grave as can be"
    assert "has been working again since" in said["message"]
    assert "Start of the outage" in said["message"]
    answer = agent.post(path, said | {"cause": "Cut fibre"}, follow=True)
    assert "Ticket resolved." in answer.content.decode()
    ticket.refresh_from_db()
    assert (ticket.state, ticket.cause) == ("resolved", "Cut fibre")
    assert ticket.outage_from == ticket.received_at
    sent = Message.objects.get(ticket=ticket, direction="sent")
    assert (sent.outcome, sent.is_notice) == ("restored", False)
    assert sent.person_id == personas.actor("desk_agent").person_id
    assert Notice.objects.get().message == sent
    deliver_facts()
    assert OutgoingMail.objects.count() == 1, "told once"


def test_what_is_written_in_the_panel_is_markdown_and_leaves_as_text_and_html(
    personas: Personas, agent: Client, sink: Sink
) -> None:
    ticket = incident(personas)
    path = f"/tickets/{ticket.number}/restoration/"
    page = agent.get(path).text
    assert "data-wrap=" in page, "the toolbar of the editor"
    said = form_of(agent, path)
    agent.post(path, said | {"message": f"{said['message']}\n\n**Fixed** for 2 \\* 3 sites"})
    sent = Message.objects.get(ticket=ticket, direction="sent")
    assert sent.format == Message.Format.MARKDOWN
    send_mail(OutgoingMail.objects.get().pk)
    text, shown = (sink.taken[-1].get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None
    assert shown is not None
    assert "Fixed for 2 * 3 sites" in text.get_content()
    assert "<strong>Fixed</strong> for 2 * 3 sites" in shown.get_content()
    # What was proposed and not edited reads the same in both.
    assert "Your service has been working again since" in text.get_content()
    assert "\\" not in text.get_content()


def test_programs_write_plain_text_at_an_ending_unless_they_say_otherwise(
    personas: Personas, agent: Client
) -> None:
    url = f"/api/v1/tickets/{incident(personas).number}/"
    plain = {"outage": "not_down", "message": "**vu**"}
    marked = {"cause": "Cut", "message": "**vu**", "message_format": "markdown"}
    for noun, body in (("restoration", plain), ("resolution", marked)):
        assert agent.post(url + noun, body, "application/json").status_code == 200
    formats = Message.objects.filter(direction="sent").order_by("pk")
    assert list(formats.values_list("format", flat=True)) == ["plain", "markdown"]


def test_without_the_message_the_notice_is_sent_and_an_empty_one_is_refused(
    personas: Personas, agent: Client
) -> None:
    ticket = incident(personas)
    path = f"/tickets/{ticket.number}/restoration/"
    said = form_of(agent, path)
    assert agent.post(path, said | {"message": " "}).status_code == 422
    assert agent.post(path, said | {"silent": "on"}).status_code == 302
    assert not Message.objects.filter(ticket=ticket, direction="sent").exists()
    deliver_facts()
    assert Message.objects.get(ticket=ticket, direction="sent").is_notice


def test_an_undo_takes_back_the_message_and_the_state(personas: Personas, agent: Client) -> None:
    ticket = incident(personas)
    path = f"/tickets/{ticket.number}/resolution/"
    page = agent.post(path, form_of(agent, path), follow=True).content.decode()
    undo = re.search(r"/tickets/\d+/ending/undo/\?was=[^\"&]+", page)
    assert undo is not None
    assert agent.post(undo[0]).status_code == 302
    ticket.refresh_from_db()
    assert (ticket.state, ticket.restored_at, ticket.outage_from) == ("in_progress", None, None)
    assert not Message.objects.filter(ticket=ticket, direction="sent").exists()
    assert not Notice.objects.exists()
    deliver_facts()
    assert OutgoingMail.objects.exclude(state="taken_back").count() == 0
    assert agent.post(undo[0]).status_code == 409, "it is not resolved any more"
    forged = undo[0].replace("was=", "was=x")
    assert agent.post(forged).status_code == 409


def test_who_may_not_speak_for_the_owner_proposes_the_message(
    personas: Personas, agent: Client
) -> None:
    ticket = incident(personas, owner="service_manager")
    path = f"/tickets/{ticket.number}/resolution/"
    page = agent.get(path).content.decode()
    assert "Resolve and propose message" in page
    agent.post(path, form_of(agent, path))
    assert ProposedAnswer.objects.get().ticket == ticket
    assert not Notice.objects.exists(), "the notice goes out"


def test_the_text_follows_the_times_until_it_is_edited(personas: Personas, agent: Client) -> None:
    ticket = incident(personas)
    said = form_of(agent, f"/tickets/{ticket.number}/resolution/")
    path = f"/tickets/{ticket.number}/ending/message/"
    asked = {**said, "drafted": said["message"]}
    assert agent.get(path, asked).status_code == 204, "nothing changed"
    drawn = agent.get(path, asked | {"outage": "not_down"})
    assert "Start of the outage" not in html.unescape(drawn.content.decode())
    edited = asked | {"outage": "not_down", "message": "Hello."}
    assert agent.get(path, edited).status_code == 204


def test_an_outage_without_a_service_asks_for_it(personas: Personas, agent: Client) -> None:
    ticket = incident(personas, service=False)
    with attributed(personas.actor("service_manager")):
        service = make_service(personas.customer, "NET-1")
        other = make_service(personas.other_customer, "NET-2")
    path = f"/tickets/{ticket.number}/restoration/"
    page = agent.get(path).content.decode()
    assert "NET-1" in page
    assert "NET-2" not in page
    said = form_of(agent, path) | {"outage": "down"}
    assert agent.post(path, said | {"service": other.pk}).status_code == 422
    assert agent.post(path, said | {"service": service.pk}).status_code == 302
    ticket.refresh_from_db()
    assert (ticket.service, ticket.outage_from) == (service, ticket.received_at)
    again = agent.get(f"/tickets/{ticket.number}/resolution/").content.decode()
    assert 'name="outage"' not in again, "once per outage"


def test_what_was_not_down_is_no_outage(personas: Personas, agent: Client) -> None:
    ticket = incident(personas)
    with attributed(personas.actor("desk_agent")):
        Ticket.objects.filter(pk=ticket.pk).update(outage_from=ticket.received_at)
    path = f"/tickets/{ticket.number}/restoration/"
    agent.post(path, form_of(agent, path) | {"outage": "not_down"})
    ticket.refresh_from_db()
    assert ticket.outage_from is None
    assert ticket.restored_at is not None


def test_times_in_the_wrong_order_are_refused(personas: Personas) -> None:
    ticket, by = incident(personas), personas.actor("desk_agent")
    with clock.travel(MINUTE), pytest.raises(Invalid):
        endings.restore(ticket, by=by, at=ticket.received_at, outage="down", since=clock.now())
    ticket.refresh_from_db()
    assert ticket.restored_at is None


def test_a_request_asks_for_no_outage_and_offers_what_is_done(
    personas: Personas, agent: Client
) -> None:
    ticket = incident(personas)
    with attributed(personas.actor("desk_agent")):
        Ticket.objects.filter(pk=ticket.pk).update(kind=Kind.REQUEST)
    said = form_of(agent, f"/tickets/{ticket.number}/resolution/")
    assert "outage" not in said
    assert "is resolved." in said["message"]


def test_closing_tells_the_customer_in_the_words_of_the_panel(
    personas: Personas, agent: Client
) -> None:
    ticket, by = incident(personas), personas.actor("desk_agent")
    lifecycle.resolve_ticket(ticket, by=by)
    path = f"/tickets/{ticket.number}/closure/"
    said = form_of(agent, path)
    assert f"Ticket {ticket.reference} has been closed." in said["message"]
    agent.post(path, said)
    ticket.refresh_from_db()
    assert ticket.state == "closed"
    assert Message.objects.get(ticket=ticket, direction="sent").outcome == "closed"
    fact = FactRow.objects.get(name="desk.TicketsClosed")
    facts.deliver(fact.pk, "desk.tell_closed")
    assert OutgoingMail.objects.count() == 1


def test_programs_end_tickets_with_and_without_a_word(personas: Personas) -> None:
    client = Client(headers={"Authorization": f"Bearer {personas.token('desk_agent')}"})
    ticket = incident(personas)
    url = f"/api/v1/tickets/{ticket.number}"
    said = {"outage": "down", "since": ticket.received_at.isoformat(), "message": "It works."}
    answer = client.post(f"{url}/restoration", said, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert client.post(f"{url}/resolution", {"cause": "Fibre"}, "application/json").json()[
        "cause"
    ] == "Fibre"  # fmt: skip
    assert client.generic("POST", f"{url}/closure").status_code == 200, "nothing has to be said"
    assert [m.body for m in Message.objects.filter(ticket=ticket, direction="sent")] == [
        "It works."
    ]


def test_an_undo_after_a_colleague_reopened_changes_nothing(personas: Personas) -> None:
    ticket, by = incident(personas), personas.actor("desk_agent")
    ended = endings.resolve(ticket, by=by)
    lifecycle.reopen_ticket(ticket, by=by)
    with pytest.raises(Conflict):
        endings.undo_ending(ticket, ended.before, None, ended="resolved", by=by)


def incident(personas: Personas, *, owner: str = "desk_agent", service: bool = True) -> Ticket:
    """A grave incident that its owner works on."""
    by = personas.actor(owner)
    found = None
    if service:
        with attributed(by):
            found = make_service(personas.customer, "VPN-9")
    ticket = make_incident(personas, "Link down", Grade.HIGH, service=found)
    return ownership.take_ticket(ticket, by=by, seen_owner_id=ticket.owner_id)
