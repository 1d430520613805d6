"""At what pace mails go to one domain, and by which provider."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail as box
from pytest_django import Settings

from opale.environment import BadSetting, email
from opale.kernel import clock
from opale.kernel.actor import system
from opale.messaging.actions.domain_pace import PAUSES
from opale.messaging.actions.outgoing import queue_mail, send_mail
from opale.messaging.models import DomainPace, OutgoingMail, Suppression
from opale.messaging.queries.mail_layout import Letter, letter_as_html
from opale.messaging.tests.mail_server import MailServer, Sink

SECOND = timedelta(seconds=1)

pytestmark = pytest.mark.django_db


def use(settings: Settings, url: str) -> None:
    for name, value in email("EMAIL_URL", url).items():
        setattr(settings, name, value)


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    with MailServer() as server:
        use(settings, f"smtp://127.0.0.1:{server.port}")
        yield server


def make_mail(to: str = "client@example.org", **given: Any) -> OutgoingMail:
    return queue_mail(
        by=system("test"),
        origin="test.thing:12",
        to=[to],
        subject="Lien coupé",
        language="fr",
        **({"body": "Le lien est rétabli."} | given),
    )


def fresh(mail: OutgoingMail) -> OutgoingMail:
    return OutgoingMail.objects.get(pk=mail.pk)


def test_a_domain_gets_so_many_mails_a_minute_and_another_does_not_wait(
    sink: Sink, settings: Settings
) -> None:
    settings.MAIL_PER_DOMAIN_PER_MINUTE = 2
    mails = [make_mail("client@Example.org") for _ in range(3)]
    other = make_mail("contact@other.example")
    for mail in (*mails, other):
        send_mail(mail.pk)
    assert [fresh(mail).state for mail in mails] == ["sent", "sent", "queued"]
    assert fresh(other).state == "sent"
    waits = fresh(mails[2])
    assert (waits.attempts, waits.claimed_until) == (0, None), "waiting is no attempt"
    assert timedelta() < waits.next_attempt_at - clock.now() <= timedelta(minutes=1)
    with clock.travel(timedelta(minutes=1) + SECOND):
        send_mail(waits.pk)
    assert fresh(waits).state == "sent"


def test_so_many_talk_with_a_domain_at_once(sink: Sink, settings: Settings) -> None:
    settings.MAIL_PER_DOMAIN_AT_ONCE = 1
    talking, waiting = make_mail(), make_mail()
    OutgoingMail.objects.filter(pk=talking.pk).update(claimed_until=clock.now() + SECOND * 60)
    send_mail(waiting.pk)
    assert fresh(waiting).state == "queued"
    assert sink.taken == []


@pytest.mark.parametrize("answer", ["421 4.7.0 Too many", "450 4.7.1 Slow down"])
def test_a_domain_that_asks_so_is_left_alone_longer_and_longer(sink: Sink, answer: str) -> None:
    first, second = make_mail(), make_mail()
    sink.data_answers = [answer, answer]
    send_mail(first.pk)
    send_mail(second.pk)
    assert fresh(second).attempts == 0, "nobody goes there"
    pace = DomainPace.objects.get(domain="example.org")
    assert pace.held_until is not None
    assert pace.held_until - clock.now() <= PAUSES[0]
    with clock.travel(PAUSES[0] + SECOND):
        send_mail(first.pk)
        pace.refresh_from_db()
        assert pace.held_until - clock.now() > PAUSES[0]
    with clock.travel(PAUSES[0] + PAUSES[1] + SECOND * 2):
        send_mail(second.pk)
        pace.refresh_from_db()
        assert fresh(second).state == "sent"
        assert pace.refusals == 0
        assert pace.held_until is None


# Providers


def test_a_provider_is_named_by_its_address(settings: Settings) -> None:
    read = email("EMAIL_URL", "anymail+mailgun://:k%2B1@?sender_domain=mg.example.net")
    assert read["EMAIL_BACKEND"] == "opale.messaging.actions.provider_backend.EmailBackend"
    assert read["EMAIL_PROVIDER"] == "mailgun"
    assert read["ANYMAIL"] == {
        "MAILGUN_API_KEY": "k+1",
        "MAILGUN_SENDER_DOMAIN": "mg.example.net",
        "REQUESTS_TIMEOUT": 20,
    }
    both = email("EMAIL_URL", "anymail+mailjet://key:secret@")["ANYMAIL"]
    assert isinstance(both, dict)
    assert (both["MAILJET_API_KEY"], both["MAILJET_SECRET_KEY"]) == ("key", "secret")


@pytest.mark.parametrize("url", ["anymail+pigeon://:key@", "anymail+postmark://"])
def test_a_provider_that_there_is_not_or_without_key_means_no_start(url: str) -> None:
    with pytest.raises(BadSetting, match="EMAIL_URL"):
        email("EMAIL_URL", url)


def test_a_mail_goes_out_by_a_provider_whole(settings: Settings) -> None:
    use(settings, "anymail+test://")
    letter = Letter(language="fr", body="Rétabli")
    mail = make_mail(thread="desk.ticket:7", body=letter, automatic=True)
    send_mail(mail.pk)
    assert fresh(mail).state == "sent"
    said: dict[str, Any] = vars(box.outbox[-1])["anymail_test_params"]
    assert said["to"][0].addr_spec == "client@example.org"
    assert said["html_body"] == letter_as_html(letter)
    assert said["extra_headers"]["Auto-Submitted"] == "auto-generated"
    assert said["reply_to"][0].addr_spec.startswith("support+t.")


@pytest.mark.parametrize(
    ("status", "state", "said"),
    [
        (400, "failed", "554"),
        (429, "queued", "Slow"),
        (500, "queued", "Slow"),
        (401, "queued", "535"),
    ],
)
def test_what_a_provider_answers_counts_as_a_mail_server_s_word(
    settings: Settings, status: int, state: str, said: str
) -> None:
    from anymail.exceptions import AnymailAPIError
    from requests import Response

    use(settings, "anymail+test://")
    mail = make_mail()

    def refuse(self: object, payload: object, message: object) -> None:
        response = Response()
        response.status_code, response.reason = status, "Slow down"
        raise AnymailAPIError("Slow down", status_code=status, response=response)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("anymail.backends.test.EmailBackend.post_to_esp", refuse)
        send_mail(mail.pk)
    assert fresh(mail).state == state
    assert said in fresh(mail).last_error


def test_an_address_that_a_provider_calls_invalid_is_mailed_no_more(settings: Settings) -> None:
    from anymail.message import AnymailRecipientStatus

    use(settings, "anymail+test://")
    mail = queue_mail(
        by=system("test"),
        origin="x",
        to=["client@example.org", "parti@example.org"],
        subject="S",
        body="B",
        language="fr",
    )

    def told(self: object, response: object, payload: object, message: object) -> object:
        return {
            "client@example.org": AnymailRecipientStatus("1", "queued"),
            "parti@example.org": AnymailRecipientStatus(None, "invalid"),
        }

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("anymail.backends.test.EmailBackend.parse_recipient_status", told)
        send_mail(mail.pk)
    assert fresh(mail).refused == ["parti@example.org"]
    assert Suppression.objects.get().address == "parti@example.org"
