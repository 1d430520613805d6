"""Health of this process and of the installation, and its metrics."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Final, Generic, TypeVar

from django.apps import apps
from django.db import Error, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from opale.environment import text

T = TypeVar("T")

log = logging.getLogger(__name__)

WORKER_SILENCE_SECONDS: Final = 60
"""Time without a heartbeat after which a worker counts as dead."""

REQUESTS = Histogram(
    "opale_http_request_seconds",
    "Time to answer a request, by kind of address",
    ["kind"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)
ANSWERS = Counter("opale_http_answers", "Answers by kind of address and status", ["kind", "status"])
REGIONS = Counter(
    "opale_region_cache",
    "Live regions asked for again: kept ones (hit), drawn for many (miss), or for one (uncached)",
    ["result"],
)


UNKNOWN: Final = {"database": "no answer", "migrations": "unknown", "worker": "unknown"}
"""Checks of a database that does not answer in time."""


@dataclass
class Readiness:
    """Checks behind /readyz. Runs in a thread; a positive result on migrations is kept."""

    _migrated: bool = field(default=False, init=False)

    def checks(self) -> dict[str, str]:
        """Return `ok`, or what is wrong, for each check."""
        try:
            found = {
                "database": "ok",
                "migrations": self._migrations(),
                "worker": self._worker(),
            }
        except Error as error:
            found = {**UNKNOWN, "database": type(error).__name__}
        finally:
            connection.close()
        return found

    def _migrations(self) -> str:
        if not self._migrated:
            missing = set(_known_migrations()) - set(
                MigrationRecorder(connection).applied_migrations()
            )
            if missing:
                # The graph holds either a squashed migration or those that it replaces.
                loader = MigrationLoader(connection)
                missing = set(loader.graph.nodes) - set(loader.applied_migrations)
            if missing:
                return f"{len(missing)} not applied"
            self._migrated = True
        return "ok"

    def _worker(self) -> str:
        """Check that some worker takes jobs and is no planner, which leaves the mails alone."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM procrastinate_workers"
                " WHERE last_heartbeat > now() - make_interval(secs => %s))"
                " AND EXISTS (SELECT FROM kernel_heartbeat"
                " WHERE kind = 'worker' AND beaten_at > now() - make_interval(secs => %s))",
                [WORKER_SILENCE_SECONDS, WORKER_SILENCE_SECONDS],
            )
            (alive,) = cursor.fetchone() or (None,)
        return "ok" if alive else "no sign of life"


def _known_migrations() -> Iterator[tuple[str, str]]:
    """Return app and name of each migration from the file names: loading them all takes sixteen
    megabytes for good.
    """
    for app in apps.get_app_configs():
        package, _ = MigrationLoader.migrations_module(app.label)
        found = find_spec(package) if package else None
        # No search locations: a module named migrations that holds none.
        if found is not None and (places := found.submodule_search_locations):
            for module in iter_modules(places):
                if module.name[0] not in "_~":
                    yield app.label, module.name


class Backlog(Collector):
    """Metrics read from the database, at most every few seconds."""

    KEPT: Final = 5.0

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.read_at = 0.0
        self.jobs: list[tuple[str, str, int]] = []
        self.alive: list[tuple[str, int]] = []
        self.up = 0

    def collect(self) -> Iterable[Metric]:
        with self.lock:
            if time.monotonic() - self.read_at > self.KEPT:
                self._read()
        yield database_up(self.up)
        jobs = GaugeMetricFamily(
            "opale_jobs", "Jobs waiting, running or failed", labels=["queue", "status"]
        )
        for queue, status, count in self.jobs:
            jobs.add_metric([queue, status], count)
        yield jobs
        processes = GaugeMetricFamily(
            "opale_processes", "Processes with a fresh sign of life, by kind", labels=["kind"]
        )
        for kind, count in self.alive:
            processes.add_metric([kind], count)
        yield processes

    def _read(self) -> None:
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT queue_name, status::text, count(*) FROM procrastinate_jobs"
                    " WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1, 2 ORDER BY 1, 2"
                )
                self.jobs = cursor.fetchall()
                cursor.execute(
                    "SELECT kind, count(*) FROM kernel_heartbeat"
                    " WHERE beaten_at > now() - make_interval(secs => %s) GROUP BY 1 ORDER BY 1",
                    [WORKER_SILENCE_SECONDS],
                )
                self.alive = cursor.fetchall()
            self.up = 1
        except Error:
            self.jobs, self.alive, self.up = [], [], 0
        finally:
            connection.close()
        self.read_at = time.monotonic()


_BACKLOG = Backlog()
_COLLECTORS: list[Collector] = []
"""Metrics of apps that live in the database."""


def register_collector(collector: Collector) -> None:
    """Add an app's metrics that live in the database to /metrics.

    The collector is called in a thread for each reading, and its connection is returned to the
    pool.
    """
    _COLLECTORS.append(collector)


def process_metrics() -> bytes:
    """Return the metrics of this process in Prometheus' text format, or of all processes with
    PROMETHEUS_MULTIPROC_DIR. They need no database.
    """
    processes: CollectorRegistry = REGISTRY
    if text("PROMETHEUS_MULTIPROC_DIR", ""):
        processes = CollectorRegistry()
        multiprocess.MultiProcessCollector(processes)  # type: ignore[no-untyped-call]  # its own
    return generate_latest(processes)


def database_metrics() -> bytes:
    """Return the metrics that live in the database; without it, that it is down."""
    found = list(_BACKLOG.collect())
    for collector in _COLLECTORS if _BACKLOG.up else ():
        try:
            found += collector.collect()
        except Exception:
            log.exception("metrics of %s were not read", type(collector).__name__)
    return _as_text(found)


def database_is_down() -> bytes:
    """Return the only metric of a database that does not answer in time."""
    return _as_text([database_up(0)])


def database_up(up: int) -> Metric:
    return GaugeMetricFamily("opale_database_up", "Whether the database answers", value=up)


def _as_text(found: list[Metric]) -> bytes:
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collected(found))
    return generate_latest(registry)


@dataclass(eq=False)
class _Collected(Collector):
    found: list[Metric]

    def collect(self) -> Iterable[Metric]:
        return self.found


class TimedRead(Generic[T]):
    """Read in a thread that is waited for some seconds at most: what takes longer goes on alone,
    and all who ask meanwhile share it, so that a database that does not answer holds one thread.
    Belongs to one event loop.
    """

    def __init__(self, read: Callable[[], T], seconds: float) -> None:
        self.read, self.seconds = read, seconds
        self.began = 0.0
        self.running: asyncio.Future[T] | None = None

    async def __call__(self) -> T | None:
        """Return what was read; None where it is not known in time."""
        if self.running is None or self.running.done():
            self.began = time.monotonic()
            self.running = asyncio.ensure_future(asyncio.to_thread(self.read))
        left = self.began + self.seconds - time.monotonic()
        await asyncio.wait([self.running], timeout=max(0.0, left))
        return self.running.result() if self.running.done() else None
