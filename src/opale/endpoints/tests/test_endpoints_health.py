"""Whether the installation is ready is found out without loading what only an upgrade needs."""

import asyncio
import threading
import time
from collections.abc import Iterable

import pytest
from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from opale.endpoints import health
from opale.endpoints.health import Readiness, TimedRead


@pytest.mark.django_db
def test_every_migration_is_known_by_its_file() -> None:
    assert set(health._known_migrations()) == set(MigrationLoader(connection).disk_migrations)


@pytest.mark.django_db
def test_whether_all_are_applied_is_told_without_loading_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def loads(_connection: object) -> None:
        raise AssertionError("loaded")

    monkeypatch.setattr(MigrationLoader, "__init__", loads)
    assert Readiness()._migrations() == "ok"


@pytest.mark.django_db
def test_one_that_is_not_applied_is_told() -> None:
    MigrationRecorder(connection).record_unapplied("kernel", "0001_initial")
    readiness = Readiness()
    assert readiness._migrations() == "1 not applied"
    MigrationRecorder(connection).record_applied("kernel", "0001_initial")
    assert readiness._migrations() == "ok"


class Away(Collector):
    def collect(self) -> Iterable[Metric]:
        raise OperationalError("away")


class There(Collector):
    """The metric that the database is up."""

    up = 1

    def collect(self) -> Iterable[Metric]:
        yield health.database_up(self.up)


def test_figures_of_one_app_that_fail_leave_those_of_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(health, "_BACKLOG", There())
    monkeypatch.setattr(health, "_COLLECTORS", [Away(), There()])
    told = health.database_metrics().decode()
    assert told.count("opale_database_up 1.0") == 2


def test_without_a_database_apps_are_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_connection: BaseDatabaseWrapper) -> None:
        raise OperationalError("away")

    # Of the class: put back on the connection, it would outlast this test.
    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", away)
    monkeypatch.setattr(health, "_BACKLOG", health.Backlog())
    monkeypatch.setattr(health, "_COLLECTORS", [Away()])
    told = health.database_metrics().decode()
    assert "opale_database_up 0.0" in told
    assert health.database_is_down().decode() in told


def test_a_database_that_does_not_answer_is_waited_for_once_and_not_for_long() -> None:
    answers, asked = threading.Event(), 0

    def read() -> str:
        nonlocal asked
        asked += 1
        answers.wait(60)
        return "read"

    async def story() -> None:
        timed = TimedRead(read, 0.2)
        assert await timed() is None
        began = time.monotonic()
        assert [await timed() for _ in range(50)] == [None] * 50
        assert time.monotonic() - began < 50 * timed.seconds / 2
        assert asked == 1
        answers.set()
        while (found := await timed()) is None:
            await asyncio.sleep(0.01)
        assert found == "read"

    asyncio.run(story())
