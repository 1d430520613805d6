"""What becomes of a mail after it was sent: what came back, and addresses that take no mail."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings
from tests.personas import Personas, make_personas

from opale.environment import email
from opale.kernel.actor import EVERYTHING, Actor
from opale.kernel.errors import IllegalMove, Invalid, NotAllowed, NotFound
from opale.kernel.models import Fact
from opale.messaging.actions.bounces import record_bounce
from opale.messaging.actions.outgoing import SENDER, queue_mail, send_elsewhere, send_mail
from opale.messaging.actions.suppressions import (
    release_address,
    suppress_address,
    without_suppressed,
)
from opale.messaging.domain.failure_reasons import (
    BUSY,
    CLOSED,
    FULL,
    LOGIN,
    NO_ADDRESS,
    NO_DOMAIN,
    OTHER,
    POLICY,
    SUPPRESSED,
    TOO_LARGE,
    UNREACHABLE,
    FailureReason,
    failure_reason,
)
from opale.messaging.domain.mail_parser.parsed_mail import FailedRecipient
from opale.messaging.models import OutgoingMail, Suppression
from opale.messaging.queries.mail_layout import Letter
from opale.messaging.tests.mail_server import MailServer, Sink

AGENT = Actor(
    "person", "user:1", "Léa", {"messaging.read": EVERYTHING, "messaging.retry": EVERYTHING}
)
READER = Actor("person", "user:2", "Max", {"messaging.read": EVERYTHING})
ADDRESS = "client@example.org"
GONE = FailedRecipient(ADDRESS, "5.1.1", "smtp; 550 5.1.1 No such user")

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with MailServer() as server:
        for name, value in email("EMAIL_URL", f"smtp://127.0.0.1:{server.port}").items():
            setattr(settings, name, value)
        yield server


def make_mail(**given: Any) -> OutgoingMail:
    wanted: dict[str, Any] = {
        "by": AGENT,
        "origin": "test.thing:12",
        "to": [ADDRESS],
        "subject": "Lien coupé",
        "body": "Le lien est rétabli.",
        "language": "fr",
    }
    return queue_mail(**(wanted | given))


def make_sent(**given: Any) -> OutgoingMail:
    mail = make_mail(**given)
    send_mail(mail.pk)
    return fresh(mail)


def fresh(mail: OutgoingMail) -> OutgoingMail:
    return OutgoingMail.objects.get(pk=mail.pk)


def facts(name: str) -> list[dict[str, Any]]:
    return list(Fact.objects.filter(name=name).values_list("body", flat=True))


# In words


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("a@b.example: 550 5.1.1 No such user", NO_ADDRESS),
        ("550 User unknown in virtual mailbox table", NO_ADDRESS),
        ("5.1.2 smtp; 550 Host unknown", NO_DOMAIN),
        ("smtp; 550 5.2.1 Mailbox disabled", CLOSED),
        ("452 4.2.2 The email account is over quota", FULL),
        ("552 5.3.4 Message too big", TOO_LARGE),
        ("550 5.7.26 Unauthenticated mail is rejected by DMARC", POLICY),
        ("554 Your message looks like spam", POLICY),
        ("535 5.7.8 Authentication failed", LOGIN),
        ("450 4.2.0 Greylisted", BUSY),
        ("421 Too many connections", BUSY),
        ("ConnectionRefusedError: [Errno 111] Connection refused", UNREACHABLE),
        ("554 Transaction failed", OTHER),
        ("suppressed", SUPPRESSED),
        ("", None),
    ],
)
def test_an_answer_is_told_in_words(answer: str, reason: FailureReason | None) -> None:
    assert failure_reason(answer) is reason


# What comes back


def test_a_bounce_stands_on_the_mail_and_the_address_is_mailed_no_more(sink: Sink) -> None:
    mail = make_sent(cc=["chef@example.org"])
    record_bounce(mail, [GONE], by=SENDER)
    record_bounce(mail, [GONE], by=SENDER)
    (back,) = fresh(mail).returns
    assert (back.address, back.final, back.reason) == (ADDRESS, True, NO_ADDRESS)
    assert facts("messaging.MailBounced") == [
        {"mail_id": mail.pk, "origin": "test.thing:12", "addresses": [ADDRESS]}
    ], "the same news twice is one"
    assert Suppression.objects.get().mail == mail


def test_a_delay_is_told_and_replaced_by_the_end_of_it(sink: Sink) -> None:
    mail = make_sent()
    record_bounce(mail, [FailedRecipient(ADDRESS, "4.4.1", "No route")], by=SENDER)
    assert [one.final for one in fresh(mail).returns] == [False]
    assert facts("messaging.MailBounced") == []
    record_bounce(mail, [FailedRecipient(ADDRESS, "5.2.2", "Mailbox full")], by=SENDER)
    assert [one.final for one in fresh(mail).returns] == [True]
    assert not Suppression.objects.exists(), "a full mailbox is one where somebody is"


def test_a_forged_bounce_takes_no_other_address_off(sink: Sink) -> None:
    mail = make_sent()
    record_bounce(mail, [FailedRecipient("chef@example.org", "5.1.1", "No such user")], by=SENDER)
    assert fresh(mail).bounced == []
    assert not Suppression.objects.exists()


def test_what_the_server_says_at_once_counts_as_what_comes_back(sink: Sink) -> None:
    sink.refused = {"parti@example.org": "550 5.1.1 No such user"}
    make_sent(to=[ADDRESS, "parti@example.org"])
    make_sent(to=["parti@example.org"])
    sink.refused = {ADDRESS: "550 5.7.1 Blocked"}
    make_sent()
    assert [row.address for row in Suppression.objects.all()] == ["parti@example.org"]


# Suppressed addresses


def test_nothing_automatic_goes_there_but_what_a_person_writes_does(sink: Sink) -> None:
    suppress_address(f" {ADDRESS.upper()} ", by=AGENT)
    mail = make_mail(automatic=True, to=["Client@Example.org"])
    assert (mail.state, mail.reason) == ("failed", SUPPRESSED)
    assert facts("messaging.MailFailed")[0]["mail_id"] == mail.pk
    send_mail(mail.pk)
    assert sink.taken == []
    both = make_mail(automatic=True, to=["chef@example.org"], cc=[ADDRESS])
    assert (both.state, both.cc, both.automatic) == ("queued", [], True)
    assert make_sent().state == "sent"
    assert without_suppressed([ADDRESS, "chef@example.org"]) == ["chef@example.org"]


def test_an_address_taken_off_the_list_is_mailed_again(sink: Sink) -> None:
    row = suppress_address(ADDRESS, by=AGENT)
    with pytest.raises(NotAllowed):
        release_address(row, by=READER)
    release_address(row, by=AGENT)
    with pytest.raises(NotFound):
        release_address(row, by=AGENT)
    assert make_mail(automatic=True).state == "queued"


def test_only_an_address_comes_onto_the_list() -> None:
    with pytest.raises(Invalid):
        suppress_address("nobody", by=AGENT)
    with pytest.raises(NotAllowed):
        suppress_address(ADDRESS, by=READER)


# Once more


def test_it_is_sent_to_another_address_in_the_same_thread(sink: Sink) -> None:
    mail = make_sent(thread="desk.ticket:7", body=Letter(language="fr", body="Rétabli"))
    again = send_elsewhere(mail, "autre@example.org", by=AGENT)
    send_mail(again.pk)
    first, second = sink.taken
    assert sink.recipients[1] == ["autre@example.org"]
    assert second["Message-ID"] != first["Message-ID"]
    for header in ("Subject", "References", "Reply-To", "From"):
        assert second[header] == first[header]
    said, again_said = (
        [part.get_content() for part in taken.iter_parts()] for taken in (first, second)
    )
    assert (len(said), said) == (2, again_said)
    assert fresh(again).origin == mail.origin


def test_what_still_waits_is_not_sent_elsewhere() -> None:
    mail = make_mail()
    with pytest.raises(IllegalMove):
        send_elsewhere(mail, "autre@example.org", by=AGENT)


def test_sending_elsewhere_takes_the_right_and_an_address(sink: Sink) -> None:
    mail = make_sent()
    with pytest.raises(NotAllowed):
        send_elsewhere(mail, "autre@example.org", by=READER)
    with pytest.raises(Invalid):
        send_elsewhere(mail, "autre", by=AGENT)
    with pytest.raises(NotFound):
        send_elsewhere(mail, "autre@example.org", by=Actor("person", "user:3", "Ines"))


# The pages


@pytest.fixture
def house() -> Personas:
    return make_personas()


def test_the_page_of_a_mail_says_what_came_back_and_what_to_do(house: Personas) -> None:
    mail = make_mail()
    OutgoingMail.objects.filter(pk=mail.pk).update(
        state="sent", sent_at=mail.created_at + timedelta(seconds=1)
    )
    record_bounce(mail, [GONE], by=SENDER)
    client = house.client("desk_agent")
    page = client.get(f"/mail/{mail.pk}/").content.decode()
    assert "This address does not exist." in page
    assert "Ask the customer for the right address" in page
    answer = client.post(f"/mail/{mail.pk}/copy/", {"address": "autre@example.org"})
    assert answer.status_code == 302
    assert OutgoingMail.objects.latest("pk").to == ["autre@example.org"]


def test_the_list_shows_each_address_with_its_reason(house: Personas) -> None:
    client = house.client("desk_agent")
    assert "No suppressed addresses" in text_of(client)
    suppress_address(ADDRESS, by=AGENT, answer="550 5.1.1 No such user")
    assert "This address does not exist." in text_of(client)
    assert client.post("/mail/suppressed/new/", {"address": "personne"}).status_code == 422
    assert client.post("/mail/suppressed/new/", {"address": "x@example.org"}).status_code == 302
    row = Suppression.objects.get(address=ADDRESS)
    assert client.post(f"/mail/suppressed/{row.pk}/release/").status_code == 302
    assert ADDRESS not in text_of(client)
    listed = client.get("/api/v1/mail/suppressed?q=example").json()["items"]
    assert [one["address"] for one in listed] == ["x@example.org"]


def text_of(client: Client) -> str:
    return client.get("/mail/suppressed/").content.decode()
