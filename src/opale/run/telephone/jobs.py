"""The jobs of the telephone: one line each."""

from procrastinate.contrib.django import app

from opale.kernel.actor import system
from opale.kernel.clock import now
from opale.run.telephone.actions import cleanup

CLEANER = system("telephone")


@app.periodic(cron="*/2 * * * *", periodic_id="telephone.end_forgotten_calls")
@app.task(name="telephone.end_forgotten_calls", queueing_lock="telephone.end_forgotten_calls")
def end_stale_calls(timestamp: int) -> None:
    cleanup.end_stale_calls(by=CLEANER, at=now())


@app.periodic(cron="17 4 * * *", periodic_id="telephone.forget_old")
@app.task(name="telephone.forget_old", queueing_lock="telephone.forget_old")
def delete_old_calls(timestamp: int) -> None:
    cleanup.delete_old_calls(by=CLEANER, at=now())
