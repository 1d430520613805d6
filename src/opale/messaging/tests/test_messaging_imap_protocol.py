"""What an IMAP server may say, and what none should: read as it stands, and never without end."""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from opale.messaging.domain.mailbox_errors import MailboxError
from opale.messaging.listeners import imap_client
from opale.messaging.listeners.imap_client import ImapServer, ImapSession

Answers = dict[bytes, bytes]
GREETING = b"* OK ready\r\n"


async def talk(
    answers: Answers,
    act: Callable[[ImapSession], Awaitable[Any]],
    *,
    greeting: bytes = GREETING,
    security: str = "none",
) -> tuple[Any, list[bytes]]:
    """What the act gives, and what the server heard. `%T` in an answer is the tag."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        while line := (await reader.readline()).rstrip(b"\r\n"):
            heard.append(line)
            tag, _space, command = line.partition(b" ")
            told = next((told for start, told in answers.items() if command.startswith(start)), b"")
            if command == b"CAPABILITY" and not told:
                told = b"* CAPABILITY IMAP4rev1\r\n%T OK done\r\n"
            writer.write((told or b"%T OK done\r\n").replace(b"%T", tag))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        session = await ImapSession.open(ImapServer("127.0.0.1", port, security))
        try:
            return await act(session), heard
        finally:
            session.abort()
    finally:
        server.close()


def told(answers: Answers, act: Callable[[ImapSession], Awaitable[Any]], **more: Any) -> Any:
    return asyncio.run(talk(answers, act, **more))[0]


@contextmanager
def trouble(kind: str) -> Iterator[None]:
    with pytest.raises(MailboxError) as found:
        yield
    assert found.value.kind == kind


async def select(session: ImapSession) -> ImapSession:
    await session.select("INBOX")
    return session


@pytest.mark.parametrize(
    ("flags", "keeps"),
    [(rb"(\Seen \Deleted \*)", True), (rb"(\Seen \Deleted)", False), (rb"()", False)],
)
def test_whether_a_server_keeps_our_mark_is_known(flags: bytes, keeps: bool) -> None:
    words = (
        b"* 3 EXISTS\r\n* OK [PERMANENTFLAGS " + flags + b"] these\r\n* OK [UIDVALIDITY 7] ok\r\n"
    )
    session = told({b"SELECT": words + b"%T OK [READ-WRITE] done\r\n"}, select)
    assert session.keeps_keywords is keeps
    assert session.uid_validity == 7
    assert not session.news


def test_a_folder_that_can_only_be_read_is_told() -> None:
    with trouble("read_only"):
        told({b"SELECT": b"%T OK [READ-ONLY] done\r\n"}, select)


def test_a_number_that_is_repeated_is_no_news() -> None:
    async def search(session: ImapSession) -> list[bool]:
        await session.select("INBOX")
        await session.search(b"ALL")
        first = session.news
        await session.check()
        return [first, session.news]

    answers = {
        b"SELECT": b"* 3 EXISTS\r\n%T OK done\r\n",
        b"UID SEARCH": b"* 3 EXISTS\r\n* SEARCH 1 2\r\n%T OK done\r\n",
        b"NOOP": b"* 2 EXPUNGE\r\n* 3 EXISTS\r\n%T OK done\r\n",
    }
    assert told(answers, search) == [False, True]


@pytest.mark.parametrize(
    ("body", "taken"),
    [
        (b"{5}\r\nwords", b"words"),
        (b'"words"', b"words"),
        (b"{0}\r\n", b""),
        (b"NIL", None),
        (b"{11}\r\nA\r\n%T OK (}", b"A\r\n%T OK (}"),
    ],
)
def test_bodies_are_read_however_they_are_written(body: bytes, taken: bytes | None) -> None:
    # Lines about other messages may stand between.
    lines = b"* 9 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (UID 42 BODY[] " + body + b")\r\n"
    answers = {b"UID FETCH": lines.replace(b"%T", b"O2") + b"%T OK done\r\n"}
    found = told(answers, lambda session: session.fetch([42]))
    assert found == ({} if taken is None else {42: taken.replace(b"%T", b"O2")})


def test_size_and_arrival_are_read() -> None:
    line = (
        b'* 1 FETCH (RFC822.SIZE 300 UID 5 INTERNALDATE "25-Nov-2026 18:00:00 +0100")\r\n'
        b"* 7 FETCH (UID 99 RFC822.SIZE 1 FLAGS ())\r\n%T OK done\r\n"
    )
    (found,) = told({b"UID FETCH": line}, lambda session: session.look_at([5]))
    assert (found.uid, found.size) == (5, 300)
    assert found.arrived_at.isoformat() == "2026-11-25T18:00:00+01:00" or (
        found.arrived_at.utctimetuple()[3:5] == (17, 0)
    )


def test_a_message_that_is_refused_is_told_apart() -> None:
    with trouble("mail"):
        told({b"UID FETCH": b"%T NO [SERVERBUG] torn\r\n"}, lambda session: session.fetch([1]))


@pytest.mark.parametrize(
    ("name", "limit", "answer"),
    [
        ("LONGEST_LINE", 100_000, b"* SEARCH " + b"1 " * 200_000),
        ("LONGEST_LITERAL", 1000, b"* 1 FETCH (UID 1 BODY[] {99999999999}\r\n"),
        ("KEPT_LINES", 50, b"* 1 RECENT\r\n" * 60),
    ],
)
def test_no_answer_is_without_end(
    monkeypatch: pytest.MonkeyPatch, name: str, limit: int, answer: bytes
) -> None:
    monkeypatch.setattr(imap_client, name, limit)
    with trouble("words"):
        told({b"UID SEARCH": answer}, lambda session: session.search(b"ALL"))


@pytest.mark.parametrize(
    ("greeting", "kind"),
    [
        (b"220 mail.example ESMTP\r\n", "words"),
        (b"HTTP/1.1 400 Bad Request\r\n", "words"),
        (b"* BYE too many connections\r\n", "busy"),
    ],
)
def test_a_greeting_that_is_none_is_told(greeting: bytes, kind: str) -> None:
    with trouble(kind):
        told({}, select, greeting=greeting)


def test_words_before_the_encryption_are_not_believed() -> None:
    answers = {b"STARTTLS": b"%T OK begin\r\n* PREAUTH you are in\r\n"}
    with trouble("tls"):
        told(answers, select, security="starttls")


def test_a_server_without_encryption_is_told_nothing() -> None:
    with trouble("tls"):
        told({b"STARTTLS": b"%T BAD what?\r\n"}, select, security="starttls")


def test_passwords_are_handed_over_whole() -> None:
    log_in = lambda session: session.log_in("léa", 'a "b" \\c')  # noqa: E731  # short
    answers = {
        b"CAPABILITY": b"* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR\r\n%T OK done\r\n",
        b"AUTHENTICATE": b"%T OK in\r\n",
    }
    _nothing, heard = asyncio.run(talk(answers, log_in))
    encoded = b64encode('\0léa\0a "b" \\c'.encode())
    assert b"O2 AUTHENTICATE PLAIN " + encoded in heard
    ascii_only = lambda session: session.log_in("lea", 'a "b" \\c')  # noqa: E731  # short
    _nothing, heard = asyncio.run(talk({}, ascii_only))
    assert b'O2 LOGIN "lea" "a \\"b\\" \\\\c"' in heard


def test_no_line_break_gets_into_a_command() -> None:
    with trouble("login"):
        told({}, lambda session: session.log_in("lea", "a\r\nO9 DELETE INBOX"))


def test_a_server_that_has_no_time_is_not_a_wrong_password() -> None:
    with trouble("busy"):
        told(
            {b"LOGIN": b"%T NO [UNAVAILABLE] later\r\n"},
            lambda session: session.log_in("lea", "secret"),
        )
