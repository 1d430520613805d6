"""Dispatcher: raw ASGI for live or heavy traffic, Django in threads for pages and API."""

import asyncio
import logging
import signal
import threading
import time
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from django.conf import settings
from prometheus_client import Counter, Histogram
from psycopg.conninfo import make_conninfo

from opale.endpoints import health
from opale.endpoints.django_bridge import DjangoBridge, WsgiApp
from opale.endpoints.metrics_access import may_read_metrics
from opale.kernel.asgi import App, Message, Receive, Scope, Send, answer, answer_json, header
from opale.kernel.logs import without_secrets
from opale.run.events.listeners.ingest import IngestApplication
from opale.ui.live import LiveStreams
from opale.ui.live_feed import ChangeFeed
from opale.web import error_pages
from opale.web.region_cache import RegionCache, TopicStates
from opale.web.session_cache import SessionCache

log = logging.getLogger("opale.access")

QUIET: Final = frozenset({"/healthz", "/readyz", "/metrics"})
HEALTH_SECONDS: Final = 2.0
"""Time for the database to answer a probe, which has little time itself."""
DJANGO_ONLY: Final = frozenset({"pool", "prepare_threshold"})
KINDS: Final = ("static", "ingest", "live", "api", "tmf-api", "healthz", "readyz", "metrics")


def conninfo() -> str:
    """Return the connection string of the settings' database, for connections outside Django's."""
    database: Mapping[str, Any] = settings.DATABASES["default"]
    options = {k: v for k, v in database.get("OPTIONS", {}).items() if k not in DJANGO_ONLY}
    return make_conninfo(
        dbname=database["NAME"],
        user=database["USER"],
        password=database["PASSWORD"],
        host=database["HOST"],
        port=database["PORT"],
        **options,
    )


def prepare_threshold() -> int | None:
    """Return the number of runs after which a statement is prepared; None for never."""
    database: Mapping[str, Any] = settings.DATABASES["default"]
    found: int | None = database["OPTIONS"].get("prepare_threshold")
    return found


class Dispatcher:
    """Root ASGI application: answers the server's lifespan and passes each request to its
    application.
    """

    def __init__(self, pages_and_api: WsgiApp) -> None:
        self.checks = health.TimedRead(health.Readiness().checks, HEALTH_SECONDS)
        self.database = health.TimedRead(health.database_metrics, HEALTH_SECONDS)
        self.feed = ChangeFeed(conninfo())
        self.door = SessionCache()
        self.pages = DjangoBridge(
            pages_and_api,
            threads=settings.WEB_THREADS,
            body_limit=settings.BODY_LIMIT,
            refuse=error_pages.refused,
        )
        self.topics = TopicStates(conninfo(), prepare_threshold())
        self.regions = RegionCache(self.pages, self.door, self.topics, settings.WEB_THREADS)
        self.live = LiveStreams(self.feed, self.door)
        self.ingest = IngestApplication(
            queue_limit=settings.INGEST_QUEUE_LIMIT, body_limit=settings.BODY_LIMIT
        )
        self.raw: Mapping[str, App] = {
            "ingest": self.ingest,
            "live": self.live,
            "healthz": alive,
            "readyz": self.ready,
            "metrics": self.metrics,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.live_as_long_as_the_server(receive, send)
        elif scope["type"] == "http":
            await self.measured(scope, receive, send)

    async def live_as_long_as_the_server(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.end_streams_when_asked()
                self.feed.start()
                self.ingest.start()
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def end_streams_when_asked(self) -> None:
        """End live streams on a stop signal: the server waits for open answers, and a stream has no
        end.

        The handler stands beside the one of the server's event loop, which is woken by the same
        signal: neither replaces the other.
        """
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        for word in (signal.SIGTERM, signal.SIGINT):
            signal.signal(word, lambda *_: loop.call_soon_threadsafe(self.live.stop))

    async def stop(self) -> None:
        self.live.stop()
        await self.ingest.stop()
        await self.feed.stop()
        self.door.stop()
        self.pages.stop()
        await self.topics.close()

    async def measured(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, count it, and log it without its secrets."""
        status = 0
        began = time.perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        kind = kind_of(scope["path"])
        try:
            await self.raw.get(kind, self.page)(scope, receive, noting)
        finally:
            took = time.perf_counter() - began
            if kind != "live":
                duration_metric(kind).observe(took)
            count_metric(kind, status).inc()
            if worth_a_line(kind, scope, status):
                path = without_secrets(scope["path"])
                log.info("%s %s %s %.0fms", scope["method"], path, status, took * 1000)

    async def page(self, scope: Scope, receive: Receive, send: Send) -> None:
        answering = self.regions if header(scope, b"opale-redrawn") else self.pages
        await answering(scope, receive, send)

    async def ready(self, scope: Scope, receive: Receive, send: Send) -> None:
        checks = await self.checks() or health.UNKNOWN
        ready = all(found == "ok" for found in checks.values())
        await answer_json(send, 200 if ready else 503, {"ready": ready, "checks": checks})

    async def metrics(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer at once what needs no database, and that it is down where it does not answer."""
        if not may_read_metrics(scope):
            denied = {"WWW-Authenticate": "Bearer"}
            await answer_json(send, 401, {"code": "not_authenticated"}, denied)
            return
        processes = await asyncio.to_thread(health.process_metrics)
        body = processes + (await self.database() or health.database_is_down())
        await answer(send, 200, body, "text/plain; version=0.0.4; charset=utf-8")


@cache
def duration_metric(kind: str) -> Histogram:
    """Return the metric of a label, cached: a look-up takes as long as an observation."""
    return health.REQUESTS.labels(kind)


@cache
def count_metric(kind: str, status: int) -> Counter:
    return health.ANSWERS.labels(kind, str(status))


def kind_of(path: str) -> str:
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    alone = path.count("/") == 1
    if first in ("live", "healthz", "readyz", "metrics") and not alone:
        return "page"
    return first if first in KINDS else "page"


def worth_a_line(kind: str, scope: Scope, status: int) -> bool:
    """Return whether a request is logged: probes, files and automatic requests of pages would drown
    the rest, and ingested events are counted and kept anyway.
    """
    if scope["path"] in QUIET:
        return False
    by_itself = kind in ("ingest", "static") or header(scope, b"opale-redrawn") != ""
    return not (by_itself and status < 300)


async def alive(scope: Scope, receive: Receive, send: Send) -> None:
    await answer_json(send, 200, {"alive": True})
