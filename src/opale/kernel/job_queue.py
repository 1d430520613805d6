"""How jobs get into the queue, and how a worker talks to it: it takes jobs by connections of its
own, and defers by Django's.

Left to itself, what a job defers would be there before the job commits, or though it never does:
another place of the worker could take it at once, find nothing to do, and be done with it.

That a job was taken, or is over, a power cut may undo: it is taken again, as jobs are made for. So
nobody's commit waits for the disk to have written that down.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from procrastinate import App
from procrastinate.connector import BaseConnector
from procrastinate.contrib.django import app as configured
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.contrib.django.utils import connector_params
from procrastinate.jobs import DEFAULT_PRIORITY, DEFAULT_QUEUE
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.utils import utcnow
from psycopg import AsyncConnection


def job_row(
    task: str, *, after: timedelta = timedelta(), priority: int | None = None, **args: Any
) -> ProcrastinateJob:
    """What `configure_task(...).defer(...)` writes of an ordinary job, for who writes it together
    with other rows (`together.insert_together`). It runs once these are committed, `after` a while
    by the clock of the machine, which is that of the worker too.
    """
    return ProcrastinateJob(
        queue_name=DEFAULT_QUEUE,
        task_name=task,
        priority=DEFAULT_PRIORITY if priority is None else priority,
        args=args,
        status="todo",
        scheduled_at=utcnow() + after if after else None,
        attempts=0,
        abort_requested=False,
    )


class WorkerConnector(PsycopgConnector):
    """Asynchronous for the worker itself; what its jobs defer is in their own transaction."""

    def get_sync_connector(self) -> BaseConnector:
        return DjangoConnector()


@contextmanager
def worker_app() -> Iterator[App]:
    """The app of jobs as a worker uses it, until the block ends."""
    with configured.replace_connector(_connector()) as app:
        yield app


def _connector() -> WorkerConnector:
    """The worker's own connections: each of its questions is one statement and a transaction."""
    known = connector_params()
    lax = f"{known.pop('options', '')} -c synchronous_commit=off"
    return WorkerConnector(kwargs={**known, "options": lax}, configure=_begin)


async def _begin(connection: AsyncConnection[Any]) -> None:
    await connection.set_autocommit(True)
