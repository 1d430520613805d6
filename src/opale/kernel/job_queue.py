"""Connections of the job queue: a worker takes jobs by connections of its own, and defers by
Django's.

Otherwise a deferred job would exist before the deferring job commits, or though it never does:
another thread of the worker could take it at once, find nothing to do, and finish it.

A power cut may undo that a job was taken or is over: it then runs again, which jobs allow. So these
commits do not wait for the disk.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import transaction
from procrastinate import App
from procrastinate.connector import BaseConnector
from procrastinate.contrib.django import app as configured
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.psycopg_connector import PsycopgConnector
from psycopg import AsyncConnection


class WorkerConnector(PsycopgConnector):
    """Asynchronous connector of the worker; its jobs defer in their own transaction."""

    def get_sync_connector(self) -> BaseConnector:
        return DjangoConnector()


@contextmanager
def worker_app() -> Iterator[App]:
    """Return the app of jobs as a worker uses it, until the block ends."""
    with configured.replace_connector(_connector()) as app:
        yield app


def defer_unless_waiting(task: str) -> bool:
    """Defer a job that locks its queue by its own name; return False where one waits already.

    One that waits has not begun, and so sees whatever is committed by now. It is looked for first,
    as PostgreSQL writes each second one that its index refuses into its log, as an error.
    """
    jobs = apps.get_model("procrastinate", "ProcrastinateJob").objects
    if jobs.filter(queueing_lock=task, status="todo").exists():
        return False
    try:
        with transaction.atomic():
            configured.configure_task(task, queueing_lock=task).defer()
    except AlreadyEnqueued:  # by somebody else, in between
        return False
    return True


def _connector() -> WorkerConnector:
    """Return the worker's own connections: each query is one statement and a transaction."""
    known = connector_params()
    lax = f"{known.pop('options', '')} -c synchronous_commit=off"
    return WorkerConnector(kwargs={**known, "options": lax}, configure=_begin)


async def _begin(connection: AsyncConnection[Any]) -> None:
    await connection.set_autocommit(True)
