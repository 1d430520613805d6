"""`opale mail deliver`: the exit code is what a mail server acts upon."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from opale.messaging.models import IncomingMail, Mailbox
from opale.messaging.queries.incoming import raw_of

pytestmark = pytest.mark.django_db(transaction=True)
MAIL = (
    b"From: lea@customer.example\r\n"
    b"Message-ID: <1@customer.example>\r\n"
    b"Subject: Pipe\r\n\r\nHello\r\n"
)


def deliver(mail: bytes, *words: str, **settings: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", "opale.cli", "mail", "deliver", *words],
        input=mail,
        env={**os.environ, **settings},
        capture_output=True,
        check=False,
        timeout=60,
    )


def test_a_mail_from_a_pipe_is_kept_before_the_command_ends() -> None:
    Mailbox.objects.create(address="support@opale.test", name="Support")
    words = ("--mailbox", "support+t@opale.test", "--from", "<lea@customer.example>")
    done = deliver(b"From lea@customer.example Wed Nov 25\n" + MAIL, *words)
    assert (done.returncode, done.stderr) == (0, b"")
    (mail,) = IncomingMail.objects.all()
    assert (mail.source, mail.envelope_from, mail.subject) == (
        "pipe",
        "lea@customer.example",
        "Pipe",
    )
    assert mail.envelope_to == ["support+t@opale.test"]
    assert raw_of(mail) == MAIL
    assert deliver(MAIL, *words).returncode == 0
    assert IncomingMail.objects.count() == 1, "brought again, it is kept once"


def test_an_unknown_mailbox_and_a_mail_too_large_are_refused_for_good() -> None:
    Mailbox.objects.create(address="support@opale.test", name="Support")
    done = deliver(MAIL, "--mailbox", "nobody@opale.test")
    assert done.returncode == 67
    assert b"nobody@opale.test" in done.stderr
    assert deliver(MAIL, "--mailbox", "support@opale.test", OPALE_MAIL_LIMIT="50").returncode == 65


@pytest.mark.parametrize(
    "settings",
    [
        {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"},
        {"OPALE_BASE_URL": "nonsense"},
    ],
)
def test_whatever_is_in_the_way_the_mail_may_be_brought_again(settings: dict[str, str]) -> None:
    assert deliver(MAIL, "--mailbox", "support@opale.test", **settings).returncode == 75


def test_a_database_that_is_not_running_is_waited_for(tmp_path: Path) -> None:
    done = deliver(MAIL, "--mailbox", "support@opale.test", "--data", str(tmp_path))
    assert done.returncode == 75
