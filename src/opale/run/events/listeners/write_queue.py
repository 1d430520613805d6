"""The queue of deliveries to be written, and its few writers: one transaction for what has come."""

import asyncio
import logging
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from django.db import Error, connection
from prometheus_client import Gauge, Histogram

from opale.run.events.actions import alert_counts, search
from opale.run.events.domain.received_deliveries import ReceivedDelivery
from opale.run.events.listeners.batch_writer import BatchWriter, WriteOutcome
from opale.run.events.listeners.usage import FLUSH_INTERVAL

log = logging.getLogger(__name__)

WRITERS: Final = 2
WINDOW_SECONDS: Final = 0.006
"""How long a batch waits for more after its first event: many senders of one event each then share
a commit, and a single one hardly notices."""
BATCH_EVENTS: Final = 1_000
SECOND_WRITER_EVENTS: Final = 400
"""From so many events on, a second writer is worth its transaction while the first one writes."""
MAX_WAIT_SECONDS: Final = 0.1
"""Fewer events wait for the first writer, but no longer than this: a lock may hold it up."""
STOP_SECONDS: Final = 5.0
MAINTENANCE_SECONDS: Final = 5.0
"""In a storm each batch leaves a row for each service and severity that it hits: counting active
alerts would read more each second. While nothing comes, the minute's jobs are enough."""

WAITING_EVENTS = Gauge(
    "opale_ingest_waiting_events", "Events not written yet", multiprocess_mode="livesum"
)
BATCH_SECONDS = Histogram(
    "opale_ingest_batch_seconds",
    "Time to write one batch",
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1),
)


@dataclass(slots=True)
class QueuedDelivery:
    delivery: ReceivedDelivery
    weight: int
    outcome: asyncio.Future[WriteOutcome]


class WriteQueue:
    """A bounded queue and its writers. `waiting` counts events until they are committed."""

    def __init__(self, writer: BatchWriter) -> None:
        self.writer = writer
        self.waiting = 0
        self._queue: deque[QueuedDelivery] = deque()
        self._queued = 0
        self._writing = 0
        self._written = 0
        self._unread = False
        self._arrived = asyncio.Event()
        self._worth_it = asyncio.Event()
        self._threads = ThreadPoolExecutor(WRITERS, thread_name_prefix="ingest")
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._write_for_ever()) for _ in range(WRITERS)]
        self._tasks.append(asyncio.create_task(self._note_for_ever()))
        self._tasks.append(asyncio.create_task(self._tidy_for_ever()))

    async def stop(self) -> None:
        """Stop, after writing what waits."""
        deadline = asyncio.get_running_loop().time() + STOP_SECONDS
        while self.waiting and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.01)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.to_thread(self._note)
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def written(self, received: ReceivedDelivery, weight: int) -> WriteOutcome:
        """Return the outcome of a delivery that holds so many events, after its commit."""
        if not weight:
            return WriteOutcome()
        waiting = QueuedDelivery(received, weight, asyncio.get_running_loop().create_future())
        self.waiting += weight
        self._queued += weight
        self._queue.append(waiting)
        self._arrived.set()
        if self._queued >= SECOND_WRITER_EVENTS:
            self._worth_it.set()
        return await waiting.outcome

    async def _write_for_ever(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._arrived.wait()
            await asyncio.sleep(WINDOW_SECONDS)
            await self._gather()
            batch = self._next_batch()
            if not batch:
                continue
            WAITING_EVENTS.set(self.waiting)
            deliveries = [waiting.delivery for waiting in batch]
            self._writing += 1
            with BATCH_SECONDS.time():
                outcomes = await loop.run_in_executor(self._threads, self._outcomes, deliveries)
            self._writing -= 1
            if not self._writing:
                self._worth_it.set()
            for waiting, outcome in zip(batch, outcomes, strict=True):
                if not waiting.outcome.done():
                    waiting.outcome.set_result(outcome)
            weight = sum(waiting.weight for waiting in batch)
            self._written += weight
            self.waiting -= weight
            WAITING_EVENTS.set(self.waiting)

    async def _gather(self) -> None:
        """Let a small batch grow while another is written: a commit of one costs as one of many."""
        if self._writing and self._queued < SECOND_WRITER_EVENTS:
            self._worth_it.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._worth_it.wait(), MAX_WAIT_SECONDS)

    def _next_batch(self) -> list[QueuedDelivery]:
        batch: list[QueuedDelivery] = []
        weight = 0
        while self._queue and (not batch or weight + self._queue[0].weight <= BATCH_EVENTS):
            batch.append(self._queue.popleft())
            weight += batch[-1].weight
        self._queued -= weight
        if not self._queue:
            self._arrived.clear()
        return batch

    def _outcomes(self, deliveries: list[ReceivedDelivery]) -> list[WriteOutcome]:
        try:
            return self.writer.write(deliveries)
        except Exception:
            # A fault of ours: no sender is told of a success, and the writers go on.
            log.exception("a batch of %s deliveries was not written", len(deliveries))
            return [WriteOutcome(unavailable=True) for _ in deliveries]

    async def _note_for_ever(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_INTERVAL.total_seconds())
            await asyncio.to_thread(self._note)

    async def _tidy_for_ever(self) -> None:
        while True:
            await asyncio.sleep(MAINTENANCE_SECONDS)
            await self.tidy()

    async def tidy(self) -> None:
        """Do what batches left for later: compact the alert counts, and update the search index."""
        written, self._written = self._written, 0
        if written or self._unread:
            self._unread = not await asyncio.to_thread(self._tidy)

    @staticmethod
    def _tidy() -> bool:
        """Return whether nothing is left to do."""
        try:
            alert_counts.compact_alert_counts()
            return search.update_search_index()
        except Error as error:
            log.warning("what was written was not tidied: %s", type(error.__cause__).__name__)
            return False
        finally:
            connection.close()

    def _note(self) -> None:
        """Write the usage counts, in a pooled thread that keeps no connection."""
        try:
            self.writer.heard.flush()
        finally:
            connection.close()
