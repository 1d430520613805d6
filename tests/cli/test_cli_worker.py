"""A job whose worker was killed is given to another; a living worker's job is not."""

import asyncio
import os
import signal
from collections.abc import Iterator
from contextlib import nullcontext
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django import app as configured
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException
from procrastinate.manager import JobManager
from tests.personas import Personas

from opale.cli import worker
from opale.kernel.job_queue import worker_app
from opale.kernel.states import moves_of
from opale.operations import actions, queries
from opale.operations.models import FailedJob
from opale.settings import DATABASE_POOL


def rescue() -> int:
    async def run() -> int:
        with worker_app() as app:
            async with app.open_async():
                return await worker.rescue_stalled(app, worker._queues("worker"))

    return asyncio.run(run())


def job(heartbeat: str) -> int:
    """A job that a worker has begun, whose last sign of life is this old."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) "
            "VALUES (now() - %s::interval) RETURNING id",
            [heartbeat],
        )
        (keeper,) = cursor.fetchone()
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id, attempts) "
            "VALUES ('default', 'planted', 'doing', %s, 0) RETURNING id",
            [keeper],
        )
        (number,) = cursor.fetchone()
    return int(number)


def status(number: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs WHERE id = %s", [number])
        row = cursor.fetchone()
    return str(row[0])


@pytest.mark.django_db(transaction=True)
def test_the_job_of_a_killed_worker_waits_again() -> None:
    lost, running = job("1 minute"), job("1 second")
    assert rescue() == 1
    assert status(lost) == "todo"
    assert status(running) == "doing"
    assert rescue() == 0


def test_the_planner_alone_takes_heavy_work() -> None:
    assert worker._queues("planner") == [worker.PLANNER_QUEUE]
    assert worker.PLANNER_QUEUE not in worker._queues("worker")
    assert "default" in worker._queues("worker")


@pytest.mark.django_db(transaction=True)
def test_what_waits_for_others_has_places_of_its_own_for_each_kind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken: dict[str, tuple[list[str], int]] = {}

    async def take(
        _app: object, queues: list[str], name: str, concurrency: int, **_how: float
    ) -> None:
        taken[name] = (queues, concurrency)
        if len(taken) == 1 + len(worker.OUTWARD_CONCURRENCY):
            os.kill(os.getpid(), signal.SIGTERM)
        await asyncio.Event().wait()

    monkeypatch.setattr(worker, "_take", take)
    assert worker.run("worker") == 0
    inward, _concurrency = taken.pop("worker")
    assert "default" in inward
    assert not set(inward) & set(worker.OUTWARD_CONCURRENCY)
    assert taken == {name: ([name], most) for name, most in worker.OUTWARD_CONCURRENCY.items()}


@pytest.mark.parametrize(
    ("job", "queue"),
    [
        ("paging.send_page", "paging"),
        ("paging.send_words", "paging.contacts"),
        ("paging.push_notification", "notifications"),
        ("webhooks.send_delivery", "webhooks"),
        ("messaging.send_to_channel", "outward"),
        ("shifts.read_absence_calendar", "calendars"),
    ],
)
def test_no_kind_of_receiver_delays_another(job: str, queue: str) -> None:
    assert configured.tasks[job].queue == queue
    assert [name for name, task in configured.tasks.items() if task.queue == queue] == [job]
    assert queue in worker.OUTWARD_CONCURRENCY


def test_each_slot_of_a_worker_finds_a_connection() -> None:
    slots = worker.CONCURRENCY["worker"] + sum(worker.OUTWARD_CONCURRENCY.values())
    heartbeat = 1
    assert slots + heartbeat <= DATABASE_POOL["max_size"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(300)
def test_it_can_be_asked_to_end_from_its_first_sign_of_life(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Heart:
        def __init__(self, kind: str) -> None:
            assert kind == "planner"

        def __enter__(self) -> None:
            os.kill(os.getpid(), signal.SIGTERM)

        def __exit__(self, *error: object) -> None:
            pass

    monkeypatch.setattr(worker, "HeartbeatSender", Heart)
    unheard: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda word, _frame: unheard.append(word))
    try:
        assert worker.run("planner") == 0
    finally:
        signal.signal(signal.SIGTERM, before)
    assert not unheard


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(120)
def test_a_worker_that_takes_no_more_jobs_ends_so_that_another_is_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def refused(*_: object, **__: object) -> None:
        raise ConnectorException("PostgreSQL starts again")

    monkeypatch.setattr(worker, "HeartbeatSender", lambda _kind: nullcontext())
    monkeypatch.setattr(JobManager, "listen_for_jobs", refused)
    with pytest.raises(ExceptionGroup) as told:
        worker.run("planner")
    assert told.value.subgroup(worker.Stopped)


POISONED = "operations.poisoned"


@pytest.fixture
def poison() -> Iterator[list[str]]:
    """A job that fails while there is poison, and what it did afterwards."""
    ran: list[str] = []

    @configured.task(name=POISONED)
    def poisoned(word: str) -> None:
        if not ran:
            raise ZeroDivisionError("poison")
        ran.append(word)

    yield ran
    del configured.tasks[POISONED]


def work() -> None:
    """Run what waits as the worker does, and end."""
    with worker_app() as working:
        working.run_worker(
            wait=False,
            install_signal_handlers=False,
            listen_notify=False,
            delete_jobs="successful",
            task_middleware=[worker.with_fresh_connections],
        )


@pytest.mark.django_db(transaction=True)
def test_a_failed_job_is_seen_with_its_error_and_run_again(
    poison: list[str], personas: Personas
) -> None:
    by = personas.actor("administrator")
    job_id = configured.configure_task(POISONED).defer(word="done")
    work()
    job: Any = queries.get_failed_job(job_id, seen_by=by)
    assert (job.error, job.attempts, job.args) == ("ZeroDivisionError: poison", 1, {"word": "done"})
    assert job.failed_at is not None
    page = personas.client("administrator").get("/failed-jobs/").content.decode()
    assert POISONED in page
    assert "ZeroDivisionError: poison" in page
    actions.retry_job(job, by=by)
    work()
    assert queries.get_failed_job(job_id, seen_by=by).attempts == 3, "it was tried once more"
    poison.append("mended")
    actions.retry_job(job, by=by)
    assert not queries.failed_jobs(seen_by=by).exists()
    work()
    assert poison == ["mended", "done"]
    assert not ProcrastinateJob.objects.filter(pk=job_id).exists()
    assert {move.actor for move in moves_of(FailedJob, job_id)} == {by.key}
