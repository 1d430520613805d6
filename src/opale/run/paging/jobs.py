"""Paging's jobs: one line each."""

from procrastinate.contrib.django import app

from opale.kernel.actor import system
from opale.kernel.clock import now
from opale.kernel.jobs import PATIENT
from opale.run.paging import actions
from opale.run.paging.actions.starting import TIMER_JOB

CLOCKWORK = system("paging")


@app.task(name=TIMER_JOB, retry=PATIENT)
def run_due() -> None:
    actions.run_due(by=CLOCKWORK, at=now())


@app.periodic(cron="* * * * * */10", periodic_id="paging.sweep")
@app.task(name="paging.sweep", queueing_lock="paging.sweep")
def sweep(timestamp: int) -> None:
    actions.run_due(by=CLOCKWORK, at=now())
