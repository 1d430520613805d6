"""The kernel's own jobs: deletion of expired rows, a few at a time, and of unnamed files.

Finished jobs are deleted by the worker that finished them, and those of a killed worker are given
to another by the workers themselves (`opale.cli.worker`).
"""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from opale.kernel import facts, live_topics, reference_cache, stored_files

PATIENT = RetryStrategy(max_attempts=12, exponential_wait=2)
FAILED_KEPT_HOURS = 30 * 24


@app.task(name=facts.DELIVERY_JOB, retry=PATIENT)
def deliver_fact(fact_id: int, listener: str) -> None:
    facts.deliver(fact_id, listener)


@app.periodic(cron="17 * * * *", periodic_id="kernel.forget_changes")
@app.task(name="kernel.forget_changes", queueing_lock="kernel.forget_changes")
def forget_changes(timestamp: int) -> None:
    live_topics.delete_expired()


@app.periodic(cron="27 * * * *", periodic_id="kernel.forget_facts")
@app.task(name="kernel.forget_facts", queueing_lock="kernel.forget_facts")
def forget_facts(timestamp: int) -> None:
    facts.delete_expired()


@app.periodic(cron="47 * * * *", periodic_id="kernel.forget_reference_changes")
@app.task(name="kernel.forget_reference_changes", queueing_lock="kernel.forget_reference_changes")
def forget_reference_changes(timestamp: int) -> None:
    reference_cache.delete_expired()


@app.periodic(cron="7 5 * * *", periodic_id="kernel.remove_unnamed_files")
@app.task(name="kernel.remove_unnamed_files", queueing_lock="kernel.remove_unnamed_files")
def remove_unnamed_files(timestamp: int) -> None:
    stored_files.remove_unnamed_files()


@app.periodic(cron="37 4 * * *", periodic_id="kernel.forget_failed_jobs")
@app.task(name="kernel.forget_failed_jobs", queueing_lock="kernel.forget_failed_jobs")
async def forget_failed_jobs(timestamp: int) -> None:
    """Delete failed jobs whose time to be looked at is over."""
    await app.job_manager.delete_old_jobs(
        nb_hours=FAILED_KEPT_HOURS,
        include_failed=True,
        include_cancelled=True,
        include_aborted=True,
    )
