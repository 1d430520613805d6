"""The kernel's house-keeping: rooms' jobs are found, and what is over for long is forgotten."""

from collections.abc import Iterator

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from opale.kernel import jobs
from opale.kernel.job_queue import worker_app


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
