"""Messaging's jobs: one line each."""

from procrastinate.contrib.django import app

from opale.messaging import actions


@app.task(name=actions.SENDING_JOB)
def send_mail(mail_id: int) -> None:
    actions.send_mail(mail_id)


@app.periodic(cron="*/5 * * * *", periodic_id="messaging.wake_overdue_mails")
@app.task(name="messaging.wake_overdue_mails", queueing_lock="messaging.wake_overdue_mails")
def wake_overdue_mails(timestamp: int) -> None:
    actions.wake_overdue_mails()
