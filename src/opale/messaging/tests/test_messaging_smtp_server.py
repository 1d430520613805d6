"""Mail servers that hand over: what is answered 250 is committed, all else stays with them."""

import smtplib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError
from tests.mail_servers import NEEDS_MAIL_SERVERS, running_postfix

from opale.environment import BadSetting, address
from opale.messaging.actions.store_incoming import store_mails
from opale.messaging.listeners import batch_writer, smtp_server
from opale.messaging.models import IncomingMail, Mailbox
from opale.messaging.queries.incoming import raw_of
from opale.messaging.tests.gateways import (
    Doors,
    change,
    make_mailbox,
    open_in_a_thread,
    subjects,
    until,
    written,
)

pytestmark = pytest.mark.django_db(transaction=True)
SUPPORT = "support@opale.test"


@pytest.fixture
def doors(monkeypatch: pytest.MonkeyPatch) -> Iterator[Doors]:
    monkeypatch.setattr(smtp_server, "MAILBOXES_CACHED_SECONDS", 0.05)
    with open_in_a_thread() as opened:
        yield opened


@pytest.fixture
def box() -> Mailbox:
    return make_mailbox(SUPPORT)


def answers(client: smtplib.LMTP, count: int) -> list[tuple[int, bytes]]:
    return [client.getreply() for _ in range(count)]


def begin(client: smtplib.SMTP, *recipients: str) -> list[int]:
    """Greeting, sender and recipients; what was answered to each of those."""
    client.ehlo_or_helo_if_needed()
    client.mail("lea@customer.example")
    return [client.rcpt(recipient)[0] for recipient in recipients]


def body_of(message: bytes) -> bytes:
    return message.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def test_what_is_taken_is_there_to_the_byte(doors: Doors, box: Mailbox) -> None:
    sent = written("Lien coupé") + b"..two dots\r\n.one dot\r\n"
    with smtplib.LMTP("127.0.0.1", doors.lmtp, timeout=30) as client:
        client.sendmail("lea@customer.example", [SUPPORT], sent)
        (mail,) = IncomingMail.objects.all()
    assert raw_of(mail) == sent
    assert (mail.source, mail.envelope_from) == ("lmtp", "lea@customer.example")
    assert mail.envelope_to == [SUPPORT]


def test_what_stands_after_a_plus_is_the_mailboxs_own_affair(doors: Doors, box: Mailbox) -> None:
    with smtplib.LMTP("127.0.0.1", doors.lmtp, timeout=30) as client:
        client.sendmail("lea@customer.example", ["Support+t.AbC@Opale.test"], written("tagged"))
    (mail,) = IncomingMail.objects.all()
    assert mail.mailbox == box
    assert mail.envelope_to == ["Support+t.AbC@Opale.test"]


def test_lmtp_answers_for_each_recipient(doors: Doors, box: Mailbox) -> None:
    sales = make_mailbox("sales@opale.test")
    make_mailbox("off@opale.test", is_on=False)
    with smtplib.LMTP("127.0.0.1", doors.lmtp, timeout=30) as client:
        told = begin(
            client, SUPPORT, "nobody@opale.test", "off@opale.test", sales.address, f"Z+{SUPPORT}"
        )
        assert told == [250, 550, 550, 250, 550]
        client.docmd("DATA")
        client.send(body_of(written("for two")))
        assert [code for code, _ in answers(client, 2)] == [250, 250]
        assert client.noop()[0] == 250, "not an answer too many"
    assert sorted(mail.mailbox.address for mail in IncomingMail.objects.all()) == [
        "sales@opale.test",
        SUPPORT,
    ]


def test_smtp_answers_once(doors: Doors, box: Mailbox) -> None:
    make_mailbox("sales@opale.test")
    with smtplib.SMTP("127.0.0.1", doors.smtp, timeout=30) as client:
        assert not client.sendmail("", [SUPPORT, "sales@opale.test"], written("a bounce"))
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            client.sendmail("lea@customer.example", ["else@where.example"], written("relayed"))
    assert {mail.source for mail in IncomingMail.objects.all()} == {"smtp"}
    assert {mail.envelope_from for mail in IncomingMail.objects.all()} == {""}


def test_while_the_database_is_away_the_mail_stays_with_the_server(
    doors: Doors, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_mails: object) -> None:
        raise OperationalError("the server closed the connection")

    with smtplib.LMTP("127.0.0.1", doors.lmtp, timeout=30) as client:
        with monkeypatch.context() as patch:
            patch.setattr(batch_writer, "store_mails", away)
            assert begin(client, SUPPORT) == [250]
            client.docmd("DATA")
            client.send(body_of(written("patient")))
            assert client.getreply()[0] == 451
        with monkeypatch.context() as patch:
            patch.setattr(smtp_server, "_boxes_now", away)
            until(lambda: begin(client, SUPPORT) == [451] or client.rset()[0] != 250)
            client.rset()
        assert subjects(box) == []
        client.sendmail("lea@customer.example", [SUPPORT], written("patient"))
    assert subjects(box) == ["patient"]


def test_one_mail_that_cannot_be_kept_holds_back_no_other(
    doors: Doors, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def picky(mails: Any) -> Any:
        if any(b"poison" in mail.raw for mail in mails):
            raise ValueError("poison")
        return store_mails(mails)

    monkeypatch.setattr(batch_writer, "store_mails", picky)
    codes: dict[str, int] = {}

    def bring(subject: str) -> None:
        with smtplib.LMTP("127.0.0.1", doors.lmtp, timeout=30) as client:
            begin(client, SUPPORT)
            client.docmd("DATA")
            client.send(body_of(written(subject)))
            codes[subject] = client.getreply()[0]

    names = ["poison", *(f"No {number}" for number in range(8))]
    threads = [threading.Thread(target=bring, args=[name]) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes.pop("poison") == 451
    assert set(codes.values()) == {250}
    assert len(subjects(box)) == 8


def test_the_limit_is_told_and_held(doors: Doors, box: Mailbox, settings: Any) -> None:
    settings.MAIL_LIMIT = 100_000
    sales = make_mailbox("sales@opale.test")
    with smtplib.LMTP("127.0.0.1", doors.lmtp, timeout=30) as client:
        client.ehlo()
        assert client.esmtp_features["size"] == "100000"
        assert client.docmd("MAIL FROM:<lea@customer.example> SIZE=100001")[0] == 552
        assert begin(client, SUPPORT, sales.address) == [250, 250]
        client.docmd("DATA")
        # It has no line ends either.
        client.send(b"Subject: long\r\n\r\n" + b"x" * 3_000_000 + b"\r\n.\r\n")
        assert [code for code, _ in answers(client, 2)] == [552, 552]
        client.sendmail("lea@customer.example", [SUPPORT], written("short"))
    assert subjects(box) == ["short"]


def test_a_header_line_of_a_megabyte_is_taken(doors: Doors, box: Mailbox) -> None:
    sent = b"X-Long: " + b"x" * 1_000_000 + b"\r\n" + written("after it")
    with smtplib.LMTP("127.0.0.1", doors.lmtp, timeout=30) as client:
        client.sendmail("lea@customer.example", [SUPPORT], sent)
    (mail,) = IncomingMail.objects.all()
    assert raw_of(mail) == sent


def test_ten_thousand_recipients_in_one_go(doors: Doors, box: Mailbox) -> None:
    """Pipelined: the answers are read after everything was said."""
    count = 10_000
    lines = [b"LHLO test", b"MAIL FROM:<>"]
    lines += [b"RCPT TO:<support+%d@opale.test>" % number for number in range(count)]
    with socket.create_connection(("127.0.0.1", doors.lmtp), 20) as wire:
        reader = wire.makefile("rb")

        def read(lines: int) -> list[bytes]:
            found: list[bytes] = []
            while len(found) < lines:
                line = reader.readline()
                if line[3:4] != b"-":
                    found.append(line[:3])
            return found

        assert read(1) == [b"220"]
        talking = threading.Thread(
            target=wire.sendall, args=[b"\r\n".join([*lines, b"DATA"]) + b"\r\n"]
        )
        talking.start()
        assert set(read(2 + count)) == {b"250"}
        assert read(1) == [b"354"]
        talking.join()
        wire.sendall(body_of(written("for all")))
        assert set(read(count)) == {b"250"}
    (mail,) = IncomingMail.objects.all()
    assert len(mail.envelope_to) == count


def test_a_new_mailbox_is_known_at_once_and_one_switched_off_refused(
    doors: Doors, box: Mailbox
) -> None:
    with smtplib.LMTP("127.0.0.1", doors.lmtp, timeout=30) as client:
        assert begin(client, "new@opale.test") == [550]
        make_mailbox("new@opale.test")
        until(lambda: client.rcpt("new@opale.test")[0] == 250)
        change(box, is_on=False)
        until(lambda: client.rcpt(SUPPORT)[0] == 550)


def test_there_are_not_more_connections_than_places(
    doors: Doors, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp_server, "CONNECTIONS", 1)
    with (
        smtplib.LMTP("127.0.0.1", doors.lmtp, timeout=30),
        pytest.raises(smtplib.SMTPConnectError, match="421"),
    ):
        smtplib.LMTP("127.0.0.1", doors.lmtp, timeout=30)
    with smtplib.LMTP("127.0.0.1", doors.lmtp, timeout=30) as client:
        assert client.noop()[0] == 250


def test_a_connection_cut_in_the_middle_leaves_nothing(doors: Doors, box: Mailbox) -> None:
    client = smtplib.LMTP("127.0.0.1", doors.lmtp, timeout=30)
    begin(client, SUPPORT)
    client.docmd("DATA")
    client.send(written("torn"))
    client.close()
    with smtplib.LMTP("127.0.0.1", doors.lmtp, timeout=30) as another:
        another.sendmail("lea@customer.example", [SUPPORT], written("whole"))
    assert subjects(box) == ["whole"]


@NEEDS_MAIL_SERVERS
def test_postfix_hands_over_and_keeps_what_is_not_taken(
    doors: Doors, box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with running_postfix(doors.lmtp) as postfix:
        with smtplib.SMTP("127.0.0.1", postfix.smtp, timeout=30) as client:
            client.sendmail("lea@customer.example", [SUPPORT], written("by postfix"))
            until(lambda: subjects(box) == ["by postfix"])
            with monkeypatch.context() as patch:
                refused = threading.Event()

                def away(*_mails: object) -> None:
                    refused.set()
                    raise OperationalError("the server closed the connection")

                patch.setattr(batch_writer, "store_mails", away)
                client.sendmail(
                    "lea@customer.example", [f"support+t@{postfix.domain}"], written("2")
                )
                assert refused.wait(8)
        until(lambda: postfix.waiting() == 1)
        postfix.flush()
        until(lambda: len(subjects(box)) == 2, 60)
        until(lambda: postfix.waiting() == 0)
    assert subjects(box) == ["by postfix", "2"]


@pytest.mark.parametrize(
    ("written_so", "means"),
    [("", None), ("127.0.0.1:24", ("127.0.0.1", 24)), ("[::1]:2424", ("::1", 2424))],
)
def test_where_to_listen_is_a_setting(
    monkeypatch: pytest.MonkeyPatch, written_so: str, means: tuple[str, int] | None
) -> None:
    monkeypatch.setenv("OPALE_LMTP_LISTEN", written_so)
    assert address("OPALE_LMTP_LISTEN") == means


@pytest.mark.parametrize(
    "wrong", ["24", "localhost", "host:port", "host:99999", "a@b:24", "h:24/x"]
)
def test_a_place_that_cannot_be_understood_is_no_start(
    monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    monkeypatch.setenv("OPALE_LMTP_LISTEN", wrong)
    with pytest.raises(BadSetting, match="must look like"):
        address("OPALE_LMTP_LISTEN")
