"""Trying a mailbox says in words what works, what does not, and what one can do about it."""

import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from tests.mail_servers import NEEDS_MAIL_SERVERS, Dovecot, running_dovecot

from opale.kernel.actor import EVERYTHING, Actor
from opale.kernel.errors import NotAllowed
from opale.messaging.domain.mailbox_errors import SENTENCES, MailboxError, explain_error
from opale.messaging.listeners import imap_client
from opale.messaging.listeners.mailbox_check import MailboxCheck, check_mailbox
from opale.messaging.models import IncomingMail
from opale.messaging.tests.gateways import make_mailbox, sealed, written

pytestmark = [pytest.mark.django_db, NEEDS_MAIL_SERVERS]
ADDRESS = "support@opale.test"
ADMINISTRATOR = Actor("person", "user:1", "Zoé", {"messaging.mailboxes": EVERYTHING})
READER = Actor("person", "user:2", "Max", {"messaging.read": EVERYTHING})


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot(ADDRESS) as server:
        yield server


def tried(dovecot: Dovecot, **given: Any) -> MailboxCheck:
    return check_mailbox(make_mailbox(ADDRESS, dovecot, **given), by=ADMINISTRATOR)


def said(probe: MailboxCheck) -> str:
    return "\n".join(step.said for step in probe.steps)


def test_what_works_is_told_and_nothing_is_taken(dovecot: Dovecot) -> None:
    dovecot.deliver(ADDRESS, written("still there"))
    probe = tried(dovecot)
    assert probe.works
    assert "INBOX" in said(probe)
    assert "1 mail" in said(probe)
    assert "not encrypted" in said(probe)
    assert dovecot.flags(ADDRESS) == [set()]
    assert not IncomingMail.objects.exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"host": "nowhere.invalid"}, "The server name cannot be resolved"),
        ({"port": 1}, "refuses the connection"),
        ({"secret": "wrong"}, "does not accept the login"),
        ({"folder": "Enfants"}, "folder cannot be opened"),
        ({"security": "tls"}, "cannot be encrypted"),
        ({"security": "starttls"}, "certificate is not valid"),
        ({"auth": "oauth2", "token_url": "https://127.0.0.1:1/"}, "No access token"),
    ],
)
def test_what_is_wrong_is_told_in_words(
    dovecot: Dovecot, given: dict[str, Any], words: str
) -> None:
    if "secret" in given:
        given = {"secret": sealed(given["secret"])}
    probe = tried(dovecot, **given)
    assert not probe.works
    assert words in probe.steps[-1].said


def test_a_server_that_says_nothing_is_told(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_client, "CONNECT_WITHIN", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        probe = tried(dovecot, port=silent.getsockname()[1])
    assert "does not answer in time" in said(probe)


def test_a_server_that_is_none_of_mail_is_told(dovecot: Dovecot) -> None:
    probe = tried(dovecot, port=dovecot.lmtp)
    assert "does not speak IMAP" in said(probe)


def test_who_may_not_set_up_mailboxes_may_not_try_them(dovecot: Dovecot) -> None:
    box = make_mailbox(ADDRESS, dovecot)
    with pytest.raises(NotAllowed):
        check_mailbox(box, by=READER)


def test_of_a_mailbox_that_is_not_fetched_just_that_is_told() -> None:
    (step,) = check_mailbox(make_mailbox(ADDRESS), by=ADMINISTRATOR).steps
    assert "nothing is fetched" in step.said


def test_what_was_kept_of_a_trouble_is_explained_in_the_readers_language() -> None:
    kept = str(MailboxError("login", "[AUTHENTICATIONFAILED]\r\nNo\0"))
    assert explain_error(kept).endswith("([AUTHENTICATIONFAILED] No\ufffd)")
    with translation.override("fr"):
        assert explain_error(kept).startswith("Le serveur n’accepte pas l’identification.")
        assert all(explain_error(kind) != kind for kind in SENTENCES)
    assert explain_error("what another version wrote") == "what another version wrote"
    assert explain_error("") == ""


def test_every_trouble_that_is_raised_has_its_sentence() -> None:
    sources = Path(imap_client.__file__).parent.glob("*.py")
    raised = {
        kind for path in sources for kind in re.findall(r'MailboxError\("(\w+)"', path.read_text())
    }
    assert len(raised) > 10
    assert raised <= set(SENTENCES)
