"""Recording of each watched mailbox's health, for the page Mail health."""

import asyncio
import logging
from concurrent.futures import Executor
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, transaction

from opale.kernel import clock, live_topics
from opale.messaging.domain.mailbox_errors import MailboxError
from opale.messaging.listeners.batch_writer import fresh_connection
from opale.messaging.models import Mailbox

WRITE_SECONDS = 1.0
"""Seconds between two writes: changes in between are written once."""
MAILBOXES = "messaging.mailboxes"
"""The live topic of the mailboxes and their health."""
logger = logging.getLogger(__name__)


class MailboxHealthWriter:
    """Collects the values to write, by the key of the mailbox."""

    def __init__(self, threads: Executor) -> None:
        self._threads = threads
        self._unwritten: dict[int, dict[str, Any]] = {}

    def connected(self, mailbox_id: int) -> None:
        self._note(mailbox_id, connected_at=clock.now())

    def waiting(self, mailbox_id: int, count: int, lag: timedelta | None) -> None:
        self._note(mailbox_id, waiting=count, lag=lag)

    def succeeded(
        self, mailbox_id: int, *, waiting: int, lag: timedelta | None, left: MailboxError | None
    ) -> None:
        """Record that all was taken but `waiting` mails, with the last error `left`.

        Without a `lag` there was none to measure.
        """
        now = clock.now()
        told: dict[str, Any] = {"last_success_at": now, "waiting": waiting, "last_error": ""}
        if left:
            told |= {"last_error": str(left), "last_error_at": now}
        if lag is not None:
            told["lag"] = lag
        self._note(mailbox_id, **told)

    def failed(self, mailbox_id: int, trouble: MailboxError) -> None:
        told: dict[str, Any] = {"last_error": str(trouble), "last_error_at": clock.now()}
        if trouble.kind != "database":
            told["connected_at"] = None
        self._note(mailbox_id, **told)

    def left(self, mailbox_id: int) -> None:
        """Record that the mailbox is not watched any more."""
        self._note(mailbox_id, connected_at=None)

    async def write_often(self) -> None:
        while True:
            await asyncio.sleep(WRITE_SECONDS)
            await self.write()

    async def write(self) -> None:
        if not self._unwritten:
            return
        now, self._unwritten = self._unwritten, {}
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._threads, _write, now)
        except DatabaseError as error:
            logger.warning("the health of mailboxes is written later: %s", error)
            # Values noted meanwhile are newer.
            self._unwritten = {
                key: now.get(key, {}) | self._unwritten.get(key, {})
                for key in now.keys() | self._unwritten.keys()
            }

    def _note(self, mailbox_id: int, **told: Any) -> None:
        self._unwritten.setdefault(mailbox_id, {}).update(told)


def _write(noted: dict[int, dict[str, Any]]) -> None:
    with fresh_connection(), transaction.atomic():
        for mailbox_id in sorted(noted):
            Mailbox.objects.filter(pk=mailbox_id).update(**noted[mailbox_id])
        live_topics.publish(MAILBOXES)
