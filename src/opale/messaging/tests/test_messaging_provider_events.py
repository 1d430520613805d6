"""A provider calls back: what it tells of a mail stands on it as what a mail server says."""

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings
from tests.personas import make_personas

from opale.environment import email
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.models import Fact
from opale.messaging.actions.outgoing import queue_mail, send_mail
from opale.messaging.actions.provider_events import mails_by_provider_key
from opale.messaging.domain.failure_reasons import FULL, NO_ADDRESS, OTHER, SPAM, FailureReason
from opale.messaging.models import OutgoingMail, Suppression

SECRET = "opale:a long password"
ADDRESS, CHIEF = "client@example.org", "chef@example.org"

pytestmark = pytest.mark.django_db


@pytest.fixture
def postmark(settings: Settings) -> Settings:
    use(settings, "anymail+postmark://:key@")
    settings.ANYMAIL_WEBHOOK_SECRET = SECRET
    return settings


def use(settings: Settings, url: str) -> None:
    for name, value in email("EMAIL_URL", url).items():
        setattr(settings, name, value)


def make_sent(key: str = "k-1", *, to: tuple[str, ...] = (ADDRESS,), **given: Any) -> OutgoingMail:
    mail = queue_mail(
        by=system("test"),
        origin="test.thing:12",
        to=to,
        subject="Lien coupé",
        body="Rétabli.",
        language="fr",
    )
    state = {"state": "sent", "sent_at": clock.now(), "provider_keys": [key]} | given
    OutgoingMail.objects.filter(pk=mail.pk).update(**state)
    return mail


def fresh(mail: OutgoingMail) -> OutgoingMail:
    return OutgoingMail.objects.get(pk=mail.pk)


def call(body: object, secret: str = SECRET) -> Any:
    """As the provider does, which has no cookie and no token of a form."""
    headers = {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}
    client = Client(enforce_csrf_checks=True)
    return client.post(
        "/mail/provider/", json.dumps(body), content_type="application/json", headers=headers
    )


def told(kind: str, address: str = ADDRESS, key: str = "k-1", **more: object) -> dict[str, object]:
    """A call as Postmark writes it."""
    return {"RecordType": kind, "MessageID": key, "Email": address, "Recipient": address, **more}


def bounced(details: str, address: str = ADDRESS) -> dict[str, object]:
    return told("Bounce", address, Type="HardBounce", Details=details)


def facts(name: str) -> list[Any]:
    return list(Fact.objects.filter(name=name).values_list("body", flat=True))


# What becomes of a mail


@pytest.mark.parametrize(
    ("details", "reason", "suppressed"),
    [
        ("smtp;550 5.1.1 The email account does not exist", NO_ADDRESS, True),
        ("550 User unknown", NO_ADDRESS, True),
        ("smtp;552 5.2.2 Mailbox full", FULL, False),
        ("", OTHER, False),
    ],
)
def test_a_bounce_is_told_as_that_of_a_mail_server(
    postmark: Settings, details: str, reason: FailureReason, suppressed: bool
) -> None:
    mail = make_sent()
    for _ in range(2):
        assert call(bounced(details)).status_code == 204
    (back,) = fresh(mail).returns
    assert (back.address, back.final, back.reason) == (ADDRESS, True, reason)
    assert facts("messaging.MailBounced") == [
        {"mail_id": mail.pk, "origin": "test.thing:12", "addresses": [ADDRESS]}
    ], "the same news twice is one"
    assert [row.mail for row in Suppression.objects.all()] == [mail] * suppressed


def test_a_delay_ends_when_the_mail_arrives_and_comes_back_no_more(postmark: Settings) -> None:
    mail = make_sent(to=(ADDRESS, CHIEF))
    late = told("Bounce", Type="Transient", Details="smtp;451 4.7.1 Come back later")
    assert call(late).status_code == 204
    assert [(one.address, one.final) for one in fresh(mail).returns] == [(ADDRESS, False)]
    assert facts("messaging.MailBounced") == []
    assert call(told("Delivery")).status_code == 204
    assert call(late).status_code == 204, "told again, and too late"
    assert (fresh(mail).returns, fresh(mail).arrived_at) == ([], None)
    assert call(told("Delivery", CHIEF.upper())).status_code == 204
    assert [one.address for one in fresh(mail).deliveries] == [ADDRESS, CHIEF]
    assert fresh(mail).arrived_at is not None


@pytest.mark.parametrize("first", ["Delivery", "Bounce"])
def test_what_came_back_did_not_arrive_whichever_is_told_first(
    postmark: Settings, first: str
) -> None:
    mail = make_sent()
    calls = [told("Delivery"), bounced("smtp;550 5.1.1 No such user")]
    for body in sorted(calls, key=lambda one: one["RecordType"] != first):
        assert call(body).status_code == 204
    assert [one.reason for one in fresh(mail).returns] == [NO_ADDRESS]
    assert fresh(mail).deliveries == []


def test_who_reports_spam_is_mailed_nothing_automatic_any_more(postmark: Settings) -> None:
    mail = make_sent()
    call(told("Delivery"))
    call(told("SpamComplaint", Type="SpamComplaint"))
    (back,) = fresh(mail).returns
    assert (back.is_complaint, back.reason) == (True, SPAM)
    assert fresh(mail).arrived_at, "it did arrive"
    assert Suppression.objects.get().is_complaint
    client = make_personas().client("desk_agent")
    page = client.get(f"/mail/{mail.pk}/").content.decode()
    assert f"Reported as spam by {ADDRESS}." in page
    assert "complained" not in page + client.get("/mail/suppressed/").content.decode()
    shown = client.get(f"/api/v1/mail/outgoing/{mail.pk}").json()
    assert [one["address"] for one in shown["delivered"]] == [ADDRESS]


def test_a_batch_is_noted_whole_and_what_readers_do_is_not(settings: Settings) -> None:
    use(settings, "anymail+sendgrid://:key@")
    settings.ANYMAIL_WEBHOOK_SECRET = SECRET
    mail = make_sent(to=(ADDRESS, CHIEF), provider_keys=["a", "b"])
    rows = (("delivered", ADDRESS, "a"), ("open", ADDRESS, "a"), ("bounce", CHIEF, "b"))
    batch = [
        {"event": event, "email": address, "anymail_id": key, "timestamp": 1_764_000_000}
        | {"reason": "550 5.1.1 unknown recipient"}
        for event, address, key in rows
    ]
    assert call(batch).status_code == 204
    assert [one.address for one in fresh(mail).deliveries] == [ADDRESS]
    assert [one.address for one in fresh(mail).returns] == [CHIEF]


# Which mail it is


def test_the_names_that_a_provider_gives_a_mail_are_kept(settings: Settings) -> None:
    use(settings, "anymail+test://")
    mail = queue_mail(
        by=system("test"), origin="x", to=[ADDRESS], subject="S", body="B", language="fr"
    )
    with pytest.MonkeyPatch.context() as patched:
        named = "anymail.backends.test.EmailBackend.get_esp_message_id"
        patched.setattr(named, lambda *_: "<20261125.1@mg.example.net>")
        send_mail(mail.pk)
    assert fresh(mail).provider_keys == ["<20261125.1@mg.example.net>"]


def test_a_mail_of_somebody_else_is_left_aside_and_one_in_talk_is_waited_for(
    postmark: Settings,
) -> None:
    mail = make_sent()
    assert call(told("Delivery", key="another")).status_code == 204
    assert fresh(mail).deliveries == []
    until = clock.now() + timedelta(minutes=1)
    queued: dict[str, Any] = {"state": "queued", "sent_at": None, "provider_keys": []}
    OutgoingMail.objects.filter(pk=mail.pk).update(claimed_until=until, **queued)
    answer = call(told("Delivery", key="too early"))
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    assert call(told("Delivery", "other@example.org", "another")).status_code == 204


# Who may tell it


def test_who_cannot_prove_to_be_the_provider_changes_nothing(postmark: Settings) -> None:
    mail = make_sent()
    for secret in ("opale:another password", ""):
        assert call(bounced("smtp;550 5.1.1 No such user"), secret).status_code == 403
    assert fresh(mail).bounced == []
    assert call("{").status_code == 422, "nor who says what cannot be read"


def test_without_a_secret_or_a_provider_that_calls_there_is_no_door(settings: Settings) -> None:
    for url, secret, status in (
        ("anymail+postmark://:key@", "", 404),
        ("anymail+postmark://:key@", SECRET, 200),
        ("anymail+scaleway://:key@?project_id=1", SECRET, 404),
        ("anymail+mailersend://:key@", SECRET, 404),
        ("smtp://mail.example.net", SECRET, 404),
    ):
        use(settings, url)
        settings.ANYMAIL_WEBHOOK_SECRET = secret
        assert Client().head("/mail/provider/").status_code == status, url


def test_a_provider_that_signs_needs_no_password(settings: Settings) -> None:
    use(settings, "anymail+mailgun://:key@?webhook_signing_key=sign&sender_domain=mg.example")
    settings.ANYMAIL_WEBHOOK_SECRET = ""
    mail = make_sent("<1@mg.example>")
    event = {
        "event": "failed",
        "severity": "permanent",
        "recipient": ADDRESS,
        "timestamp": 1_764_000_000,
        "reason": "bounce",
        "message": {"headers": {"message-id": "1@mg.example"}},
        "delivery-status": {"code": 550, "message": "5.1.1 No such user"},
    }
    signature = hmac.new(b"sign", b"1764000000token", hashlib.sha256).hexdigest()
    proof = {"timestamp": "1764000000", "token": "token", "signature": signature}
    forged = {"signature": proof | {"signature": "0" * 64}, "event-data": event}
    assert call(forged).status_code == 403
    assert call({"signature": proof, "event-data": event}).status_code == 204
    assert [one.reason for one in fresh(mail).returns] == [NO_ADDRESS]


def test_a_mail_is_found_by_the_index_of_those_that_a_provider_has_names_for() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "mail_provider_names" in mails_by_provider_key("a").explain()
