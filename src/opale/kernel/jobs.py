"""The kernel's own jobs."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from opale.kernel import changes, facts

PATIENT = RetryStrategy(max_attempts=12, exponential_wait=2)


@app.task(name=facts.DELIVERY_JOB, retry=PATIENT)
def deliver_fact(fact_id: int, listener: str) -> None:
    facts.deliver(fact_id, listener)


@app.periodic(cron="17 * * * *", periodic_id="kernel.forget_changes")
@app.task(name="kernel.forget_changes", queueing_lock="kernel.forget_changes")
def forget_changes(timestamp: int) -> None:
    changes.forget_old()
