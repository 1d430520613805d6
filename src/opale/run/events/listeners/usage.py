"""Usage counts of integrations: counted in the process, written every few seconds."""

import logging
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import Error, connection

from opale.run.events.actions.usage import HourlyUsage, record_usage
from opale.run.events.domain.received_deliveries import ReceivedDelivery

log = logging.getLogger(__name__)

FLUSH_INTERVAL: Final = timedelta(seconds=20)

Counts = dict[tuple[int, datetime], HourlyUsage]


class UsageCounter:
    """Counter shared by the writing threads. A killed process loses its counts, but no event."""

    def __init__(self) -> None:
        self._noted: dict[int, datetime] = {}
        self._counts: Counts = {}
        self._lock = threading.Lock()

    def take(self, deliveries: Sequence[ReceivedDelivery]) -> None:
        """Count the deliveries, and note the keys whose use was not noted of late."""
        latest = {delivery.sender.key_id: delivery for delivery in deliveries}
        with self._lock:
            for delivery in deliveries:
                self._count(delivery)
            due = [
                delivery
                for key_id, delivery in latest.items()
                if key_id not in self._noted
                or delivery.received_at - self._noted[key_id] >= FLUSH_INTERVAL
            ]
            self._noted |= {delivery.sender.key_id: delivery.received_at for delivery in due}
            counts = self._taken() if due else {}
        if due:
            self._note(due, counts)

    def flush(self) -> None:
        """Write the counts since the last call."""
        with self._lock:
            counts = self._taken()
        if counts:
            self._note((), counts)

    def _count(self, delivery: ReceivedDelivery) -> None:
        hour = delivery.received_at.replace(minute=0, second=0, microsecond=0)
        count = self._counts.setdefault((delivery.sender.integration_id, hour), HourlyUsage())
        count.events += len(delivery.events)
        count.refused += len(delivery.refused)

    def _taken(self) -> Counts:
        taken, self._counts = self._counts, {}
        return taken

    @staticmethod
    def _note(deliveries: Sequence[ReceivedDelivery], counts: Counts) -> None:
        try:
            record_usage(deliveries, counts)
        except Error as error:
            # The events are committed, so their senders must be told of a success.
            log.warning("the use of keys was not noted: %s", type(error.__cause__).__name__)
            connection.close()
