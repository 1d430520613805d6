"""Server for mail servers that deliver: LMTP (RFC 2033) for a local one, SMTP (RFC 5321).

Nothing is relayed: a recipient is a mailbox of ours, or refused. A mail that was not committed is
answered with 451, so that the sender keeps it. A mail is written to disk while it arrives, so that
many mails at once do not fill the memory.
"""

import asyncio
import logging
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import IO, Any

from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session, TLSSetupException, syntax
from django.conf import settings
from django.db import DatabaseError

from opale.kernel.errors import NotFound, Unavailable
from opale.messaging.actions.store_incoming import NewMail
from opale.messaging.listeners.batch_writer import RETRY_AFTER, BatchWriter, fresh_connection
from opale.messaging.listeners.tls_certificate import TlsCertificate, load_certificate
from opale.messaging.models import Mailbox
from opale.messaging.states import Route

CONNECTIONS = 200
LINE_BYTES = 64 * 1024
"""Bytes read at once: longer lines are read in pieces, whatever their length."""
IN_MEMORY = 256 * 1024
MAILBOXES_CACHED_SECONDS = 1.0
"""Seconds for which the addresses of the mailboxes are cached."""
IDLE_TIMEOUT_SECONDS = 300.0
TAKEN = "250 2.0.0 Kept"
LATER = "451 4.3.0 Not now, please try again"
UNKNOWN = "550 5.1.1 No such mailbox here"
OFF = "550 5.2.1 This mailbox takes no mail now"
STARTTLS_REQUIRED = "530 5.7.0 Must issue a STARTTLS command first"
TOO_LARGE = "552 5.3.4 Larger than this server takes"
logger = logging.getLogger(__name__)


async def listen(ended: asyncio.Event) -> None:
    """Run as a listener of the gateway, where the settings name an address."""
    wanted = [
        (door, address)
        for door, address in (
            (LmtpConnection, settings.LMTP_LISTEN),
            (SmtpConnection, settings.SMTP_LISTEN),
        )
        if address
    ]
    certificate = load_certificate()
    async with BatchWriter.running() as keeper, serve(keeper, wanted, certificate):
        await ended.wait()


@asynccontextmanager
async def serve(
    keeper: BatchWriter,
    wanted: Sequence[tuple[type["MailConnection"], tuple[str, int]]],
    certificate: TlsCertificate | None = None,
) -> AsyncIterator[list[int]]:
    """Listen within the block; yield the ports."""
    loop = asyncio.get_running_loop()
    with ThreadPoolExecutor(1, thread_name_prefix="addresses") as threads:
        porter = MailReceiver(keeper, threads, certificate)
        servers = [
            await loop.create_server(porter.door(door), host, port) for door, (host, port) in wanted
        ]
        try:
            yield [server.sockets[0].getsockname()[1] for server in servers]
        finally:
            for server in servers:
                server.close()
            porter.close()


class MailReceiver:
    """Handler of aiosmtpd: knows the mailboxes, and limits the number of connections."""

    def __init__(
        self, keeper: BatchWriter, threads: Executor, certificate: TlsCertificate | None = None
    ) -> None:
        self._keeper, self._threads, self.certificate = keeper, threads, certificate
        self._boxes: dict[str, bool] = {}
        self._known_until = 0.0
        self._asking = asyncio.Lock()
        self.inside: set[MailConnection] = set()

    def door(self, kind: type["MailConnection"]) -> Any:
        """Return the factory of the protocol for each connection."""

        def enter() -> asyncio.Protocol:
            if len(self.inside) >= CONNECTIONS:
                return _Full()
            return kind(self)

        return enter

    def close(self) -> None:
        for door in list(self.inside):
            if door.transport:
                door.transport.close()

    async def handle_EHLO(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, name: str, told: list[str]
    ) -> list[str]:
        session.host_name = name
        # Behind STARTTLS aiosmtpd would offer a login, which does not exist here.
        *told, last = (line for line in told if not line.startswith("250-AUTH"))
        return [*told, "250-PIPELINING", "250-ENHANCEDSTATUSCODES", last]

    async def handle_MAIL(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        # Not aiosmtpd's own refusal: it does not know LHLO.
        if settings.MAIL_TLS_REQUIRED and session.ssl is None:
            return STARTTLS_REQUIRED
        envelope.mail_from = address
        return "250 2.1.0 OK"

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        try:
            box = await self.mailbox_of(address)
        except Unavailable:
            return LATER
        if box is None:
            return UNKNOWN
        if not self._boxes[box]:
            return OFF
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_exception(self, error: Exception) -> str:
        if isinstance(error, TLSSetupException):
            logger.warning("a mail server began STARTTLS in vain: %s", error.__cause__)
            return LATER
        logger.error("a mail server was not answered as it should be", exc_info=error)
        return LATER

    async def mailbox_of(self, address: str) -> str | None:
        """Return the mailbox's address for an address, ignoring the part after a "+".

        Errors: Unavailable.
        """
        await self._know()
        plain = address.strip().strip("<>").lower()
        local, _at, domain = plain.rpartition("@")
        base = f"{local.partition('+')[0]}@{domain}"
        return next((one for one in (plain, base) if one in self._boxes), None)

    async def take(self, envelope: Envelope, spool: IO[bytes], route: str) -> list[str]:
        """Store the mail once for each mailbox; return an answer for each recipient, in order."""
        sender = (envelope.mail_from or "").strip("<>")
        boxes: dict[str, list[str]] = {}
        of: dict[str, str | None] = {}
        for address in envelope.rcpt_tos:
            try:
                of[address] = box = await self.mailbox_of(address)
            except Unavailable:
                return [LATER] * len(envelope.rcpt_tos)
            if box:
                boxes.setdefault(box, []).append(address)
        answers: dict[str | None, str] = {None: UNKNOWN}
        for box, addresses in boxes.items():
            mail = NewMail(b"", box, route, sender, tuple(dict.fromkeys(addresses)))
            try:
                await self._keeper.keep_from(spool, mail)
            except NotFound:
                answers[box] = UNKNOWN
            except Unavailable:
                answers[box] = LATER
            else:
                answers[box] = TAKEN
        return [answers[of[address]] for address in envelope.rcpt_tos]

    async def _know(self) -> None:
        async with self._asking:
            if time.monotonic() < self._known_until:
                return
            loop = asyncio.get_running_loop()
            try:
                self._boxes = await loop.run_in_executor(self._threads, _boxes_now)
            except DatabaseError as error:
                raise Unavailable(retry_after=RETRY_AFTER) from error
            self._known_until = time.monotonic() + MAILBOXES_CACHED_SECONDS


class MailConnection(SMTP):
    """One connection. Answers for each recipient, or for all of them together."""

    line_length_limit = LINE_BYTES
    route: str
    answers_each: bool
    _porter: MailReceiver

    def __init__(self, porter: MailReceiver) -> None:
        super().__init__(
            porter,
            data_size_limit=settings.MAIL_LIMIT,
            enable_SMTPUTF8=True,
            hostname=settings.MAIL_HOSTNAME,
            ident="Opale",
            timeout=IDLE_TIMEOUT_SECONDS,
            tls_context=porter.certificate.context() if porter.certificate else None,
            auth_exclude_mechanism=("LOGIN", "PLAIN"),
            loop=asyncio.get_running_loop(),
        )
        self._porter = porter

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._porter.inside.add(self)
        super().connection_made(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._porter.inside.discard(self)
        super().connection_lost(error)

    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  # aiosmtpd's name
        """Receive a mail: aiosmtpd's own keeps it in memory, and accepts lines without end."""
        if await self.check_helo_needed():
            return
        envelope = self.envelope
        if envelope is None or not envelope.rcpt_tos:
            await self.push("503 5.5.1 Error: need RCPT command")
            return
        if arg:
            await self.push("501 5.5.4 Syntax: DATA")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as spool:
            if await self._read_into(spool):
                answers = await self._porter.take(envelope, spool, self.route)
            else:
                answers = [TOO_LARGE] * len(envelope.rcpt_tos)
        self.envelope = self._create_envelope()
        # If one mailbox fails, the mail comes again to all: the others store it once.
        told = answers if self.answers_each else [max(answers, key=_weight)]
        await self.push("\r\n".join(told))

    async def _read_into(self, spool: IO[bytes]) -> bool:
        """Read up to the lone dot; return whether the mail was within the size limit."""
        size, begins = 0, True
        while True:
            try:
                piece = await self._reader.readuntil(b"\r\n")
            except asyncio.LimitOverrunError as error:
                piece = await self._reader.read(error.consumed)
            if begins and piece == b".\r\n":
                return size <= settings.MAIL_LIMIT
            if begins and piece.startswith(b"."):
                piece = piece[1:]
            begins = piece.endswith(b"\r\n")
            if (size + len(piece)) // LINE_BYTES > size // LINE_BYTES:
                self._reset_timeout()
            size += len(piece)
            if size <= settings.MAIL_LIMIT:
                spool.write(piece)
            else:
                spool.truncate(0)


class SmtpConnection(MailConnection):
    route = Route.SMTP
    answers_each = False


class LmtpConnection(MailConnection, LMTP):
    route = Route.LMTP
    answers_each = True


class _Full(asyncio.Protocol):
    """Protocol that refuses a connection beyond the limit with "come again later"."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.WriteTransport):
            transport.write(b"421 4.3.2 Too many connections\r\n")
        transport.close()


def _weight(answer: str) -> int:
    """Return the rank of an answer: "try again" outranks "refused", which outranks "stored"."""
    return {"2": 0, "5": 1, "4": 2}[answer[0]]


def _boxes_now() -> dict[str, bool]:
    """Return each mailbox's address, and whether it is on."""
    with fresh_connection():
        return dict(Mailbox.objects.values_list("address", "is_on"))
