"""The raw listener under `/ingest/<format>/`, which answers with success only after the commit.

What the tool of that format sends, where it puts its key and which answer it expects is known to
its connector (`domain.deliveries.Tool`). Deliveries wait in one bounded queue; a few writers take
what has come within some milliseconds and write it in one transaction. A full queue is answered
503. What cannot be read is answered 400, kept aside with its reason, and blocks nothing.
"""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Final

from django.conf import settings
from msgspec.structs import replace
from prometheus_client import Counter

from opale.kernel.asgi import (
    ClientGone,
    Receive,
    Scope,
    Send,
    TooLarge,
    TooSlow,
    answer,
    body_of,
    refuse,
)
from opale.kernel.clock import now
from opale.kernel.errors import Unavailable
from opale.kernel.query_limits import QueryLimits, watched
from opale.run.events.domain.deliveries import (
    Delivery,
    NewEvents,
    Refusal,
    Reply,
    Tool,
    ToolCall,
    Unreadable,
)
from opale.run.events.domain.received_deliveries import Sender
from opale.run.events.listeners.batch_writer import BatchWriter
from opale.run.events.listeners.calls import CallExecutor, CallFunction
from opale.run.events.listeners.connector_runner import read_delivery
from opale.run.events.listeners.decompression import decompress
from opale.run.events.listeners.key_cache import KeyCache
from opale.run.events.listeners.rate_limits import RateLimiter
from opale.run.events.listeners.write_queue import WriteQueue
from opale.run.events.ports.tools import get_tool

BODY_SECONDS: Final = 30.0
LARGE_BYTES: Final = 256 * 1024
"""A longer body is read in a thread: the loop serves others meanwhile."""
RETRY_AFTER: Final = {"Retry-After": "2"}
FILE_METHODS: Final = frozenset({"GET"})

UNKNOWN_KEY: Final = Refusal(401, "unknown_key", "This key opens no integration.")
NOT_FOUND: Final = Refusal(404, "not_found", "There is nothing of this name.")
TOO_MANY: Final = Refusal(
    429, "too_many", "This key brings more events a minute than its integration may."
)
WRONG_METHOD: Final = Refusal(405, "method_not_allowed", "This address knows no such method.")
BUSY: Final = Refusal(
    503, "unavailable", "Nothing of this delivery was kept; please send it again shortly."
)

EVENTS = Counter("opale_ingest_events", "Events written", ["format"])
REFUSED = Counter("opale_ingest_refused", "Deliveries refused", ["reason"])


class IngestApplication:
    """The ASGI application behind /ingest/."""

    def __init__(self, *, queue_limit: int, body_limit: int) -> None:
        self.queue_limit = queue_limit
        self.body_limit = body_limit
        self.keys = KeyCache()
        self.limits = RateLimiter()
        writer = BatchWriter()
        self.hander = CallExecutor(writer)
        self.writers = WriteQueue(writer)
        self.stopping = False

    def start(self) -> None:
        self.writers.start()
        self.limits.start()

    async def stop(self) -> None:
        """Accept nothing more, and write what waits."""
        self.stopping = True
        await self.writers.stop()
        await self.limits.stop()
        self.keys.stop()
        await asyncio.to_thread(self.hander.stop)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        name, _, rest = scope["path"].removeprefix("/ingest/").partition("/")
        headers = {
            key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]
        }
        delivery = Delivery(
            b"",
            now(),
            headers.get("content-type", ""),
            rest,
            scope["method"],
            scope["query_string"].decode("latin-1"),
            headers,
        )
        tool = get_tool(name)
        if tool is None:
            await self._refuse(send, Tool(), delivery, UNKNOWN_KEY)
            return
        if delivery.method not in methods_of_tool(tool):
            await self._refuse(send, tool, delivery, WRONG_METHOD, {"Allow": allow_header(tool)})
            return
        try:
            if (reply := tool.openly(delivery)) is not None:
                await send_reply(send, reply)
                return
            if tool.key_in_body:
                delivery = await self._whole(delivery, scope, receive, rest)
            key, path = tool.key_and_path(delivery)
            sender = await self.keys.sender(key)
            if sender is None or sender.format != name:
                await self._refuse(send, tool, delivery, UNKNOWN_KEY)
            elif self.stopping or self.writers.waiting >= self.queue_limit:
                await self._busy(send, tool, delivery)
            elif tool.key_in_body:
                await self._heard(send, receive, tool, sender, replace(delivery, path=path), key)
            else:
                delivery = await self._whole(delivery, scope, receive, path)
                await self._heard(send, receive, tool, sender, delivery, key)
        except Unavailable:
            await self._busy(send, tool, delivery)
        except Unreadable as error:
            await self._refuse(send, tool, delivery, unreadable_refusal(error.reason))
        except (TooLarge, TooSlow, ClientGone) as error:
            REFUSED.labels(type(error).__name__).inc()
            await refuse(send, error, receive)

    async def _heard(
        self,
        send: Send,
        receive: Receive,
        tool: Tool,
        sender: Sender,
        delivery: Delivery,
        key: str,
    ) -> None:
        """Handle a request whose sender is known."""
        url = f"{settings.BASE_URL}/ingest/{sender.format}{tool.address(key)}"
        handed = ToolCall(sender.integration_id, sender.name, sender.format, url, delivery)
        if delivery.method == "GET" and delivery.path in tool.files:
            await send_reply(send, tool.file(delivery.path, url, key))
        elif delivery.method not in tool.methods:
            await self._refuse(send, tool, delivery, NOT_FOUND)
        elif tool.tells(delivery):
            await self._take(send, receive, tool, sender, handed)
        elif self.hander.full:
            await self._busy(send, tool, delivery)
        else:
            await self._hand(send, receive, tool, tool.take, sender, handed)

    async def _whole(
        self, delivery: Delivery, scope: Scope, receive: Receive, path: str
    ) -> Delivery:
        """Return the delivery with its unpacked body and this path.

        Errors: TooLarge, TooSlow, ClientGone, Unreadable.
        """
        body = await body_of(scope, receive, limit=self.body_limit, seconds=BODY_SECONDS)
        encoding = delivery.headers.get("content-encoding", "identity")
        if encoding != "identity":
            body = await asyncio.to_thread(decompress, body, encoding, limit=self.body_limit)
        return replace(delivery, body=body, received_at=now(), path=path)

    async def _take(
        self, send: Send, receive: Receive, tool: Tool, sender: Sender, handed: ToolCall
    ) -> None:
        delivery = handed.delivery
        if len(delivery.body) > LARGE_BYTES:
            received = await asyncio.to_thread(read_delivery, tool, sender, delivery)
        else:
            received = read_delivery(tool, sender, delivery)
        weight = len(received.events) + len(received.refused)
        # One delivery that is larger than the whole queue is accepted when nothing else waits.
        if self.writers.waiting and self.writers.waiting + weight > self.queue_limit:
            await self._busy(send, tool, delivery)
            return
        if wait := self.limits.wait_for(sender, weight):
            await self._refuse(send, tool, delivery, TOO_MANY, {"Retry-After": str(wait)})
            return
        outcome = await self.writers.written(received, weight)
        if outcome.unavailable:
            self.limits.give_back(sender, weight)
            await self._busy(send, tool, delivery)
            return
        if outcome.refusal or (received.refused and not received.events):
            reason = outcome.refusal or received.refused[0].reason
            await self._refuse(send, tool, delivery, unreadable_refusal(reason))
            return
        EVENTS.labels(sender.format).inc(len(received.events))
        if tool.hears_of_alerts:
            handed = replace(handed, alert_ids=outcome.alert_ids)
            await self._hand(send, receive, tool, tool.confirm, sender, handed)
        else:
            await send_reply(
                send, tool.reply(delivery, NewEvents(received.events, received.refused))
            )

    async def _hand(
        self,
        send: Send,
        receive: Receive,
        tool: Tool,
        answering: CallFunction,
        sender: Sender,
        handed: ToolCall,
    ) -> None:
        """Pass a call to its handler: a connector that stands in for a server, or a room above."""
        loop = asyncio.get_running_loop()
        limits = QueryLimits(settings.API_STATEMENT_SECONDS)
        hand = partial(self.hander.hand, answering, sender, handed, limits)
        self.hander.waiting += 1
        try:
            with watched(handed.delivery.method, receive, limits):
                told = await loop.run_in_executor(self.hander.threads, hand)
        finally:
            self.hander.waiting -= 1
        if isinstance(told, Reply):
            if not tool.tells(handed.delivery):
                EVENTS.labels(sender.format).inc()
            await send_reply(send, told)
        elif told.unavailable:
            await self._busy(send, tool, handed.delivery)
        else:
            await self._refuse(send, tool, handed.delivery, unreadable_refusal(told.refusal))

    async def _busy(self, send: Send, tool: Tool, delivery: Delivery) -> None:
        await self._refuse(send, tool, delivery, BUSY, RETRY_AFTER)

    @staticmethod
    async def _refuse(
        send: Send,
        tool: Tool,
        delivery: Delivery,
        refusal: Refusal,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        REFUSED.labels(refusal.code).inc()
        reply = tool.refuse(delivery, refusal)
        await send_reply(send, replace(reply, headers={**reply.headers, **(headers or {})}))


async def send_reply(send: Send, reply: Reply) -> None:
    await answer(send, reply.status, reply.body, reply.content_type, reply.headers)


def unreadable_refusal(reason: str) -> Refusal:
    return Refusal(400, "unreadable", reason)


def methods_of_tool(tool: Tool) -> frozenset[str]:
    return tool.methods | FILE_METHODS if tool.files else tool.methods


def allow_header(tool: Tool) -> str:
    return ", ".join(sorted(methods_of_tool(tool)))
