"""How jobs get into the queue, and how a worker talks to it: it takes jobs by connections of its
own, and defers by Django's.

Left to itself, what a job defers would be there before the job commits, or though it never does:
another place of the worker could take it at once, find nothing to do, and be done with it.

That a job was taken, or is over, a power cut may undo: it is taken again, as jobs are made for. So
nobody's commit waits for the disk to have written that down.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from procrastinate import App
from procrastinate.connector import BaseConnector
from procrastinate.contrib.django import app as configured
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector
from psycopg import AsyncConnection


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
