"""Paging's jobs: one line each."""

from procrastinate.contrib.django import app

from opale.kernel.actor import system
from opale.kernel.clock import now
from opale.kernel.jobs import PATIENT
from opale.kernel.timers import FIRST
from opale.run.paging.actions import delivery, escalation, notification_pushes
from opale.run.paging.actions.contacts import CONTACT_MESSAGE_JOB
from opale.run.paging.actions.dispatch import SEND_JOB
from opale.run.paging.actions.mobilisations import TIMER_JOB
from opale.run.paging.queries.contacts import get_method_by_id

CLOCKWORK = system("paging")


@app.task(name=TIMER_JOB, priority=FIRST, retry=PATIENT)
def run_due() -> None:
    escalation.run_due_steps(by=CLOCKWORK, at=now())


@app.periodic(cron="* * * * * */10", periodic_id="paging.sweep")
@app.task(name="paging.sweep", priority=FIRST, queueing_lock="paging.sweep")
def sweep(timestamp: int) -> None:
    escalation.run_due_steps(by=CLOCKWORK, at=now())
    delivery.update_sent_mails()


@app.task(name=SEND_JOB, queue="paging", priority=FIRST, retry=PATIENT)
def send_page(page_id: int) -> None:
    delivery.send_page(page_id)


@app.task(name=CONTACT_MESSAGE_JOB, queue="paging.contacts", priority=FIRST)
def send_words(method_id: int, kind: str) -> None:
    delivery.send_contact_message(get_method_by_id(method_id), kind)


@app.task(name=notification_pushes.PUSH_JOB, queue="notifications")
def push_notification(person_id: int, text: str, url: str) -> None:
    notification_pushes.push_to_browsers(person_id, text, url)
