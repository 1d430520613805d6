"""Mailboxes watched at a real dovecot: nothing is lost, nothing is taken twice, nobody waits."""

import os
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from itertools import count
from pathlib import Path

import psycopg
import pytest
from django.db import connection, connections
from tests.mail_servers import KEEPER, NEEDS_MAIL_SERVERS, PASSWORD, Dovecot, running_dovecot

from opale.messaging.listeners import imap_client, imap_watcher, mailbox_health
from opale.messaging.listeners.imap_watcher import MailboxWatcher, watch
from opale.messaging.models import IncomingMail, Mailbox
from opale.messaging.queries.incoming import raw_of
from opale.messaging.tests.gateways import (
    change,
    fresh,
    is_connected,
    make_mailbox,
    running,
    sealed,
    subjects,
    until,
    written,
)

pytestmark = [pytest.mark.django_db(transaction=True), NEEDS_MAIL_SERVERS]
TAKEN = {"\\Seen", "$OpaleKept"}
_numbers, _addresses = count(1), count(1)


@pytest.fixture(scope="module")
def dovecot() -> Iterator[Dovecot]:
    with running_dovecot(*(f"support{number}@opale.test" for number in range(1, 100))) as server:
        yield server


@pytest.fixture
def address() -> str:
    """A mailbox at dovecot that no other test uses."""
    return f"support{next(_addresses)}@opale.test"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is waited for in minutes is waited for in moments."""
    monkeypatch.setattr(imap_watcher, "PAUSES", (0.05, 0.1))
    monkeypatch.setattr(imap_watcher, "SETTINGS_SECONDS", 0.1)
    monkeypatch.setattr(mailbox_health, "WRITE_SECONDS", 0.05)


def put(dovecot: Dovecot, address: str, *messages: bytes) -> None:
    """Lay messages into a mailbox, faster than any mail server."""
    folder = dovecot.maildir(address)
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    for path in (folder.parent, folder, *folder.iterdir()):
        shutil.chown(path, KEEPER, KEEPER)
    for message in messages:
        path = folder / "new" / f"{1700000000 + next(_numbers)}.M1P1.test"
        path.write_bytes(message.replace(b"\r\n", b"\n"))
        shutil.chown(path, KEEPER, KEEPER)


def has_taken(box: Mailbox, count: int) -> bool:
    return len(subjects(box)) == count


def is_broken(box: Mailbox, kind: str) -> bool:
    return fresh(box).last_error.startswith(kind)


# What is taken


def test_a_mail_is_taken_to_the_byte_and_then_marked(dovecot: Dovecot, address: str) -> None:
    box = make_mailbox(address, dovecot)
    sent = written("Lien coupé")
    dovecot.deliver(address, sent)
    with running(watch):
        until(lambda: subjects(box))
        until(lambda: dovecot.flags(address) == [TAKEN])
    (mail,) = IncomingMail.objects.all()
    assert raw_of(mail).endswith(sent)
    assert mail.source == "imap"
    assert fresh(box).connected_at is None, "nobody watches it any more"


def test_a_new_mail_is_here_within_a_second(dovecot: Dovecot, address: str) -> None:
    box = make_mailbox(address, dovecot)
    with running(watch):
        until(lambda: is_connected(box))
        took = []
        for number in range(3):
            dovecot.deliver(address, written(f"No {number}"))
            took.append(until(partial(has_taken, box, number + 1)))
        assert min(took) < 1.0


def test_what_was_taken_is_moved_where_the_mailbox_says(dovecot: Dovecot, address: str) -> None:
    box = make_mailbox(address, dovecot, done_folder="Traité & rangé")
    dovecot.deliver(address, written("one"), written("two"))
    with running(watch):
        until(lambda: len(subjects(box)) == 2)
        until(lambda: dovecot.flags(address) == [])
        with dovecot.opened(address, '"Trait&AOk- &- rang&AOk-"') as client:
            assert client.search(None, "SEEN")[1] == [b"1 2"]


def test_what_a_person_has_read_is_taken_all_the_same(dovecot: Dovecot, address: str) -> None:
    box = make_mailbox(address, dovecot)
    dovecot.deliver(address, written("read by somebody"))
    with dovecot.opened(address) as client:
        client.store("1", "+FLAGS", "\\Seen")
    with running(watch):
        until(lambda: subjects(box) == ["read by somebody"])


def test_a_large_mailbox_is_taken_slice_by_slice(
    dovecot: Dovecot, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_watcher, "SLICE", 40)
    box = make_mailbox(address, dovecot)
    put(dovecot, address, *(written(f"No {number}") for number in range(130)))
    with running(watch):
        until(lambda: IncomingMail.objects.filter(mailbox=box).count() == 130)
        until(lambda: is_connected(box) and fresh(box).waiting == 0)
    assert sorted(subjects(box)) == sorted(f"No {number}" for number in range(130))
    assert dovecot.flags(address) == [TAKEN] * 130


def archive(dovecot: Dovecot, address: str, size: int) -> None:
    """Lay so many messages into a mailbox that were taken long ago."""
    folder = dovecot.maildir(address)
    (folder / "dovecot-keywords").write_text("0 $OpaleKept\n", encoding="ascii")
    shutil.chown(folder / "dovecot-keywords", KEEPER, KEEPER)
    one = next((folder / "new").iterdir())
    for _ in range(size):
        os.link(one, folder / "cur" / f"{1700000000 + next(_numbers)}.M1P1.test:2,Sa")


def memory_mb() -> float:
    """Of this process, in which the gateway is a thread."""
    lines = Path("/proc/self/smaps_rollup").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:"))


def test_a_mailbox_of_fifty_thousand_gives_what_waits_oldest_first_in_little_memory(
    dovecot: Dovecot, address: str
) -> None:
    """50,000 that all wait are for bench/mail_sources.py: here 500 do, before and behind others."""
    box, other = make_mailbox(address, dovecot), f"support{next(_addresses)}@opale.test"
    beside = make_mailbox(other, dovecot)
    waiting = [f"No {number}" for number in range(500)]
    put(dovecot, address, *map(written, waiting[:250]))
    archive(dovecot, address, 49_500)
    put(dovecot, address, *map(written, waiting[250:]))
    before, most = memory_mb(), 0.0

    def has_more(least: int) -> bool:
        nonlocal most
        most = max(most, memory_mb())
        return IncomingMail.objects.filter(mailbox=box).count() >= least

    with running(watch):
        until(partial(has_more, 50), 60)
        dovecot.deliver(address, written("meanwhile"))
        dovecot.deliver(other, written("beside"))
        until(lambda: subjects(beside))
        until(partial(has_more, 501), 60)
        until(lambda: is_connected(box) and fresh(box).waiting == 0)
    rows = IncomingMail.objects.filter(mailbox=box).order_by("id")
    assert list(rows.values_list("subject", flat=True)) == [*waiting, "meanwhile"]
    with dovecot.opened(address) as client:
        assert client.search(None, "UNKEYWORD", "$OpaleKept")[1] == [b""]
        assert int(client.select()[1][0] or 0) == 50_001
    assert most - before < 25, "megabytes, of a mailbox of which the names alone are two"


def test_what_is_larger_than_opale_takes_stays_and_is_told(
    dovecot: Dovecot, address: str, settings: pytest.FixtureRequest
) -> None:
    settings.MAIL_LIMIT = 100_000  # type: ignore[attr-defined]  # pytest-django's
    box = make_mailbox(address, dovecot)
    put(dovecot, address, written("heavy", 200_000), written("light"))
    with running(watch):
        until(lambda: subjects(box) == ["light"])
        until(lambda: fresh(box).last_error.startswith("too_large"))
        until(lambda: fresh(box).waiting == 1)
    assert sorted(map(len, dovecot.flags(address))) == [0, 2]


def test_a_mail_that_the_server_cannot_read_holds_back_no_other(
    dovecot: Dovecot, address: str
) -> None:
    box = make_mailbox(address, dovecot)
    put(dovecot, address, *(written(f"No {number}") for number in range(5)))
    torn = sorted((dovecot.maildir(address) / "new").iterdir())[2]
    shutil.chown(torn, "root")
    torn.chmod(0)
    with running(watch):
        until(lambda: len(subjects(box)) == 4)
        until(lambda: fresh(box).last_error.startswith("mail"))
    # Dovecot has moved what it has seen, and wrote flags behind the name.
    (torn,) = dovecot.maildir(address).glob(f"*/{torn.name}*")
    torn.chmod(0o644)
    with running(watch):
        until(lambda: len(subjects(box)) == 5)


# Restarts


def test_a_restart_of_the_server_loses_and_doubles_nothing(dovecot: Dovecot, address: str) -> None:
    box = make_mailbox(address, dovecot)
    with running(watch):
        dovecot.deliver(address, written("before"))
        until(lambda: subjects(box) == ["before"])
        dovecot.stop()
        until(lambda: fresh(box).last_error and not fresh(box).connected_at)
        dovecot.start()
        dovecot.deliver(address, written("after"))
        until(lambda: subjects(box) == ["before", "after"])
        until(lambda: fresh(box).last_error == "")
    assert dovecot.flags(address) == [TAKEN, TAKEN]


def test_a_restart_of_the_gateway_before_the_mark_doubles_nothing(
    dovecot: Dovecot, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = make_mailbox(address, dovecot)
    dovecot.deliver(address, written("once"), written("twice"))
    with monkeypatch.context() as patch:

        async def die(self: MailboxWatcher, *_rest: object) -> None:
            self.ended.set()
            raise ConnectionResetError

        patch.setattr(MailboxWatcher, "_mark", die)
        with running(watch):
            until(lambda: len(subjects(box)) == 2)
    assert dovecot.flags(address) == [set(), set()], "committed, and not yet marked"
    with running(watch):
        until(lambda: dovecot.flags(address) == [TAKEN, TAKEN])
    assert sorted(subjects(box)) == ["once", "twice"]


def test_new_numbers_of_the_server_bring_nothing_twice(dovecot: Dovecot, address: str) -> None:
    box = make_mailbox(address, dovecot)
    with running(watch):
        dovecot.deliver(address, written("old"))
        until(lambda: dovecot.flags(address) == [TAKEN])
    dovecot.stop()
    for path in dovecot.maildir(address).glob("dovecot*"):
        if path.name in {"dovecot-uidlist", "dovecot.index", "dovecot.index.log"}:
            path.unlink()
    dovecot.start()
    with running(watch):
        dovecot.deliver(address, written("new"))
        until(lambda: subjects(box) == ["old", "new"])
    assert IncomingMail.objects.count() == 2


@contextmanager
def database_away() -> Iterator[None]:
    """The server refuses connections to this database, and has cut those that there were."""
    name = connection.settings_dict["NAME"]
    connections.close_all()
    with psycopg.connect(os.environ["OPALE_TEST_SERVER"], autocommit=True) as admin:
        admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'.encode())
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        try:
            yield
        finally:
            admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true'.encode())


def test_while_the_database_is_away_mail_stays_at_the_source(
    dovecot: Dovecot, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = make_mailbox(address, dovecot)
    tried = threading.Semaphore(0)
    put_off = MailboxWatcher._put_off

    async def noticed(self: MailboxWatcher, trouble: Exception) -> None:
        tried.release()
        await put_off(self, trouble)  # type: ignore[arg-type]  # as it is called

    monkeypatch.setattr(MailboxWatcher, "_put_off", noticed)
    with running(watch):
        until(lambda: is_connected(box))
        with database_away():
            dovecot.deliver(address, written("patient"))
            for _ in range(3):
                assert tried.acquire(timeout=30)
            assert dovecot.flags(address) == [set()]
        until(lambda: subjects(box) == ["patient"])
        until(lambda: dovecot.flags(address) == [TAKEN])
        until(lambda: fresh(box).last_error == "")


# One beside the other


@contextmanager
def silent_server() -> Iterator[int]:
    """It takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        yield server.getsockname()[1]


def test_broken_mailboxes_delay_no_other(dovecot: Dovecot, address: str) -> None:
    good = make_mailbox(address, dovecot)
    with silent_server() as silent:
        for number in range(40):
            make_mailbox(f"silent{number}@opale.test", dovecot, port=silent)
        wrong = make_mailbox("wrong@opale.test", dovecot, secret=sealed("wrong"))
        refused = make_mailbox("refused@opale.test", dovecot, port=1)
        nowhere = make_mailbox("nowhere@opale.test", dovecot, host="nowhere.invalid")
        lost = make_mailbox("lost@opale.test", dovecot, login=address, folder="No such")
        unreadable = make_mailbox("key@opale.test", dovecot, secret="not sealed")
        with running(watch):
            until(lambda: is_connected(good))
            dovecot.deliver(address, written("on time"))
            assert until(lambda: subjects(good)) < 5.0
            for box, kind in (
                (wrong, "login"),
                (refused, "refused"),
                (nowhere, "name"),
                (lost, "folder"),
                (unreadable, "secret"),
            ):
                until(partial(is_broken, box, kind))
                assert not fresh(box).connected_at
                assert fresh(box).last_error_at


def test_a_server_that_is_silent_is_given_up(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_client, "CONNECT_WITHIN", 0.2)
    with silent_server() as silent:
        box = make_mailbox("silent@opale.test", dovecot, port=silent)
        with running(watch):
            until(lambda: fresh(box).last_error == "silent")


# Settings


def test_settings_are_followed_while_it_runs(dovecot: Dovecot, address: str) -> None:
    box = make_mailbox(address, dovecot, is_on=False)
    dovecot.deliver(address, written("patient"))
    with running(watch):
        other = f"support{next(_addresses)}@opale.test"
        another = make_mailbox(other, dovecot)
        until(lambda: is_connected(another))
        assert subjects(box) == [], "it is off"
        change(box, is_on=True, secret=sealed("wrong"))
        until(lambda: fresh(box).last_error.startswith("login"))
        change(box, secret=sealed(PASSWORD))
        until(lambda: subjects(box) == ["patient"])
        until(lambda: is_connected(box))
        change(box, is_on=False)
        until(lambda: not fresh(box).connected_at)
        dovecot.deliver(address, written("too late"))
        dovecot.deliver(other, written("a sign"))
        until(lambda: subjects(another) == ["a sign"])
        assert subjects(box) == ["patient"]


def test_the_lag_and_what_waits_are_written(
    dovecot: Dovecot, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap_watcher, "GROUP_MAILS", 5)
    box = make_mailbox(address, dovecot)
    put(dovecot, address, *(written(f"No {number}") for number in range(20)))
    with running(watch):
        until(lambda: is_connected(box) and fresh(box).waiting == 0)
    lag = fresh(box).lag
    assert lag is not None
    assert timedelta() <= lag < timedelta(minutes=1)


# Encryption


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_connections_are_encrypted_and_certificates_checked(
    dovecot: Dovecot, address: str, security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = dovecot.imaps if security == "tls" else dovecot.imap
    box = make_mailbox(address, dovecot, security=security, port=port)
    dovecot.deliver(address, written("sealed"))
    with running(watch):
        until(lambda: fresh(box).last_error.startswith("certificate"))
    assert subjects(box) == []
    monkeypatch.setenv("SSL_CERT_FILE", str(dovecot.certificate))
    imap_client.tls_context.cache_clear()
    try:
        with running(watch):
            until(lambda: subjects(box) == ["sealed"])
        change(box, host="127.0.0.1")
        with running(watch):
            until(lambda: fresh(box).last_error.startswith("certificate"))
    finally:
        imap_client.tls_context.cache_clear()


# Servers that can less


def test_a_server_without_idle_and_move_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_watcher, "POLL_SECONDS", 0.05)
    with running_dovecot("poor@opale.test", more="imap_capability = IMAP4rev1 UIDPLUS\n") as poor:
        box = make_mailbox("poor@opale.test", poor, done_folder="Done")
        with running(watch):
            until(lambda: is_connected(box))
            poor.deliver("poor@opale.test", written("asked for"))
            until(lambda: subjects(box) == ["asked for"])
            until(lambda: poor.flags("poor@opale.test") == [])
