"""The jobs of handovers: one line each."""

from procrastinate.contrib.django import app

from opale.kernel.actor import system
from opale.kernel.clock import now
from opale.kernel.timers import FIRST
from opale.run.handover.actions import deadline, watches

CLOCK = system("handover")


@app.periodic(cron="* * * * * */20", periodic_id="handover.run_clock")
@app.task(name="handover.run_clock", priority=FIRST, queueing_lock="handover.run_clock")
def run_clock(timestamp: int) -> None:
    deadline.run_clock(by=CLOCK, at=now())


@app.periodic(cron="* * * * * */20", periodic_id="handover.look_at_watches")
@app.task(name="handover.look_at_watches", priority=FIRST, queueing_lock="handover.look_at_watches")
def check_watches(timestamp: int) -> None:
    watches.check_watches(by=CLOCK, at=now())
