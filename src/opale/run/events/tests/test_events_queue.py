"""What waits to be written is bounded: whoever comes when it is full is told to come back."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest

from opale.kernel.asgi import Message
from opale.run.events.actions import alert_counts, search
from opale.run.events.domain.received_deliveries import ReceivedDelivery, Sender
from opale.run.events.listeners import write_queue as writers_of
from opale.run.events.listeners.batch_writer import BatchWriter, WriteOutcome
from opale.run.events.listeners.ingest import IngestApplication
from opale.run.events.listeners.write_queue import WriteQueue
from opale.run.events.tests.builders import at, fires
from opale.run.events.tests.test_events_listener import webhook

LIMIT = 3


@dataclass
class Call:
    """One delivery of so many alerts: whether its body was read, and what it was answered."""

    ingest: IngestApplication
    alerts: int
    was_read: bool = False
    said: list[Message] = field(default_factory=list)

    async def run(self) -> "Call":
        scope = {
            "path": "/ingest/alertmanager/key",
            "method": "POST",
            "query_string": b"",
            "headers": [(b"content-type", b"application/json")],
        }
        await self.ingest(scope, self._receive, self._send)
        return self

    @property
    def status(self) -> int:
        return int(self.said[0]["status"])

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self.said[0]["headers"])

    async def _receive(self) -> Message:
        self.was_read = True
        names = [f"a{number}" for number in range(self.alerts)]
        return {"type": "http.request", "body": json.dumps(webhook(*names)).encode()}

    async def _send(self, message: Message) -> None:
        self.said.append(message)


@asynccontextmanager
async def nobody_writes(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[IngestApplication]:
    """A listener whose writers have not begun: what it takes waits."""
    ingest = IngestApplication(queue_limit=LIMIT, body_limit=1 << 20)

    async def known(key: str) -> Sender:
        return Sender(1, "monitoring", "alertmanager", 1)

    monkeypatch.setattr(ingest.keys, "sender", known)
    yield ingest
    ingest.keys.stop()
    ingest.hander.stop()


async def waits(ingest: IngestApplication, alerts: int) -> "asyncio.Task[Call]":
    """A delivery that is in the queue."""
    before = ingest.writers.waiting
    task = asyncio.create_task(Call(ingest, alerts).run())
    while ingest.writers.waiting == before:
        await asyncio.sleep(0)
        assert not task.done()
    return task


def test_a_full_queue_says_when_to_come_back_and_reads_no_body(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story() -> None:
        async with nobody_writes(monkeypatch) as ingest:
            taken = [await waits(ingest, 2)]
            over = await Call(ingest, 2).run()
            assert (over.status, over.headers[b"retry-after"]) == (503, b"2")
            taken.append(await waits(ingest, 1))
            assert ingest.writers.waiting == LIMIT
            full = await Call(ingest, 1).run()
            assert (full.status, full.headers[b"retry-after"], full.was_read) == (503, b"2", False)
            assert not any(task.done() for task in taken)
            for task in taken:
                task.cancel()

    asyncio.run(story())


def test_what_is_larger_than_the_queue_is_taken_when_nothing_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story() -> None:
        async with nobody_writes(monkeypatch) as ingest:
            task = await waits(ingest, LIMIT + 2)
            assert (await Call(ingest, 1).run()).status == 503
            task.cancel()

    asyncio.run(story())


def test_who_is_stopping_takes_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story() -> None:
        async with nobody_writes(monkeypatch) as ingest:
            ingest.stopping = True
            late = await Call(ingest, 1).run()
            assert (late.status, late.was_read) == (503, False)

    asyncio.run(story())


class Quick(BatchWriter):
    """Writes nothing, and says that it has."""

    def write(self, deliveries: Sequence[ReceivedDelivery]) -> list[WriteOutcome]:
        return [WriteOutcome() for _delivery in deliveries]


class Held(BatchWriter):
    """The first batch takes until it is told to end."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[int] = []
        self.end = threading.Event()

    def write(self, deliveries: Sequence[ReceivedDelivery]) -> list[WriteOutcome]:
        self.batches.append(len(deliveries))
        if len(self.batches) == 1:
            assert self.end.wait(20)
        return [WriteOutcome() for _delivery in deliveries]


def test_a_second_batch_begins_beside_the_first_when_enough_have_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(writers_of, "MAX_WAIT_SECONDS", 60.0)
    monkeypatch.setattr(writers_of, "SECOND_WRITER_EVENTS", 3)
    held = Held()
    one = ReceivedDelivery(Sender(1, "monitoring", "alertmanager", 1), at(0), (fires(0),))

    async def story() -> None:
        writers = WriteQueue(held)
        writers.start()
        first = asyncio.create_task(writers.written(one, 1))
        async with asyncio.timeout(10):
            while not held.batches:
                await asyncio.sleep(0.001)
            few = asyncio.create_task(writers.written(one, 1))
            with pytest.raises(TimeoutError):  # one alone waits for the first to end
                await asyncio.wait_for(asyncio.shield(few), 0.1)
            rest = [asyncio.create_task(writers.written(one, 1)) for _ in range(2)]
            await asyncio.gather(few, *rest)
        assert (first.done(), held.batches) == (False, [1, 3])
        held.end.set()
        assert await first == WriteOutcome()
        await writers.stop()

    asyncio.run(story())


def test_what_batches_leave_is_tidied_where_events_came_until_all_words_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done: list[str] = []
    left = [2]

    def read() -> bool:
        done.append("read")
        left[0] -= 1
        return not left[0]

    monkeypatch.setattr(alert_counts, "compact_alert_counts", lambda: done.append("added"))
    monkeypatch.setattr(search, "update_search_index", read)

    async def story() -> None:
        writers = WriteQueue(Quick())
        writers.start()
        sender = Sender(1, "monitoring", "alertmanager", 1)
        await writers.tidy()
        assert done == []
        outcome = await writers.written(ReceivedDelivery(sender, at(0), (fires(0),)), 1)
        assert outcome == WriteOutcome()
        for turn in range(3):
            await writers.tidy()
            assert done == ["added", "read"] * min(turn + 1, 2)
        await writers.stop()

    asyncio.run(story())
