"""Days of events are made and dropped without making anybody wait who writes events."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError
from procrastinate.jobs import Job
from psycopg.errors import LockNotAvailable

from opale.kernel.clock import now
from opale.run.events import jobs
from opale.run.events.actions import retention

pytestmark = pytest.mark.timeout(60)


@contextmanager
def backup() -> Iterator[None]:
    """Events are read for a long time, as pg_dump does."""
    database: Any = settings.DATABASES["default"]
    with psycopg.connect(
        host=database["HOST"],
        port=database["PORT"],
        user=database["USER"],
        password=database["PASSWORD"],
        dbname=database["NAME"],
        options="-c role=opale_app",
    ) as reader:
        reader.execute("LOCK TABLE ONLY events_event IN ACCESS SHARE MODE")
        yield


@pytest.mark.django_db(transaction=True)
def test_old_days_wait_for_a_backup_and_nobody_waits_for_them() -> None:
    retention.create_partition(now().date() - timedelta(days=500))
    with backup(), pytest.raises(OperationalError) as refused:
        retention.drop_old_partitions()
    assert isinstance(refused.value.__cause__, LockNotAvailable)
    assert len(retention.drop_old_partitions()) == 1


@pytest.mark.django_db(transaction=True)
def test_days_ahead_wait_for_a_backup_and_nobody_waits_for_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    retention.create_partitions_ahead()
    with backup():
        retention.create_partitions_ahead()  # those are there: nothing is locked
        monkeypatch.setattr(retention, "PARTITIONS_AHEAD", retention.PARTITIONS_AHEAD + 1)
        with pytest.raises(OperationalError) as refused:
            retention.create_partitions_ahead()
    assert isinstance(refused.value.__cause__, LockNotAvailable)


@pytest.mark.parametrize("job", [jobs.open_days_ahead, jobs.forget_old])
def test_what_waited_for_a_backup_is_tried_again(job: Any) -> None:
    begun = Job(queue="default", lock=None, queueing_lock=None, task_name=job.name)
    assert job.get_retry_exception(OperationalError("locked"), job=begun)
