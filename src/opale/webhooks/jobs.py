"""The jobs of webhooks: one line each."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from opale.webhooks.actions import attempts, deliveries


@app.task(
    name=deliveries.SENDING_JOB,
    queue="webhooks",
    retry=RetryStrategy(max_attempts=5, exponential_wait=3),
)
def send_delivery(delivery_id: int) -> None:
    # Failures of the receiver are put off by the action; the retry is for the database's.
    attempts.send_delivery(delivery_id)


@app.periodic(cron="*/5 * * * *", periodic_id="webhooks.wake_overdue_deliveries")
@app.task(name="webhooks.wake_overdue_deliveries", queueing_lock="webhooks.wake_overdue_deliveries")
def wake_overdue_deliveries(timestamp: int) -> None:
    deliveries.wake_overdue_deliveries()


@app.periodic(cron="47 * * * *", periodic_id="webhooks.forget_old")
@app.task(name="webhooks.forget_old", queueing_lock="webhooks.forget_old")
def forget_old(timestamp: int) -> None:
    deliveries.delete_old_deliveries()
