"""An IMAP session (RFC 3501, 2177, 4315, 6851), by asyncio.

Every wait has a timeout: a silent server causes a MailboxError, never a stuck mailbox. What is read
from it is bounded, whatever it sends.
"""

import asyncio
import re
import socket
import ssl
from base64 import b64encode
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from opale.messaging.domain.mailbox_errors import MailboxError, to_mailbox_error
from opale.messaging.listeners.imap_protocol import (
    Response,
    decode_answer,
    encode_folder,
    flatten,
    parse_fetch,
    parse_tagged,
    quote_string,
    uid_set,
)

CONNECT_WITHIN = 20.0
ANSWER_WITHIN = 60.0
PIECE = 64 * 1024
"""The buffer of a connection, in bytes."""
LONGEST_LINE = 32 * 1024 * 1024
LONGEST_LITERAL = 64 * 1024 * 1024
KEPT_LINES = 100_000
KEEPALIVE = (("TCP_KEEPIDLE", 120), ("TCP_KEEPINTVL", 30), ("TCP_KEEPCNT", 4))
COUNTED = re.compile(rb"\* (\d+) EXISTS$")
LITERAL = re.compile(rb"\{(\d+)\+?\}$")


@dataclass(frozen=True, slots=True)
class ImapServer:
    host: str
    port: int
    security: str
    """"tls", "starttls" or "none"."""


@dataclass(frozen=True, slots=True)
class FoundMessage:
    """A message on the server, before it is fetched."""

    uid: int
    size: int
    arrived_at: datetime | None


@lru_cache(maxsize=1)
def tls_context() -> ssl.SSLContext:
    """Return the one context for all connections: it holds the certificates of all authorities."""
    return ssl.create_default_context()


class ImapSession:
    """`news`: the server has announced new messages since the last search."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._count = 0
        self._exists = 0
        self.news = False
        self.capabilities: frozenset[str] = frozenset()
        self.keeps_keywords = False
        self.uid_validity = 0

    @classmethod
    async def open(cls, server: ImapServer) -> "ImapSession":
        """Connect, encrypted as configured. Errors: MailboxError."""
        context = tls_context() if server.security == "tls" else None
        try:
            async with asyncio.timeout(CONNECT_WITHIN):
                reader, writer = await asyncio.open_connection(
                    server.host, server.port, ssl=context, limit=PIECE
                )
        except (OSError, UnicodeError) as error:
            raise to_mailbox_error(error) from error
        session = cls(reader, writer)
        try:
            session._keep_alive()
            async with asyncio.timeout(CONNECT_WITHIN):
                await session._greet(server)
        except TimeoutError as error:
            session.abort()
            raise to_mailbox_error(error) from error
        except BaseException:
            session.abort()
            raise
        return session

    async def log_in(self, login: str, password: str) -> None:
        """Log in with a password. Errors: MailboxError("login")."""
        plain = (login + password).isascii() and "LOGINDISABLED" not in self.capabilities
        if plain:
            lines = self._ask(b"LOGIN", quote_string(login), quote_string(password))
            await self._logged_in(*(await lines))
        else:
            await self._authenticate(b"PLAIN", f"\0{login}\0{password}".encode())

    async def log_in_with_token(self, login: str, token: str) -> None:
        """Log in by XOAUTH2. Errors: MailboxError("login")."""
        words = f"user={login}\x01auth=Bearer {token}\x01\x01"
        await self._authenticate(b"XOAUTH2", words.encode())

    async def select(self, folder: str) -> None:
        """Select a folder. Errors: MailboxError("folder"), MailboxError("read_only")."""
        self._exists = 0
        status, text, lines = await self._ask(b"SELECT", encode_folder(folder))
        if status != b"OK":
            raise MailboxError("folder", decode_answer(text))
        if b"[READ-ONLY]" in text.upper():
            raise MailboxError("read_only")
        told = b"\n".join(flatten(line) for line in lines)
        flags = re.search(rb"\[PERMANENTFLAGS \(([^)]*)\)", told, re.IGNORECASE)
        self.keeps_keywords = bool(flags and b"\\*" in flags[1])
        validity = re.search(rb"\[UIDVALIDITY (\d+)\]", told, re.IGNORECASE)
        self.uid_validity = int(validity[1]) if validity else 0
        self.news = False

    async def has_folder(self, folder: str) -> bool:
        status, _text, _lines = await self._ask(b"STATUS", encode_folder(folder), b"(MESSAGES)")
        return status == b"OK"

    async def make_folder(self, folder: str) -> None:
        """Create a folder. Errors: MailboxError("done_folder")."""
        status, text, _lines = await self._ask(b"CREATE", encode_folder(folder))
        if status != b"OK":
            raise MailboxError("done_folder", decode_answer(text))

    async def search(self, *criteria: bytes) -> bytes:
        """Return the numbers (UIDs) of the messages that match, as the server writes them."""
        self.news = False
        lines = await self._must(b"UID SEARCH", *criteria)
        for line in lines:
            if flatten(line).upper().startswith(b"* SEARCH"):
                return flatten(line)[8:].strip()
        return b""

    async def look_at(self, uids: Sequence[int]) -> list[FoundMessage]:
        """Return size and time of arrival of each message that still exists."""
        lines = await self._must(b"UID FETCH", uid_set(uids), b"(UID RFC822.SIZE INTERNALDATE)")
        found = []
        for uid, told in parse_fetch(lines).items():
            size = told.get(b"RFC822.SIZE")
            arrived_at = told.get(b"INTERNALDATE")
            found.append(
                FoundMessage(
                    uid,
                    size if isinstance(size, int) else 0,
                    # Without a zone it is in local time: IMAPClient made it so.
                    arrived_at.astimezone() if isinstance(arrived_at, datetime) else None,
                )
            )
        wanted = set(uids)
        return sorted((one for one in found if one.uid in wanted), key=lambda one: one.uid)

    async def fetch(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Fetch whole messages without marking them as read; those that are gone are left out.

        Errors: MailboxError("mail"), when the server refuses to return them.
        """
        return await self._bodies(uids, b"BODY.PEEK[]", b"BODY[]")

    async def fetch_piece(self, uid: int, begin: int, length: int) -> bytes:
        """Fetch a part of one message; empty behind its end. Errors: MailboxError("mail")."""
        item = b"BODY.PEEK[]<%d.%d>" % (begin, length)
        return (await self._bodies([uid], item, b"BODY[]<%d>" % begin)).get(uid, b"")

    async def flag(self, uids: Sequence[int], *flags: bytes) -> None:
        await self._must(
            b"UID STORE", uid_set(uids), b"+FLAGS.SILENT", b"(" + b" ".join(flags) + b")"
        )

    async def move(self, uids: Sequence[int], folder: str) -> None:
        """Move messages. Without MOVE they are copied first: at worst they are there twice."""
        if "MOVE" in self.capabilities:
            await self._must(b"UID MOVE", uid_set(uids), encode_folder(folder))
            return
        await self._must(b"UID COPY", uid_set(uids), encode_folder(folder))
        await self.flag(uids, b"\\Deleted")
        if "UIDPLUS" in self.capabilities:
            await self._must(b"UID EXPUNGE", uid_set(uids))

    async def wait(self, seconds: float, ended: asyncio.Event) -> None:
        """Idle until the server announces something, `seconds` have passed, or `ended` is set.

        Errors: MailboxError.
        """
        if self.news or ended.is_set():
            return
        tag = self._next_tag()
        await self._send(tag + b" IDLE")
        line = await self._response()
        while flatten(line[0])[:1] != b"+":
            if flatten(line[0]).startswith(tag):
                raise MailboxError("words", decode_answer(flatten(line[0])))
            self._note(line)
            line = await self._response()
        await self._idle(seconds, ended)
        await self._send(b"DONE")
        while not flatten((line := await self._response())[0]).startswith(tag):
            self._note(line)

    async def check(self) -> None:
        """Ask the server for news, for servers that do not announce them."""
        await self._must(b"NOOP")

    async def log_out(self) -> None:
        """Log out, ignoring errors."""
        with suppress(MailboxError, TimeoutError):
            async with asyncio.timeout(2):
                await self._ask(b"LOGOUT")
        self.abort()

    def abort(self) -> None:
        self._writer.transport.abort()

    def _keep_alive(self) -> None:
        """Turn on TCP keep-alive: routers drop connections on which nothing is said."""
        sock: socket.socket | None = self._writer.get_extra_info("socket")
        if sock is None:
            return
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in KEEPALIVE:
            if hasattr(socket, name):  # not on every system
                sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)

    async def _greet(self, server: ImapServer) -> None:
        greeting = flatten((await self._response())[0])
        if greeting[:5].upper() == b"* BYE":
            raise MailboxError("busy", decode_answer(greeting))
        if not greeting.upper().startswith((b"* OK", b"* PREAUTH")):
            raise MailboxError("words", decode_answer(greeting))
        if server.security == "starttls":
            await self._encrypt(server)
        await self._learn_capabilities()

    async def _encrypt(self, server: ImapServer) -> None:
        status, text, _lines = await self._ask(b"STARTTLS")
        if status != b"OK":
            raise MailboxError("tls", decode_answer(text))
        # Data from before the encryption could be forged (CVE-2011-0411).
        if getattr(self._reader, "_buffer", b""):
            raise MailboxError("tls", "words before the encryption")
        try:
            await self._writer.start_tls(tls_context(), server_hostname=server.host)
        except OSError as error:
            raise to_mailbox_error(error) from error

    async def _learn_capabilities(self) -> None:
        for line in await self._must(b"CAPABILITY"):
            words = flatten(line).decode("ascii", "replace").upper().split()
            if words[:2] == ["*", "CAPABILITY"]:
                self.capabilities = frozenset(words[2:])

    async def _authenticate(self, mechanism: bytes, answer: bytes) -> None:
        if f"AUTH={mechanism.decode()}" not in self.capabilities:
            raise MailboxError("login", f"no AUTH={mechanism.decode()}")
        tag, encoded = self._next_tag(), b64encode(answer)
        at_once = "SASL-IR" in self.capabilities
        words = [tag, b"AUTHENTICATE", mechanism, *([encoded] if at_once else [])]
        await self._send(b" ".join(words))
        while not flatten((line := await self._response())[0]).startswith(tag):
            if flatten(line[0])[:1] == b"+":
                # A second challenge describes an error; the protocol wants an empty answer to it.
                await self._send(b"" if at_once else encoded)
                at_once = True
        await self._logged_in(*parse_tagged(flatten(line[0])), [])

    async def _logged_in(self, status: bytes, text: bytes, _lines: object) -> None:
        if status != b"OK":
            raise MailboxError(
                "busy" if b"[UNAVAILABLE]" in text.upper() else "login", decode_answer(text)
            )
        await self._learn_capabilities()

    async def _bodies(self, uids: Sequence[int], item: bytes, told_as: bytes) -> dict[int, bytes]:
        status, text, lines = await self._ask(b"UID FETCH", uid_set(uids), b"(UID " + item + b")")
        if status != b"OK":
            raise MailboxError("mail", decode_answer(text))
        wanted = set(uids)
        return {
            uid: body
            for uid, told in parse_fetch(lines).items()
            if uid in wanted and isinstance(body := told.get(told_as), bytes)
        }

    async def _idle(self, seconds: float, ended: asyncio.Event) -> None:
        listening = asyncio.ensure_future(self._hear())
        ending = asyncio.ensure_future(ended.wait())
        try:
            await asyncio.wait(
                (listening, ending), timeout=seconds, return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            ending.cancel()
            if listening.done():
                listening.result()
            else:
                # Nothing is lost: an incomplete line stays in the buffer.
                listening.cancel()
                with suppress(asyncio.CancelledError):
                    await listening

    async def _hear(self) -> None:
        """Read what the server sends by itself until it announces new messages."""
        while not self.news:
            try:
                line = await self._reader.readuntil(b"\r\n")
            except (OSError, EOFError, asyncio.LimitOverrunError) as error:
                raise MailboxError("lost") from error
            self._note([line.rstrip(b"\r\n")])

    async def _must(self, *words: bytes) -> list[Response]:
        """Send a command. Errors: MailboxError, when the server refuses it."""
        status, text, lines = await self._ask(*words)
        if status != b"OK":
            raise MailboxError("words", decode_answer(text))
        return lines

    async def _ask(self, *words: bytes) -> tuple[bytes, bytes, list[Response]]:
        """Send a command; return its status, its text, and the responses before them."""
        tag = self._next_tag()
        await self._send(b" ".join((tag, *words)))
        told: list[Response] = []
        while True:
            line = await self._response()
            first = flatten(line[0])
            if first.startswith(tag + b" "):
                return *parse_tagged(first), told
            self._note(line)
            told.append(line)
            if len(told) > KEPT_LINES:
                raise MailboxError("words", "an answer without end")

    def _note(self, line: Response) -> None:
        first = flatten(line[0]).upper()
        if told := COUNTED.match(first):
            before, self._exists = self._exists, int(told[1])
            # Some servers repeat it in every answer.
            self.news = self.news or self._exists > before
        elif first.endswith(b" EXPUNGE"):
            self._exists -= 1
        elif first.startswith(b"* BYE"):
            raise MailboxError("lost", decode_answer(first))

    def _next_tag(self) -> bytes:
        self._count += 1
        return b"O%d" % self._count

    async def _send(self, line: bytes) -> None:
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                self._writer.write(line + b"\r\n")
                await self._writer.drain()
        except OSError as error:
            raise to_mailbox_error(error) from error

    async def _response(self) -> Response:
        """Read one response with its literals. Errors: MailboxError."""
        parts: Response = []
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                while True:
                    line = await self._line()
                    literal = LITERAL.search(line)
                    if not literal:
                        parts.append(line)
                        return parts
                    length = int(literal[1])
                    if length > LONGEST_LITERAL:
                        raise MailboxError("words", "a literal without end")
                    parts.append((line, await self._reader.readexactly(length)))
        except (OSError, EOFError) as error:
            raise to_mailbox_error(error) from error

    async def _line(self) -> bytes:
        line = bytearray()
        while not line.endswith(b"\r\n"):
            try:
                line += await self._reader.readuntil(b"\r\n")
            except asyncio.LimitOverrunError as error:
                line += await self._reader.readexactly(error.consumed)
            if len(line) > LONGEST_LINE:
                raise MailboxError("words", "a line without end")
        return bytes(line[:-2])
