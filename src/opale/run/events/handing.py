"""Calls that are no events: taken one by one in threads of their own, so events never wait."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from django.db import DatabaseError, InterfaceError, OperationalError, connection

from opale.run.events.actions.ingesting import ingest
from opale.run.events.batches import BatchWriter, Outcome
from opale.run.events.ports import Handed, Refused, Reply, Unreadable
from opale.run.events.received import Received, Sender

log = logging.getLogger(__name__)

THREADS: Final = 2
MOST_WAITING: Final = 100

Answering = Callable[[Handed], Reply]


class Hander:
    """A success here means: committed. What cannot be taken is kept aside with its reason."""

    def __init__(self, writer: BatchWriter) -> None:
        self.writer = writer
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="handing")
        self.waiting = 0

    @property
    def full(self) -> bool:
        return self.waiting >= MOST_WAITING

    def hand(self, answering: Answering, sender: Sender, handed: Handed) -> Reply | Outcome:
        try:
            reply = answering(handed)
        except Unreadable as error:
            return self._aside(sender, handed, error.reason)
        except (OperationalError, InterfaceError) as error:
            log.warning("a delivery waits for the database: %s", type(error.__cause__).__name__)
            connection.close()
            return Outcome(unavailable=True)
        except DatabaseError as error:
            # Its words may hold what was refused: a number, a name.
            fault = type(error.__cause__ or error).__name__
            log.error("a delivery of %s was not taken: %s", handed.format, fault)  # noqa: TRY400
            return self._aside(sender, handed, f"It could not be taken: {fault}.")
        except Exception as error:
            log.exception("a delivery of %s was not taken", handed.format)
            return self._aside(sender, handed, f"It could not be taken: {type(error).__name__}.")
        self.writer.heard.take(
            [Received(sender, handed.delivery.received_at, body=handed.delivery.body)]
        )
        return reply

    @staticmethod
    def _aside(sender: Sender, handed: Handed, reason: str) -> Outcome:
        refused = (Refused(reason, handed.delivery.body),)
        try:
            ingest([Received(sender, handed.delivery.received_at, refused=refused)])
        except DatabaseError:
            connection.close()
            return Outcome(unavailable=True)
        return Outcome(refusal=reason)

    def stop(self) -> None:
        """What was begun is ended; what waits was promised nothing."""
        self.threads.shutdown(wait=True, cancel_futures=True)
