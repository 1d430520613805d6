"""Calls that are no events, handled in threads of their own, so that events never wait."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from typing import Final

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from opale.kernel.query_limits import QueryLimits, limited
from opale.run.events.actions.ingestion import ingest
from opale.run.events.domain.deliveries import Reply, ToolCall, Unreadable, UnreadablePart
from opale.run.events.domain.received_deliveries import ReceivedDelivery, Sender
from opale.run.events.listeners.batch_writer import BatchWriter, WriteOutcome

log = logging.getLogger(__name__)

THREADS: Final = 2
MAX_WAITING: Final = 100

CallFunction = Callable[[ToolCall], Reply]


class CallExecutor:
    """Executor of calls. Success means: committed. Failed calls are kept aside with a reason."""

    def __init__(self, writer: BatchWriter) -> None:
        self.writer = writer
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="handing")
        self.waiting = 0

    @property
    def full(self) -> bool:
        return self.waiting >= MAX_WAITING

    def hand(
        self,
        answering: CallFunction,
        sender: Sender,
        handed: ToolCall,
        limits: QueryLimits | None = None,
    ) -> Reply | WriteOutcome:
        try:
            if limits is not None and limits.left:
                return WriteOutcome(unavailable=True)  # nobody waits for it any more
            with limited(limits) if limits else nullcontext():
                reply = answering(handed)
        except Unreadable as error:
            return self._aside(sender, handed, error.reason)
        except (OperationalError, InterfaceError) as error:
            log.warning("a delivery waits for the database: %s", type(error.__cause__).__name__)
            connection.close()
            return WriteOutcome(unavailable=True)
        except DatabaseError as error:
            # The error's message may hold what was refused: a number, a name.
            fault = type(error.__cause__ or error).__name__
            log.error("a delivery of %s was not taken: %s", handed.format, fault)  # noqa: TRY400
            return self._aside(sender, handed, f"It could not be taken: {fault}.")
        except Exception as error:
            log.exception("a delivery of %s was not taken", handed.format)
            return self._aside(sender, handed, f"It could not be taken: {type(error).__name__}.")
        self.writer.heard.take(
            [ReceivedDelivery(sender, handed.delivery.received_at, body=handed.delivery.body)]
        )
        return reply

    @staticmethod
    def _aside(sender: Sender, handed: ToolCall, reason: str) -> WriteOutcome:
        refused = (UnreadablePart(reason, handed.delivery.body),)
        try:
            ingest([ReceivedDelivery(sender, handed.delivery.received_at, refused=refused)])
        except DatabaseError:
            connection.close()
            return WriteOutcome(unavailable=True)
        return WriteOutcome(refusal=reason)

    def stop(self) -> None:
        """Finish the running calls and drop the waiting ones, which were promised nothing."""
        self.threads.shutdown(wait=True, cancel_futures=True)
