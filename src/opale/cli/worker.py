"""Worker and planner: they run the jobs that wait in the database.

The planner takes the queue of heavy work alone, the worker everything else, so that a solver never
delays a mail. Jobs that wait for the servers of others have a queue for each kind, with slots of
its own in the worker: slow receivers of webhooks delay no page, and neither delays what Opale does
by itself. A job whose worker was killed is given to another.
"""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from django.db import close_old_connections
from procrastinate import App, JobContext
from procrastinate.contrib.django import app as configured
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker

from opale.cli.heartbeat import HeartbeatSender
from opale.kernel.job_queue import worker_app
from opale.operations.actions import record_error

PLANNER_QUEUE = "planner"
POLL = 1.0  # seconds within which a timer that fell due is noticed
BEAT = 5.0  # seconds between two signs of life of a worker
STALLED = 20.0  # seconds without one after which its jobs are given to others
CONCURRENCY = {"worker": 4, "planner": 2}
OUTWARD_CONCURRENCY = {
    "paging": 6,
    # Codes and tests, which anybody may ask for: one at a time for each person, two for a receiver.
    "paging.contacts": 4,
    "notifications": 1,  # pushes of news: pages go before them
    "webhooks": 6,
    "outward": 3,  # channels
    "calendars": 1,
}
OUTWARD_POLL = 3.0  # seconds within which a new attempt that fell due is noticed
THREADS = sum(CONCURRENCY.values()) + sum(OUTWARD_CONCURRENCY.values())
logger = logging.getLogger(__name__)


class Stopped(RuntimeError):
    """Jobs are no longer taken, though nobody asked for that."""


def run(kind: str) -> int:
    """Take jobs until SIGINT or SIGTERM; running jobs get the time to end."""
    queues = _queues(kind)
    logger.info("%s takes the queues %s", kind, ", ".join(queues))
    with worker_app() as app:
        asyncio.run(_work(app, kind, queues))
    return 0


def _queues(kind: str) -> list[str]:
    if kind == "planner":
        return [PLANNER_QUEUE]
    return sorted({task.queue for task in configured.tasks.values()} - {PLANNER_QUEUE})


async def _work(app: App, kind: str, queues: list[str]) -> None:
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for word in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(word, ended.set)
    loop.set_default_executor(ThreadPoolExecutor(THREADS))
    inward = [queue for queue in queues if queue not in OUTWARD_CONCURRENCY]
    # Heartbeats start only when it can handle a stop signal.
    with HeartbeatSender(kind):
        async with app.open_async(), asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(_rescue(app, queues)),
                group.create_task(_take(app, inward, kind, CONCURRENCY[kind])),
            ]
            for queue, concurrency in OUTWARD_CONCURRENCY.items():
                if queue in queues:
                    outward = _take(app, [queue], queue, concurrency, poll=OUTWARD_POLL)
                    tasks.append(group.create_task(outward))
            await ended.wait()
            for task in tasks:
                task.cancel()


async def _take(
    app: App, queues: list[str], name: str, concurrency: int, *, poll: float = POLL
) -> None:
    """Take jobs until it is cancelled; running jobs get the time to end.

    Errors: ConnectorException, or Stopped (the database went away): the process ends, and its
    supervisor starts another.
    """
    await app.run_worker_async(
        queues=queues,
        name=name,
        concurrency=concurrency,
        install_signal_handlers=False,
        fetch_job_polling_interval=poll,
        delete_jobs="successful",
        shutdown_graceful_timeout=8,
        update_heartbeat_interval=BEAT,
        stalled_worker_timeout=STALLED,
        task_middleware=[with_fresh_connections],
    )
    # If the listening connection notices the loss first, it ends as if it had been asked to stop.
    raise Stopped(f"{name} takes no more jobs: it lost the database")


async def _rescue(app: App, queues: list[str]) -> None:
    """Give the jobs of killed workers to living ones, again and again."""
    while True:
        try:
            await rescue_stalled(app, queues)
        except ConnectorException as error:
            logger.warning("stalled jobs cannot be looked for: %s", error)
        await asyncio.sleep(BEAT)


async def rescue_stalled(app: App, queues: list[str]) -> int:
    """Make the jobs of workers without a heartbeat wait again; return their number."""
    await app.job_manager.prune_stalled_workers(STALLED)
    count = 0
    for queue in queues:
        for job in await app.job_manager.get_stalled_jobs(
            queue=queue, seconds_since_heartbeat=STALLED
        ):
            logger.warning("job %s (%s) lost its worker and waits again", job.id, job.task_name)
            await app.job_manager.retry_job(job, retry_at=datetime.now(UTC))
            count += 1
    return count


def with_fresh_connections(call: Callable[[], Any], context: JobContext, worker: Worker) -> Any:
    """Run a job with a working connection of the pool, give it back, and keep its error."""
    with close_stale_connections():
        try:
            return call()
        except Exception as error:
            if context.job.id is not None:
                record_error(context.job.id, error)
            raise


@contextlib.contextmanager
def close_stale_connections() -> Iterator[None]:
    close_old_connections()
    try:
        yield
    finally:
        close_old_connections()
