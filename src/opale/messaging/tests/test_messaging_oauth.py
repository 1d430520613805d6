"""Mailboxes behind OAuth 2: a token endpoint of ours, and dovecot that asks about each token."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import pytest
from tests.mail_servers import NEEDS_MAIL_SERVERS, Dovecot, running_dovecot

from opale.messaging.domain.mailbox_errors import MailboxError
from opale.messaging.listeners import imap_watcher, mailbox_health, oauth
from opale.messaging.listeners.imap_accounts import account_of_mailbox, decrypt_secret
from opale.messaging.listeners.imap_watcher import watch
from opale.messaging.models import Mailbox
from opale.messaging.tests.gateways import (
    fresh,
    is_connected,
    make_mailbox,
    running,
    sealed,
    subjects,
    until,
    written,
)

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "cloud@opale.test"


@dataclass
class Provider:
    """Gives tokens for a refresh token, which it replaces each time, and tells which are good."""

    port: int = 0
    refresh: str = "first"
    lasts: int = 3600
    given: list[str] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    good: set[str] = field(default_factory=set)
    answer: dict[str, Any] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        self.asked.append(form)
        if self.answer is not None:
            return self.answer
        if form["grant_type"] == "refresh_token" and form["refresh_token"] != self.refresh:
            return {"error": "invalid_grant", "error_description": "The grant was revoked."}
        access = f"access-{len(self.given) + 1}"
        self.given.append(access)
        self.good.add(access)
        told: dict[str, Any] = {"access_token": access, "expires_in": self.lasts}
        if form["grant_type"] == "refresh_token":
            self.refresh = f"refresh-{len(self.given)}"
            told["refresh_token"] = self.refresh
        return told

    def introspect(self, form: dict[str, str]) -> dict[str, Any]:
        return {"active": form.get("token") in self.good, "username": ADDRESS}


@contextmanager
def running_provider() -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the library's name
            length = int(self.headers.get("Content-Length") or 0)
            form = {
                name: values[0]
                for name, values in parse_qs(self.rfile.read(length).decode()).items()
            }
            act = provider.introspect if "introspect" in self.path else provider.token
            body = json.dumps(act(form)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Nothing is printed."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def provider() -> Iterator[Provider]:
    with running_provider() as running:
        yield running


@pytest.fixture
def dovecot(provider: Provider) -> Iterator[Dovecot]:
    with running_dovecot(ADDRESS, introspection=f"{provider.url}/introspect") as server:
        yield server


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_watcher, "PAUSES", (0.05, 0.1))
    monkeypatch.setattr(imap_watcher, "SETTINGS_SECONDS", 0.1)
    monkeypatch.setattr(mailbox_health, "WRITE_SECONDS", 0.05)


def cloud_mailbox(provider: Provider, dovecot: Dovecot | None = None, **given: Any) -> Mailbox:
    wanted: dict[str, Any] = {
        "auth": "oauth2",
        "token_url": f"{provider.url}/token",
        "client_id": "opale",
        "secret": sealed("client secret"),
        "refresh_token": sealed("first"),
    }
    return make_mailbox(ADDRESS, dovecot, **(wanted | given))


@NEEDS_MAIL_SERVERS
def test_a_token_is_had_used_and_its_successor_kept(dovecot: Dovecot, provider: Provider) -> None:
    box = cloud_mailbox(provider, dovecot)
    dovecot.deliver(ADDRESS, written("from the cloud"))
    with running(watch):
        until(lambda: subjects(box) == ["from the cloud"])
        until(lambda: decrypt_secret(fresh(box).refresh_token) == "refresh-1")
    assert provider.asked[0] == {
        "grant_type": "refresh_token",
        "client_id": "opale",
        "client_secret": "client secret",
        "refresh_token": "first",
    }


@NEEDS_MAIL_SERVERS
def test_a_token_that_is_good_is_used_again_and_one_that_is_not_replaced(
    dovecot: Dovecot, provider: Provider
) -> None:
    box = cloud_mailbox(provider, dovecot)
    with running(watch):
        until(lambda: is_connected(box))
        # Its successor is kept, and the mailbox watched with it: the token is the same.
        until(lambda: decrypt_secret(fresh(box).refresh_token) == "refresh-1")
        dovecot.restart()
        dovecot.deliver(ADDRESS, written("again"))
        until(lambda: subjects(box) == ["again"])
        assert len(provider.given) == 1
        provider.good.clear()
        dovecot.restart()
        dovecot.deliver(ADDRESS, written("anew"))
        until(lambda: subjects(box) == ["again", "anew"])
        assert len(provider.given) == 2


@NEEDS_MAIL_SERVERS
def test_a_grant_that_was_revoked_is_told(dovecot: Dovecot, provider: Provider) -> None:
    box = cloud_mailbox(provider, dovecot, refresh_token=sealed("revoked"))
    with running(watch):
        until(lambda: fresh(box).last_error == "token: The grant was revoked.")


def test_without_a_refresh_token_the_client_asks_for_itself(provider: Provider) -> None:
    url = f"{provider.url}/token?scope=https%3A%2F%2Foutlook.office365.com%2F.default"
    box = cloud_mailbox(provider, refresh_token="", token_url=url)
    token = oauth.request_token(account_of_mailbox(box))
    assert (token.access, token.refresh) == ("access-1", "")
    assert provider.asked == [
        {
            "grant_type": "client_credentials",
            "client_id": "opale",
            "client_secret": "client secret",
            "scope": "https://outlook.office365.com/.default",
        }
    ]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"error": "invalid_client"}, "invalid_client"),
        ({"access_token": ""}, "no access_token"),
        ([], "no access_token"),
    ],
)
def test_an_answer_without_a_token_is_told(provider: Provider, answer: Any, said: str) -> None:
    provider.answer = answer
    with pytest.raises(MailboxError, match=said):
        oauth.request_token(account_of_mailbox(cloud_mailbox(provider)))


@pytest.mark.parametrize(
    "url", ["http://provider.example/token", "ftp://127.0.0.1/", "", "https://h:x/"]
)
def test_the_secret_goes_nowhere_without_encryption(provider: Provider, url: str) -> None:
    box = cloud_mailbox(provider, token_url=url)
    with pytest.raises(MailboxError) as refused:
        oauth.request_token(account_of_mailbox(box))
    assert refused.value.kind == "token"


def test_secrets_are_not_shown(provider: Provider) -> None:
    account = account_of_mailbox(cloud_mailbox(provider))
    assert account.secret not in repr(account)
    assert account.refresh_token not in repr(account)
