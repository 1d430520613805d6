"""STARTTLS at the listeners: offered, required, renewed; with mail programs and with postfix."""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from tests.mail_servers import NEEDS_MAIL_SERVERS, make_certificate, running_postfix
from tests.serving import free_port

from opale.environment import BadSetting
from opale.messaging.listeners.smtp_server import STARTTLS_REQUIRED
from opale.messaging.listeners.tls_certificate import TlsCertificate, load_certificate
from opale.messaging.models import Mailbox
from opale.messaging.tests.gateways import (
    Doors,
    make_mailbox,
    open_in_a_thread,
    subjects,
    until,
    written,
)

SUPPORT = "support@opale.test"
SENDER = "lea@customer.example"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_certificate(tmp_path)
    return tmp_path


@pytest.fixture
def certificate(folder: Path) -> TlsCertificate:
    return TlsCertificate(str(folder / "localhost.pem"), str(folder / "localhost.key"))


@pytest.fixture
def box(transactional_db: None) -> Mailbox:
    return make_mailbox(SUPPORT)


@pytest.fixture
def doors(box: Mailbox, certificate: TlsCertificate) -> Iterator[Doors]:
    with open_in_a_thread(certificate) as opened:
        yield opened


def trusting(folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(folder / "localhost.pem"))


def test_a_mail_program_encrypts_and_delivers(doors: Doors, box: Mailbox, folder: Path) -> None:
    with smtplib.SMTP("localhost", doors.smtp, timeout=30) as client:
        client.ehlo()
        assert client.has_extn("starttls")
        client.starttls(context=trusting(folder))
        client.ehlo()
        assert not client.has_extn("starttls"), "it is not offered twice"
        assert not client.has_extn("auth"), "nobody has a login here"
        client.sendmail(SENDER, [SUPPORT], written("covered"))
        client.sendmail(SENDER, [SUPPORT], written("large and covered", 2_000_000))
    with smtplib.SMTP("localhost", doors.smtp, timeout=30) as client:
        client.sendmail(SENDER, [SUPPORT], written("in the clear"))
    assert subjects(box) == ["covered", "large and covered", "in the clear"]


def test_lmtp_encrypts_too(doors: Doors, box: Mailbox, folder: Path) -> None:
    with smtplib.LMTP("localhost", doors.lmtp, timeout=30) as client:
        client.ehlo()
        assert client.docmd("STARTTLS")[0] == 220
        assert client.sock is not None
        client.sock = trusting(folder).wrap_socket(client.sock, server_hostname="localhost")
        client.file = None
        client.ehlo_resp = None
        client.sendmail(SENDER, [SUPPORT], written("covered"))
    assert subjects(box) == ["covered"]


@pytest.mark.parametrize("kind", [smtplib.SMTP, smtplib.LMTP])
def test_where_it_is_required_nothing_is_taken_in_the_clear(
    doors: Doors, box: Mailbox, folder: Path, kind: type[smtplib.SMTP], settings: Any
) -> None:
    settings.MAIL_TLS_REQUIRED = True
    port = doors.lmtp if kind is smtplib.LMTP else doors.smtp
    with kind("localhost", port) as client:
        client.ehlo()
        assert client.docmd(f"MAIL FROM:<{SENDER}>") == (530, STARTTLS_REQUIRED[4:].encode())
        assert client.docmd(f"RCPT TO:<{SUPPORT}>")[0] == 503
        assert client.docmd("DATA")[0] == 503
        client.starttls(context=trusting(folder))
        client.sendmail(SENDER, [SUPPORT], written("covered"))
    assert subjects(box) == ["covered"]


def answer(wire: socket.socket) -> bytes:
    """All lines of the next answer."""
    told = b""
    while not re.search(rb"^\d{3} .*\r\n\Z", told, re.MULTILINE):
        piece = wire.recv(1000)
        assert piece, "the connection ended"
        told += piece
    return told


def greeted(wire: socket.socket) -> None:
    assert answer(wire).startswith(b"220")
    wire.sendall(b"EHLO test\r\n")
    assert b"250-STARTTLS" in answer(wire)


def test_what_was_said_in_the_clear_does_not_count_behind_it(doors: Doors, folder: Path) -> None:
    """Commands that somebody in between adds to STARTTLS are not heard (CVE-2011-0411)."""
    with socket.create_connection(("localhost", doors.smtp), 10) as wire:
        greeted(wire)
        wire.sendall(b"STARTTLS\r\nMAIL FROM:<eve@elsewhere.example>\r\n")
        assert answer(wire).count(b"\r\n") == 1
        with trusting(folder).wrap_socket(wire, server_hostname="localhost") as covered:
            covered.sendall(b"EHLO test\r\n")
            assert answer(covered).startswith(b"250")
            covered.sendall(f"RCPT TO:<{SUPPORT}>\r\n".encode())
            assert answer(covered).startswith(b"503")


def test_a_handshake_that_fails_harms_no_other(doors: Doors, box: Mailbox, folder: Path) -> None:
    with socket.create_connection(("localhost", doors.smtp), 10) as wire:
        greeted(wire)
        wire.sendall(b"STARTTLS\r\n")
        answer(wire)
        wire.sendall(b"this is no handshake\r\n" * 3)
        with suppress(ConnectionError):
            while wire.recv(1000):
                pass
    with smtplib.SMTP("localhost", doors.smtp, timeout=30) as client:
        client.starttls(context=trusting(folder))
        client.sendmail(SENDER, [SUPPORT], written("after it"))
    assert subjects(box) == ["after it"]


def test_a_renewed_certificate_counts_from_the_next_connection_on(
    doors: Doors, folder: Path
) -> None:
    def shown() -> bytes:
        with smtplib.SMTP("localhost", doors.smtp, timeout=30) as client:
            context = ssl._create_unverified_context()
            client.starttls(context=context)
            assert isinstance(client.sock, ssl.SSLSocket)
            return client.sock.getpeercert(binary_form=True) or b""

    first = shown()
    key = (folder / "localhost.key").read_bytes()
    (folder / "localhost.key").write_bytes(b"half of")
    assert shown() == first, "what is broken does not count"
    (folder / "localhost.key").write_bytes(key)
    assert shown() == first
    make_certificate(folder)
    assert shown() != first


@NEEDS_MAIL_SERVERS
@pytest.mark.parametrize("protocol", ["smtp", "lmtp"])
def test_postfix_hands_over_by_starttls_alone(
    doors: Doors, box: Mailbox, folder: Path, protocol: str, settings: Any
) -> None:
    """It insists (encrypt), and so do we; a door without a certificate gets nothing from it."""
    settings.MAIL_TLS_REQUIRED = True
    port = doors.lmtp if protocol == "lmtp" else doors.smtp
    more = (
        f"virtual_transport = {protocol}:[127.0.0.1]:{port}\n"
        f"{protocol}_tls_security_level = encrypt\n{protocol}_tls_loglevel = 1\n"
    )
    with running_postfix(free_port(), more=more) as postfix:
        with smtplib.SMTP("127.0.0.1", postfix.smtp, timeout=30) as client:
            client.sendmail(SENDER, [SUPPORT], written("by postfix"))
        until(lambda: subjects(box) == ["by postfix"], 20)
        until(lambda: postfix.waiting() == 0)
        told = (postfix.folder / "mail.log").read_text()
    assert "TLS connection established" in told


@NEEDS_MAIL_SERVERS
def test_a_postfix_that_insists_keeps_its_mail_where_nothing_is_offered(box: Mailbox) -> None:
    with open_in_a_thread() as doors:
        more = (
            f"virtual_transport = smtp:[127.0.0.1]:{doors.smtp}\nsmtp_tls_security_level = encrypt"
        )
        with running_postfix(free_port(), more=more) as postfix:
            with smtplib.SMTP("127.0.0.1", postfix.smtp, timeout=30) as client:
                client.sendmail(SENDER, [SUPPORT], written("by postfix"))
            log = postfix.folder / "mail.log"
            until(lambda: "TLS is required, but was not offered" in log.read_text(), 20)
            assert postfix.waiting() == 1
    assert subjects(box) == []


def test_what_cannot_be_used_is_no_start(folder: Path, settings: Any) -> None:
    settings.MAIL_TLS_CERTIFICATE, settings.MAIL_TLS_KEY = "", ""
    assert load_certificate() is None
    settings.MAIL_TLS_REQUIRED = True
    with pytest.raises(BadSetting, match="needs OPALE_MAIL_TLS_CERTIFICATE"):
        load_certificate()
    settings.MAIL_TLS_CERTIFICATE = str(folder / "missing.pem")
    with pytest.raises(BadSetting, match="cannot be used"):
        load_certificate()
    settings.MAIL_TLS_CERTIFICATE = str(folder / "localhost.pem")
    with pytest.raises(BadSetting, match="cannot be used"):  # no key in it
        load_certificate()
    both = folder / "both.pem"
    both.write_bytes(
        (folder / "localhost.key").read_bytes() + (folder / "localhost.pem").read_bytes()
    )
    settings.MAIL_TLS_CERTIFICATE = str(both)
    assert load_certificate() is not None
