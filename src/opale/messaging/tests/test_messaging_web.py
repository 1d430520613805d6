"""The pages and endpoints of the outbox, as a desk agent sees them."""

import re
from typing import Any

import pytest
from django.test import Client
from tests.personas import Personas, make_personas

from opale.kernel.states import perform
from opale.messaging.actions.outgoing import SENDER, queue_mail
from opale.messaging.models import OutgoingMail
from opale.messaging.states import GIVE_UP, HAND_OVER

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Personas:
    return make_personas()


@pytest.fixture
def agent(house: Personas) -> Client:
    return house.client("desk_agent")


def make_mail(subject: str) -> OutgoingMail:
    return queue_mail(
        by=SENDER,
        origin="test.thing:12",
        to=["client@example.org"],
        subject=subject,
        body="Bonjour,\n\nLe lien est rétabli.",
        language="fr",
    )


def make_failed(subject: str = "Lien coupé") -> OutgoingMail:
    mail = make_mail(subject)
    rows = OutgoingMail.objects.filter(pk=mail.pk)
    perform(
        GIVE_UP, rows, by=SENDER, at=mail.created_at, last_error="550 No such user <x>", attempts=1
    )
    return mail


def make_sent(subject: str) -> OutgoingMail:
    mail = make_mail(subject)
    rows = OutgoingMail.objects.filter(pk=mail.pk)
    perform(HAND_OVER, rows, by=SENDER, at=mail.created_at, sent_at=mail.created_at)
    return mail


def read(client: Client, url: str, language: str = "en") -> str:
    response = client.get(url, headers={"Accept-Language": language})
    assert response.status_code == 200
    return response.content.decode()


def read_post(client: Client, url: str, **fields: Any) -> str:
    response = client.post(url, fields)
    assert response.status_code == 200
    return response.content.decode()


def test_each_view_shows_the_mails_of_its_state(agent: Client) -> None:
    make_mail("It waits")
    make_failed("It failed")
    make_sent("It left")
    waiting = read(agent, "/mail/")
    assert "It waits" in waiting
    assert "It failed" not in waiting
    failed = read(agent, "/mail/?state=failed")
    assert "550 No such user &lt;x&gt;" in failed
    assert "It left" not in failed
    assert "It left" in read(agent, "/mail/?state=sent")


def test_an_unknown_state_shows_what_waits(agent: Client) -> None:
    make_mail("It waits")
    assert "It waits" in read(agent, "/mail/?state=lost")


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("queued", "Queue empty"),
        ("failed", "No failed mail"),
        ("sent", "No mail sent yet"),
    ],
)
def test_an_empty_view_says_what_it_would_show(agent: Client, state: str, words: str) -> None:
    assert words in read(agent, f"/mail/?state={state}")


def test_marked_mails_are_queued_again_and_others_say_why_not(agent: Client) -> None:
    failed, waiting = make_failed("It failed"), make_mail("It waits")
    said = read_post(agent, "/lists/outgoing-mails/acts/retry/", n=[failed.pk, waiting.pk])
    assert OutgoingMail.objects.get(pk=failed.pk).state == "queued"
    assert "It waits" in said
    assert "It failed" not in said


def test_the_page_of_a_mail_shows_text_answer_and_life(agent: Client) -> None:
    mail = make_failed()
    page = read(agent, f"/mail/{mail.pk}/")
    assert "Le lien est rétabli." in page
    assert "550 No such user" in page
    assert mail.message_id.strip("<>") in page
    assert "Failed" in page


def test_a_given_up_mail_is_queued_again_by_one_button(agent: Client) -> None:
    mail = make_failed()
    url = f"/mail/{mail.pk}/retry/"
    assert url in read(agent, "/mail/?state=failed")
    response = agent.post(url, headers={"HX-Request": "true"})
    assert response.status_code in (200, 204)
    assert "queued again" in response.headers["HX-Trigger"]
    assert OutgoingMail.objects.get(pk=mail.pk).state == "queued"


def test_a_second_press_of_the_button_is_refused(agent: Client) -> None:
    mail = make_failed()
    url = f"/mail/{mail.pk}/retry/"
    agent.post(url)
    assert agent.post(url, headers={"HX-Request": "true"}).status_code == 409


def test_the_settings_count_the_mails_that_failed(agent: Client) -> None:
    line = r'href="/mail/">.*?</a>'
    assert "o-count" not in found(line, read(agent, "/settings/"))
    make_failed()
    assert "o-count" in found(line, read(agent, "/settings/"))


def found(pattern: str, page: str) -> str:
    line = re.search(pattern, page, re.DOTALL)
    assert line
    return line[0]


def test_the_api_lists_by_state_newest_first(agent: Client) -> None:
    first, second = make_failed("1"), make_failed("2")
    make_mail("3")
    answer = agent.get("/api/v1/mail/outgoing?state=failed").json()
    assert [mail["id"] for mail in answer["items"]] == [second.pk, first.pk]
    assert answer["items"][0]["last_error"] == "550 No such user <x>"
    assert "body" not in answer["items"][0]
    assert len(agent.get("/api/v1/mail/outgoing").json()["items"]) == 3


def test_the_api_refuses_a_state_that_there_is_not(agent: Client) -> None:
    assert agent.get("/api/v1/mail/outgoing?state=lost").status_code == 422


def test_the_list_asks_few_questions_however_long_it_is(
    agent: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        make_mail(f"Mail {number}")
    with django_assert_max_num_queries(25):
        page = read(agent, "/mail/")
    assert "after=" in page
