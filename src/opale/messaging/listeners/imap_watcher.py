"""Watches the mailboxes that are fetched by IMAP: each in a task of its own, in one process.

A mail is marked at the source only after it is committed here. Nothing else records what was
taken: a restart of either side between the two brings the mail once more, and it is stored once.
Mails that cannot be fetched are skipped, reported, and tried again later.
"""

import asyncio
import logging
import random
import tempfile
import time
from collections.abc import Awaitable, Coroutine, Iterable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from opale.kernel import clock
from opale.kernel.errors import NotFound, Unavailable
from opale.messaging.actions.store_incoming import NewMail
from opale.messaging.domain.mailbox_errors import MailboxError
from opale.messaging.listeners.batch_writer import SMALL_BYTES, BatchWriter, fresh_connection
from opale.messaging.listeners.imap_accounts import ImapAccount, decrypt_secret, watched_accounts
from opale.messaging.listeners.imap_client import FoundMessage, ImapSession
from opale.messaging.listeners.mailbox_health import MailboxHealthWriter
from opale.messaging.listeners.oauth import TokenCache
from opale.messaging.listeners.refresh_tokens import replace_refresh_token
from opale.messaging.states import Login, Route

SLICE = 200
"""Messages looked at together; so many numbers are remembered of a mailbox, whatever its size."""
GROUP_BYTES = 256 * 1024
GROUP_MAILS = 50
PIECE_BYTES = 256 * 1024
"""Three hundred mailboxes may each hold one of these in memory at the same time."""
IDLE_SECONDS = 240.0
"""The longest IDLE: servers end one after 30 minutes, routers drop the connection earlier."""
POLL_SECONDS = 15.0
"""Seconds between two searches, where the server cannot announce new mail."""
SETTINGS_SECONDS = 1.0
"""Seconds within which changed settings of a mailbox take effect."""
ENDS_WITHIN = 5.0
PAUSES = (1.0, 2.0, 5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0)
SUSPECT_PAUSES = (60.0, 300.0, 1800.0)
"""Seconds for which a mail is skipped that ended the session when it was requested."""
SHORT_PAUSES = {"database": 5.0, "lost": 40.0}
"""The longest pause in seconds after errors that end by themselves."""
SKIPPED_ERRORS = {"mail", "too_large"}
"""Errors that concern some mails, and do not end the session."""
KEPT_FLAG = b"$OpaleKept"
"""The keyword of taken mails at the source. It outlives a change of UIDVALIDITY."""
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class WatcherContext:
    """The resources that all watchers share."""

    keeper: BatchWriter
    book: MailboxHealthWriter
    tokens: TokenCache


async def watch(ended: asyncio.Event) -> None:
    """Run as a listener of the gateway: watch the mailboxes that are on, until `ended`."""
    with ThreadPoolExecutor(4, thread_name_prefix="mailboxes") as threads:
        async with BatchWriter.running() as keeper:
            book = MailboxHealthWriter(threads)
            house = WatcherContext(keeper, book, TokenCache(threads, replace_refresh_token))
            writing = asyncio.create_task(book.write_often())
            try:
                await _Watched(house, threads).follow(ended)
            finally:
                writing.cancel()
                with suppress(asyncio.CancelledError):
                    await writing
                await book.write()


class _Watched:
    """The running watchers, by the key of their mailbox."""

    def __init__(self, house: WatcherContext, threads: Executor) -> None:
        self._house, self._threads = house, threads
        self._running: dict[int, tuple[MailboxWatcher, asyncio.Task[None]]] = {}
        self._ending: set[asyncio.Task[None]] = set()

    async def follow(self, ended: asyncio.Event) -> None:
        """Start and stop watchers as the settings change."""
        while not ended.is_set():
            try:
                await self._renew()
            except DatabaseError as error:
                logger.warning("the mailboxes are watched as before: %s", error)
            await _pause(SETTINGS_SECONDS, ended)
        for key in list(self._running):
            self._end(key)
        if self._ending:
            await asyncio.wait(self._ending)

    async def _renew(self) -> None:
        loop = asyncio.get_running_loop()
        wanted = await loop.run_in_executor(self._threads, _accounts_now)
        for key, (watcher, task) in list(self._running.items()):
            if wanted.get(key) != watcher.account:
                self._end(key)
            elif task.done():
                # Unforeseen: logged with its traceback, and started again.
                logger.error("the watcher of %s ended", watcher.account.address)
                self._running.pop(key)
        for place, key in enumerate(sorted(wanted.keys() - self._running.keys())):
            # Spread the logins: three hundred at the same moment are too many.
            watcher = MailboxWatcher(wanted[key], self._house, begins_after=place * 0.01)
            task = asyncio.create_task(watcher.run(), name=wanted[key].address)
            self._running[key] = watcher, task

    def _end(self, key: int) -> None:
        """Let the watcher finish its mail; after a timeout, cancel it."""
        watcher, task = self._running.pop(key)
        watcher.ended.set()
        if not watcher.is_in:
            task.cancel()
        ending = asyncio.create_task(_end_within(task, ENDS_WITHIN))
        self._ending.add(ending)
        ending.add_done_callback(self._ending.discard)


@dataclass(slots=True)
class SuspectMail:
    """A mail at which sessions ended, and until when it is skipped."""

    ends: int = 0
    until: float = 0.0

    def blame(self) -> None:
        self.ends += 1
        if self.ends > 1:
            wait = SUSPECT_PAUSES[min(self.ends - 2, len(SUSPECT_PAUSES) - 1)]
            self.until = time.monotonic() + wait

    @property
    def is_aside(self) -> bool:
        return time.monotonic() < self.until


class MailboxWatcher:
    """The watcher of one mailbox; set `ended` to stop it.

    Some servers end the session when they cannot read a mail. The mails requested then are
    requested one by one the next time, and the one that does it again is skipped for a while.
    """

    def __init__(
        self, account: ImapAccount, house: WatcherContext, *, begins_after: float = 0
    ) -> None:
        self.account = account
        self.ended = asyncio.Event()
        self.is_in = False
        self._house = house
        self._begins_after = begins_after
        self._failures = 0
        self._uid_validity = 0
        self._suspects: dict[int, SuspectMail] = {}

    async def run(self) -> None:
        await _pause(self._begins_after, self.ended)
        try:
            await self._visit_again_and_again()
        finally:
            self._house.book.left(self.account.mailbox_id)

    async def _visit_again_and_again(self) -> None:
        while not self.ended.is_set():
            try:
                await self._visit()
            except MailboxError as trouble:
                await self._put_off(trouble)
            except Exception as error:  # reported and tried again
                # An unforeseen error must neither stop the mailbox nor go unnoticed.
                logger.exception("the mailbox %s", self.account.address)
                await self._put_off(MailboxError("internal", type(error).__name__))

    async def _put_off(self, trouble: MailboxError) -> None:
        if self.ended.is_set():
            return
        logger.warning("the mailbox %s: %s", self.account.address, trouble)
        self._house.book.failed(self.account.mailbox_id, trouble)
        longest = SHORT_PAUSES.get(trouble.kind, PAUSES[-1])
        pause = min(PAUSES[min(self._failures, len(PAUSES) - 1)], longest)
        self._failures += 1
        # Mailboxes that failed together do not reconnect together.
        await _pause(pause * random.uniform(0.7, 1.3), self.ended)  # noqa: S311  # no secret

    async def _visit(self) -> None:
        """Run one session from login to its end, which is an error unless `ended` is set."""
        session = await log_in(self.account, self._house.tokens)
        try:
            await prepare_folder(session, self.account)
            self.is_in = True
            self._house.book.connected(self.account.mailbox_id)
            if session.uid_validity != self._uid_validity:
                self._uid_validity, self._suspects = session.uid_validity, {}
            while not self.ended.is_set():
                try:
                    await self._take_all(session)
                except MailboxError as trouble:
                    if trouble.kind != "database":
                        raise
                    # It is not the server's fault: three hundred logins would not help.
                    await self._put_off(trouble)
                    continue
                self._failures = 0
                if "IDLE" in session.capabilities:
                    await session.wait(IDLE_SECONDS, self.ended)
                else:
                    await _pause(POLL_SECONDS, self.ended)
                    await session.check()
            await session.log_out()
        finally:
            self.is_in = False
            session.abort()

    async def _take_all(self, session: ImapSession) -> None:
        """Take all mails, a slice at a time, until there are none behind the last."""
        mailbox_id, book = self.account.mailbox_id, self._house.book
        behind, lag, left = 0, None, list[MailboxError]()
        while True:
            found = await session.search(*self._wanted(session, behind))
            # The numbers behind the slice are not even read. `n:*` always names the last one.
            uids = [uid for uid in map(int, found.split(maxsplit=SLICE)[:SLICE]) if uid > behind]
            if not uids:
                if session.news:
                    continue
                break
            behind = max(uids)
            messages = await self._look_at(session, uids, left)
            lag = _age(messages)
            if (count := found.count(b" ") + 1) > GROUP_MAILS:
                book.waiting(mailbox_id, count, lag)
            for group in self._groups(messages):
                if self.ended.is_set():
                    return
                left += await self._take(session, group)
        # All others were taken, or are gone.
        self._suspects = {uid: one for uid, one in self._suspects.items() if one.is_aside}
        book.succeeded(mailbox_id, waiting=len(left), lag=lag, left=left[-1] if left else None)

    def _wanted(self, session: ImapSession, behind: int) -> list[bytes]:
        """Return the search: all mails where taken ones are moved, else those without our mark."""
        criteria = [b"UID %d:*" % (behind + 1)] if behind else []
        if self.account.done_folder:
            return [*criteria, b"UNDELETED"]
        mark = b"UNKEYWORD " + KEPT_FLAG if session.keeps_keywords else b"UNSEEN"
        return [*criteria, b"UNDELETED", mark]

    async def _look_at(
        self, session: ImapSession, uids: Sequence[int], left: list[MailboxError]
    ) -> list[FoundMessage]:
        """Return size and time of mails; those that are skipped are added to `left`."""
        messages: list[FoundMessage] = []
        trusted = [uid for uid in uids if uid not in self._suspects]
        if trusted:
            with self._blaming(trusted):
                messages += await session.look_at(trusted)
        for uid in sorted(self._suspects.keys() & set(uids)):
            if self._suspects[uid].is_aside:
                left.append(MailboxError("mail", f"UID {uid}"))
                continue
            with self._blaming([uid]):
                messages += await session.look_at([uid])
        return messages

    @contextmanager
    def _blaming(self, uids: Iterable[int]) -> Iterator[None]:
        """Record the mails as suspects if the session ends within the block."""
        try:
            yield
        except MailboxError as trouble:
            if trouble.kind not in SKIPPED_ERRORS:
                for uid in uids:
                    self._suspects.setdefault(uid, SuspectMail()).blame()
            raise

    def _groups(self, messages: Sequence[FoundMessage]) -> Iterator[list[FoundMessage]]:
        """Yield small mails in groups; then the large ones and the suspects, each alone."""
        group: list[FoundMessage] = []
        size = 0
        alone: list[FoundMessage] = []
        for one in messages:
            if one.size > min(SMALL_BYTES, settings.MAIL_LIMIT) or one.uid in self._suspects:
                alone.append(one)
                continue
            if group and (size + one.size > GROUP_BYTES or len(group) == GROUP_MAILS):
                yield group
                group, size = [], 0
            group.append(one)
            size += one.size
        if group:
            yield group
        yield from ([one] for one in alone)

    async def _take(
        self, session: ImapSession, group: Sequence[FoundMessage]
    ) -> list[MailboxError]:
        """Store the mails of a group and mark them; return the errors of those that stay."""
        if group[0].size > settings.MAIL_LIMIT:
            return [MailboxError("too_large", f"UID {group[0].uid}")]
        try:
            with self._blaming(one.uid for one in group):
                kept, away = await self._keep(session, group)
        except MailboxError as trouble:
            if trouble.kind not in SKIPPED_ERRORS:
                raise
            if len(group) == 1:
                return [trouble]
            # One of them is the cause: each is requested alone.
            return [left for one in group for left in await self._take(session, [one])]
        for one in group:
            self._suspects.pop(one.uid, None)
        if kept:
            await self._mark(session, kept)
        if away:
            raise MailboxError("database")
        return []

    async def _keep(
        self, session: ImapSession, group: Sequence[FoundMessage]
    ) -> tuple[list[int], bool]:
        """Return the numbers of the committed mails, and whether the database refused others.

        Errors: MailboxError.
        """
        keeper = self._house.keeper
        if group[0].size > SMALL_BYTES:
            uid = group[0].uid
            with tempfile.TemporaryFile() as spool:
                begin = 0
                while piece := await session.fetch_piece(uid, begin, PIECE_BYTES):
                    spool.write(piece)
                    begin += len(piece)
                    if begin > settings.MAIL_LIMIT:
                        raise MailboxError("too_large", f"UID {uid}")
                    if len(piece) < PIECE_BYTES:
                        break
                if not begin:  # it is gone
                    return [], False
                return await _committed({uid: keeper.keep_from(spool, self._mail(b""))})
        bodies = await session.fetch([one.uid for one in group])
        return await _committed(
            {uid: keeper.keep(self._mail(raw)) for uid, raw in bodies.items() if raw}
        )

    def _mail(self, raw: bytes) -> NewMail:
        return NewMail(raw, self.account.address, Route.IMAP)

    async def _mark(self, session: ImapSession, uids: Sequence[int]) -> None:
        if self.account.done_folder:
            await session.flag(uids, b"\\Seen")
            await session.move(uids, self.account.done_folder)
        elif session.keeps_keywords:
            await session.flag(uids, b"\\Seen", KEPT_FLAG)
        else:
            await session.flag(uids, b"\\Seen")


async def log_in(account: ImapAccount, tokens: TokenCache) -> ImapSession:
    """Connect and log in. A token that the server rejects is replaced once.

    Errors: MailboxError.
    """
    if account.auth != Login.OAUTH2:
        password = decrypt_secret(account.secret)
        session = await ImapSession.open(account.server)
        await _or_abort(session, session.log_in(account.login, password))
        return session
    token = await tokens.access(account)
    session = await ImapSession.open(account.server)
    try:
        await _or_abort(session, session.log_in_with_token(account.login, token))
    except MailboxError as trouble:
        if trouble.kind != "login":
            raise
        token = await tokens.access(account, anew=True)
        session = await ImapSession.open(account.server)
        await _or_abort(session, session.log_in_with_token(account.login, token))
    return session


async def prepare_folder(session: ImapSession, account: ImapAccount) -> None:
    """Select the folder, and make sure that taken mails can be moved. Errors: MailboxError."""
    if account.done_folder and not await session.has_folder(account.done_folder):
        await session.make_folder(account.done_folder)
    await session.select(account.folder)


async def _or_abort(session: ImapSession, step: Awaitable[None]) -> None:
    try:
        await step
    except BaseException:
        session.abort()
        raise


async def _committed(keeping: dict[int, Coroutine[Any, Any, None]]) -> tuple[list[int], bool]:
    results = await asyncio.gather(*keeping.values(), return_exceptions=True)
    for error in results:
        if error is not None and not isinstance(error, NotFound | Unavailable):
            raise error
    kept = [uid for uid, error in zip(keeping, results, strict=True) if error is None]
    return kept, len(kept) < len(keeping)


def _age(messages: Sequence[FoundMessage]) -> timedelta | None:
    """Return the age of the oldest message at the source."""
    times = [one.arrived_at for one in messages if one.arrived_at]
    return max(clock.now() - min(times), timedelta()) if times else None


def _accounts_now() -> dict[int, ImapAccount]:
    with fresh_connection():
        return watched_accounts()


async def _pause(seconds: float, ended: asyncio.Event) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await ended.wait()


async def _end_within(task: asyncio.Task[None], seconds: float) -> None:
    await asyncio.wait([task], timeout=seconds)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
