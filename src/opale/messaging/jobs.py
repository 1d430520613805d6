"""Messaging's jobs: one line each."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from opale.messaging.actions import channels, outgoing, process_incoming, store_incoming


@app.task(name=outgoing.SENDING_JOB, retry=RetryStrategy(max_attempts=5, exponential_wait=3))
def send_mail(mail_id: int) -> None:
    # Refusals of the mail server are put off by the action; the retry is for the database's.
    outgoing.send_mail(mail_id)


@app.periodic(cron="*/5 * * * *", periodic_id="messaging.wake_overdue_mails")
@app.task(name="messaging.wake_overdue_mails", queueing_lock="messaging.wake_overdue_mails")
def wake_overdue_mails(timestamp: int) -> None:
    outgoing.wake_overdue_mails()


@app.task(name=store_incoming.PROCESSING_JOB, queueing_lock=store_incoming.PROCESSING_JOB)
def process_mails() -> None:
    process_incoming.process_mails()


@app.periodic(cron="* * * * *", periodic_id="messaging.wake_forgotten_mails")
@app.task(name="messaging.wake_forgotten_mails", queueing_lock="messaging.wake_forgotten_mails")
def wake_forgotten_mails(timestamp: int) -> None:
    process_incoming.wake_forgotten_mails()


@app.task(
    name=channels.CHANNEL_JOB,
    queue="outward",
    retry=RetryStrategy(max_attempts=5, exponential_wait=3),
)
def send_to_channel(message_id: int) -> None:
    # Refusals of the other side are put off by the action; the retry is for the database's.
    channels.send_to_channel(message_id)


@app.periodic(cron="*/5 * * * *", periodic_id="messaging.wake_overdue_channel_messages")
@app.task(
    name="messaging.wake_overdue_channel_messages",
    queueing_lock="messaging.wake_overdue_channel_messages",
)
def wake_overdue_channel_messages(timestamp: int) -> None:
    channels.wake_overdue_channel_messages()
