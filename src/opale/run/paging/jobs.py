"""Paging's jobs: one line each."""

from procrastinate.contrib.django import app

from opale.kernel.actor import system
from opale.kernel.clock import now
from opale.kernel.jobs import PATIENT
from opale.kernel.timers import FIRST
from opale.run.paging import actions
from opale.run.paging.actions import delivering
from opale.run.paging.actions.contacts import WORDS_JOB
from opale.run.paging.actions.sending import SEND_JOB
from opale.run.paging.actions.starting import TIMER_JOB
from opale.run.paging.queries import method_with

CLOCKWORK = system("paging")


@app.task(name=TIMER_JOB, priority=FIRST, retry=PATIENT)
def run_due() -> None:
    actions.run_due(by=CLOCKWORK, at=now())


@app.periodic(cron="* * * * * */10", periodic_id="paging.sweep")
@app.task(name="paging.sweep", priority=FIRST, queueing_lock="paging.sweep")
def sweep(timestamp: int) -> None:
    actions.run_due(by=CLOCKWORK, at=now())
    delivering.settle_leaving()


@app.task(name=SEND_JOB, queue="outward", priority=FIRST, retry=PATIENT)
def send_page(page_id: int) -> None:
    delivering.send_page(page_id)


@app.task(name=WORDS_JOB, queue="outward", priority=FIRST)
def send_words(method_id: int, kind: str) -> None:
    delivering.send_words(method_with(method_id), kind)
