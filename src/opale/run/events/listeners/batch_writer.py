"""The writer of batches, whatever happens to the database meanwhile."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from psycopg import errors

from opale.kernel.reconnection import retry_if_disconnected
from opale.run.events.actions.alert_rows import BatchResult
from opale.run.events.actions.ingestion import create_missing_partition, ingest
from opale.run.events.domain.deliveries import UnreadablePart
from opale.run.events.domain.received_deliveries import ReceivedDelivery
from opale.run.events.listeners.usage import UsageCounter
from opale.run.events.queries.enrichment import NAME_CACHE

log = logging.getLogger(__name__)

ATTEMPTS: Final = 6
COLLISIONS: Final = (errors.UniqueViolation, errors.DeadlockDetected, errors.SerializationFailure)
"""Another batch wrote the same alerts at the same moment: no fault of what was delivered."""


@dataclass(frozen=True, slots=True)
class WriteOutcome:
    """The outcome of one delivery: written, or to be sent again, or never to be written.

    `alert_ids` are those of its events where it asked for them.
    """

    unavailable: bool = False
    refusal: str = ""
    alert_ids: tuple[int | None, ...] = ()


class BatchWriter:
    """Writer of batches in threads, each with its own connection. A success means: committed."""

    def __init__(self) -> None:
        self.heard = UsageCounter()

    def write(self, deliveries: Sequence[ReceivedDelivery]) -> list[WriteOutcome]:
        """Write the deliveries; return one outcome for each, in their order."""
        try:
            # Most senders would send it again, but not all of them do.
            written = retry_if_disconnected(lambda: self._written(deliveries))
            self.heard.take(deliveries)
        except (OperationalError, InterfaceError) as error:
            log.warning("events wait for the database: %s", type(error.__cause__).__name__)
            connection.close()
            return [WriteOutcome(unavailable=True) for _ in deliveries]
        except Exception as error:
            # The fault may be one delivery's: try each alone, and keep that one aside.
            if len(deliveries) > 1:
                return [outcome for one in deliveries for outcome in self.write([one])]
            if isinstance(error.__cause__, COLLISIONS):
                log.warning("a delivery waits for others of the same alerts")
                return [WriteOutcome(unavailable=True)]
            log.exception("a delivery was not written")
            return [self._refused(deliveries[0], error)]
        told = written.told
        return [WriteOutcome(alert_ids=told.get(n, ())) for n in range(len(deliveries))]

    def _written(self, deliveries: Sequence[ReceivedDelivery]) -> BatchResult:
        enrich, again = True, False
        for attempt in range(ATTEMPTS):
            try:
                return ingest(deliveries, enrich=enrich, again=again)
            except DatabaseError as error:
                cause = error.__cause__
                if attempt == ATTEMPTS - 1:
                    raise
                if isinstance(cause, errors.ForeignKeyViolation):
                    # An item, a service or a customer was deleted while its name was cached.
                    NAME_CACHE.forget()
                    enrich = attempt < 1
                elif isinstance(cause, errors.CheckViolation) and "partition" in str(cause):
                    for day in {delivery.received_at.date() for delivery in deliveries}:
                        create_missing_partition(day)
                elif isinstance(cause, COLLISIONS):
                    again = True
                else:
                    raise
        raise AssertionError  # the last attempt returns or raises

    def _refused(self, delivery: ReceivedDelivery, error: Exception) -> WriteOutcome:
        """Keep aside a delivery that cannot be written: it would be refused for ever."""
        reason = f"It could not be written: {type(error.__cause__ or error).__name__}."
        whole = b"\n".join(repr(event).encode(errors="replace") for event in delivery.events)
        aside = ReceivedDelivery(
            delivery.sender, delivery.received_at, refused=(UnreadablePart(reason, whole),)
        )
        try:
            ingest([aside])
        except DatabaseError:
            connection.close()
            return WriteOutcome(unavailable=True)
        return WriteOutcome(refusal=reason)
