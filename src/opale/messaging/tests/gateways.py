"""The gateway's listeners in a thread of a test, and mailboxes for them."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from itertools import count
from typing import Any

from django.db import connections
from tests.mail_servers import PASSWORD, Dovecot

from opale.kernel import encryption
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.messaging.listeners.batch_writer import BatchWriter
from opale.messaging.listeners.imap_accounts import PURPOSE
from opale.messaging.listeners.smtp_server import LmtpConnection, SmtpConnection, serve
from opale.messaging.listeners.tls_certificate import TlsCertificate
from opale.messaging.models import IncomingMail, Mailbox

_ids = count(1)
Listener = Callable[[asyncio.Event], Awaitable[None]]


def sealed(secret: str) -> str:
    return encryption.encrypt(secret, purpose=PURPOSE)


def make_mailbox(address: str, dovecot: Dovecot | None = None, **given: Any) -> Mailbox:
    """A mailbox; with a dovecot, fetched from it in the clear."""
    wanted: dict[str, Any] = {"name": address, "source": "listener"}
    if dovecot:
        wanted |= {
            "source": "imap",
            "host": "localhost",
            "port": dovecot.imap,
            "security": "none",
            "login": address,
            "secret": sealed(PASSWORD),
        }
    return Mailbox.objects.create(address=address, **(wanted | given))


def change(box: Mailbox, **given: Any) -> None:
    with attributed(system("test")):
        Mailbox.objects.filter(pk=box.pk).update(**given)


def written(subject: str, size: int = 200) -> bytes:
    """A mail as it comes from a mail server; `size` of its text in bytes."""
    mail = EmailMessage()
    mail["From"] = "Léa Martin <lea@customer.example>"
    mail["To"] = "support@opale.test"
    mail["Subject"] = subject
    mail["Message-ID"] = f"<{next(_ids)}.{time.monotonic_ns()}@customer.example>"
    mail["Date"] = "Wed, 25 Nov 2026 10:00:00 +0000"
    mail.set_content("Bonjour, le lien est coupé.\n" + ("x" * 70 + "\n") * (size // 71))
    return mail.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


@contextmanager
def running(*listeners: Listener) -> Iterator[None]:
    """They listen within the block; what ends one of them fails the test."""
    ready, failed = threading.Event(), list[BaseException]()
    ends: list[Callable[[], object]] = []

    async def listen() -> None:
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        ends.append(lambda: loop.call_soon_threadsafe(ended.set))
        ready.set()
        await asyncio.gather(*(listener(ended) for listener in listeners))

    def run() -> None:
        try:
            asyncio.run(listen())
        except BaseException as error:  # noqa: BLE001  # raised where the test ends
            failed.append(error)
        finally:
            ready.set()
            connections.close_all()

    thread = threading.Thread(target=run, name="gateway")
    thread.start()
    ready.wait(5)
    try:
        yield
    finally:
        ends[0]()
        thread.join(20)
    assert not thread.is_alive(), "the gateway did not end"
    if failed:
        raise failed[0]


def until(condition: Callable[[], object], seconds: float = 30.0) -> float:
    """Look often until it holds; how long that took. Never a pause that a test relies on."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"not within {seconds} s"
        time.sleep(0.01)
    return time.monotonic() - began


def subjects(box: Mailbox) -> list[str]:
    return list(
        IncomingMail.objects.filter(mailbox=box).order_by("pk").values_list("subject", flat=True)
    )


def fresh(box: Mailbox) -> Mailbox:
    return Mailbox.objects.get(pk=box.pk)


def is_connected(box: Mailbox) -> bool:
    """Whether it is watched, and has looked once."""
    found = fresh(box)
    return bool(found.connected_at and found.last_success_at)


@dataclass
class Doors:
    """The ports of the mail listeners."""

    lmtp: int
    smtp: int


@contextmanager
def open_in_a_thread(certificate: TlsCertificate | None = None) -> Iterator[Doors]:
    ready = threading.Event()
    opened: list[Doors] = []
    ends: list[Any] = []
    local = ("127.0.0.1", 0)

    async def run() -> None:
        ended = asyncio.Event()
        loop = asyncio.get_running_loop()
        async with (
            BatchWriter.running() as keeper,
            serve(keeper, [(LmtpConnection, local), (SmtpConnection, local)], certificate) as ports,
        ):
            opened.append(Doors(*ports))
            ends.append(lambda: loop.call_soon_threadsafe(ended.set))
            ready.set()
            await ended.wait()

    def begin() -> None:
        asyncio.run(run())
        connections.close_all()

    thread = threading.Thread(target=begin)
    thread.start()
    assert ready.wait(5)
    try:
        yield opened[0]
    finally:
        ends[0]()
        thread.join(20)
