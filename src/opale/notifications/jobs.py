"""The jobs of notifications: one line each."""

from procrastinate.contrib.django import app

from opale.kernel import clock
from opale.notifications.actions import delivery, retention


@app.periodic(cron="* * * * *", periodic_id=delivery.MAIL_JOB)
@app.task(name=delivery.MAIL_JOB, queueing_lock=delivery.MAIL_JOB)
def mail_due(timestamp: int) -> None:
    delivery.mail_due_notifications(clock.now())


@app.periodic(cron="52 4 * * *", periodic_id="notifications.delete_old")
@app.task(name="notifications.delete_old", queueing_lock="notifications.delete_old")
def delete_old(timestamp: int) -> None:
    retention.delete_old(clock.now())
