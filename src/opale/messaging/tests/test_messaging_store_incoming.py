"""What came in is kept before it is acknowledged, once, whatever it is."""

from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.errors import NotFound
from opale.messaging.actions.store_incoming import (
    PROCESSING_JOB,
    NewMail,
    store_mail,
    store_mails,
)
from opale.messaging.models import IncomingMail, Mailbox
from opale.messaging.queries.incoming import mailbox_at, raw_of

pytestmark = pytest.mark.django_db

MAIL = b"""From: =?utf-8?q?L=C3=A9a?= Martin <lea@atelier.example>\r
To: support@opale.example\r
Subject: =?iso-8859-1?B?UOluaWNoZQ==?=\r
Message-ID: <1@atelier.example>\r
Date: Tue, 24 Nov 2026 10:00:00 +0100\r
\r
Bonjour\r
"""
SUPPORT = "support@opale.example"


@pytest.fixture(autouse=True)
def _mailboxes() -> None:
    with attributed(system("test")):
        Mailbox.objects.create(address=SUPPORT, name="Support")
        Mailbox.objects.create(address="noc@opale.example", name="NOC")


def keep(raw: bytes, mailbox: str = SUPPORT) -> IncomingMail:
    return store_mail(raw, mailbox=mailbox, source="lmtp", envelope_from="lea@atelier.example")


def test_what_is_kept_is_what_came_to_the_byte() -> None:
    mail = keep(MAIL)
    assert raw_of(mail) == MAIL
    assert (mail.message_id, mail.subject) == ("<1@atelier.example>", "Péniche")
    assert (mail.from_name, mail.from_address) == ("Léa Martin", "lea@atelier.example")


def test_one_job_waits_for_all_mails_and_the_database_refuses_no_second() -> None:
    """Each refusal would stand in PostgreSQL's log as an error."""
    jobs = ProcrastinateJob.objects.filter(task_name=PROCESSING_JOB)

    def deferred(number: int) -> bool:
        with CaptureQueriesContext(connection) as asked:
            keep(MAIL.replace(b"<1@", b"<%d@" % number))
        return any("procrastinate_defer" in one["sql"] for one in asked)

    assert deferred(1)
    assert not deferred(2)
    assert jobs.count() == 1
    jobs.update(status="doing")
    assert deferred(3)
    assert jobs.count() == 2


def test_the_same_delivery_is_kept_once() -> None:
    assert keep(MAIL).pk == keep(MAIL).pk
    assert IncomingMail.objects.count() == 1


def test_the_same_message_by_another_route_is_another_row_of_the_same_content() -> None:
    first = keep(b"Received: from a by b; Tue, 24 Nov 2026 10:00:01 +0100\r\n" + MAIL)
    second = keep(MAIL.replace(b"\r\n", b"\n") + b"\n", mailbox="noc@opale.example")
    assert first.pk != second.pk
    assert first.content_hash == second.content_hash


def test_other_words_under_the_same_message_id_are_another_message() -> None:
    forged = MAIL.replace(b"Bonjour", b"Bonsoir")
    assert keep(MAIL).content_hash != keep(forged).content_hash


def test_a_mail_that_nothing_tells_from_its_like_is_kept_each_time() -> None:
    alarm = b"Subject: disk full\n\n/var is full\n"
    assert keep(alarm).content_hash != keep(alarm).content_hash
    assert IncomingMail.objects.count() == 2


@pytest.mark.parametrize(
    "raw",
    [b"", b"\x00\x00", b"MZ\x90\x00", b"\xff" * 5000, b"From: \x00\x00\n\n\x00", b":\n" * 900],
)
def test_whatever_the_bytes_are_they_are_kept(raw: bytes) -> None:
    assert raw_of(keep(raw)) == raw


def test_a_large_mail_lies_behind_the_storage_port() -> None:
    large = MAIL + b"x" * (30 * 1024 * 1024)
    mail = keep(large)
    assert raw_of(mail) == large
    assert default_storage.size(mail.raw_key) == len(large) == mail.size_bytes
    assert Path(default_storage.path(mail.raw_key)).exists()


def test_many_are_kept_in_their_order_and_twins_share_a_row() -> None:
    others = [MAIL.replace(b"<1@", b"<%d@" % number) for number in range(40)]
    brought = [NewMail(raw, SUPPORT, "imap") for raw in [*others, others[3]]]
    kept = store_mails(brought)
    assert [raw_of(mail) for mail in kept] == [one.raw for one in brought]
    assert kept[40].pk == kept[3].pk


def test_without_a_mailbox_nothing_is_kept() -> None:
    with pytest.raises(NotFound):
        store_mails([NewMail(MAIL, SUPPORT, "lmtp"), NewMail(MAIL, "nobody@opale.example", "lmtp")])
    assert not IncomingMail.objects.exists()


def test_a_mailbox_is_found_with_what_stands_after_a_plus() -> None:
    found = mailbox_at("Support+t.abc@OPALE.example")
    assert found is not None
    assert found.address == SUPPORT
