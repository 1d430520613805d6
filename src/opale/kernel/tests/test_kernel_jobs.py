"""The kernel's house-keeping: rooms' jobs are found, and what is over for long is forgotten."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from opale.kernel import jobs
from opale.kernel.bulk_sql import insert_rows
from opale.kernel.job_queue import job_row, worker_app


def work() -> None:
    """A worker that runs what waits, and ends."""
    with worker_app() as working:
        working.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)


def test_the_jobs_of_every_room_are_known_to_a_worker() -> None:
    known = set(app.tasks)
    assert {"kernel.deliver_fact", "messaging.send_mail", "messaging.wake_overdue_mails"} <= known


def test_every_periodic_job_waits_once_at_most() -> None:
    """A worker that was away for a day comes back to one job of each kind, not to hundreds."""
    periodic = app.periodic_registry.periodic_tasks.values()
    assert [found.task.name for found in periodic if not found.task.queueing_lock] == []


@pytest.mark.django_db
@pytest.mark.parametrize("wait", [timedelta(), timedelta(minutes=5)])
@pytest.mark.parametrize("priority", [None, 100])
def test_a_job_that_is_written_with_other_rows_is_what_the_queue_would_have_written(
    wait: timedelta, priority: int | None
) -> None:
    seconds = {"seconds": int(wait.total_seconds())} if wait else None
    task = app.configure_task("test.task", schedule_in=seconds, priority=priority)
    theirs = task.defer(number=12, words="é")
    insert_rows([job_row("test.task", after=wait, priority=priority, number=12, words="é")])
    ours = ProcrastinateJob.objects.latest("id")
    assert ours.pk > theirs
    first, second = (_columns(pk) for pk in (theirs, ours.pk))
    assert first.keys() == second.keys()
    then, now = first.pop("scheduled_at"), second.pop("scheduled_at")
    assert first == second
    assert (then is None) == (now is None) == (not wait)
    assert not wait or abs(now - then) < timedelta(minutes=1)
    assert [_events(pk) for pk in (theirs, ours.pk)] == [_events(theirs)] * 2 != [[]] * 2


def _columns(job_id: int) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM procrastinate_jobs WHERE id = %s", [job_id])
        names = [column.name for column in cursor.description]
        return {**dict(zip(names, cursor.fetchone(), strict=True)), "id": None}


def _events(job_id: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT type::text FROM procrastinate_events WHERE job_id = %s ORDER BY id", [job_id]
        )
        return [kind for (kind,) in cursor.fetchall()]


@pytest.mark.django_db(transaction=True)
def test_a_job_that_was_written_with_other_rows_runs() -> None:
    with transaction.atomic():
        insert_rows([job_row(jobs.forget_failed_jobs.name, timestamp=0)])
    work()
    # Once a day, whoever works adds the one of that day.
    found = ProcrastinateJob.objects.filter(
        task_name=jobs.forget_failed_jobs.name, args__timestamp=0
    )
    assert [job.status for job in found] == ["succeeded"]


@pytest.mark.django_db(transaction=True)
def test_failed_jobs_are_kept_for_a_month_and_no_longer() -> None:
    young, old = (_failed_job(hours) for hours in (1, jobs.FAILED_KEPT_HOURS + 1))
    app.configure_task(jobs.forget_failed_jobs.name).defer(timestamp=0)
    work()
    left = set(ProcrastinateJob.objects.filter(status="failed").values_list("id", flat=True))
    assert left == {young}
    assert old not in left


def _failed_job(hours: int) -> int:
    """A job that failed so many hours ago."""
    job_id = app.configure_task("kernel.no_such_task").defer()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE id = %s", [job_id])
        cursor.execute(
            "UPDATE procrastinate_events SET at = now() - make_interval(hours => %s)"
            " WHERE job_id = %s",
            [hours, job_id],
        )
    return job_id


@pytest.fixture
def _half_done() -> Iterator[None]:
    """A job that defers another, and does not come to its end."""

    @app.task(name="kernel.half_done")
    def half_done() -> None:
        with transaction.atomic():
            app.configure_task("kernel.second_half").defer()
            raise ZeroDivisionError

    yield
    del app.tasks["kernel.half_done"]


@pytest.mark.usefixtures("_half_done")
@pytest.mark.django_db(transaction=True)
def test_what_a_job_defers_is_there_exactly_when_what_it_wrote_is() -> None:
    app.configure_task("kernel.half_done").defer()
    work()
    found = dict(ProcrastinateJob.objects.values_list("task_name", "status"))
    assert found["kernel.half_done"] == "failed"
    assert "kernel.second_half" not in found
