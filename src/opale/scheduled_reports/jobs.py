"""The jobs of scheduled reports: one line each."""

from procrastinate.contrib.django import app

from opale.kernel import clock
from opale.scheduled_reports.actions import sending


@app.periodic(cron="* * * * *", periodic_id=sending.SEND_JOB)
@app.task(name=sending.SEND_JOB, queueing_lock=sending.SEND_JOB)
def send_due(timestamp: int) -> None:
    sending.send_due_reports(clock.now())


@app.periodic(cron="48 4 * * *", periodic_id="scheduled_reports.delete_old")
@app.task(name="scheduled_reports.delete_old", queueing_lock="scheduled_reports.delete_old")
def delete_old(timestamp: int) -> None:
    sending.delete_old(clock.now())
