"""The job of discussions: one line."""

from procrastinate.contrib.django import app

from opale.discussions import actions
from opale.kernel import clock
from opale.kernel.actor import system

CLEANER = system("discussions")


@app.periodic(cron="56 4 * * *", periodic_id="discussions.delete_waiting_files")
@app.task(name="discussions.delete_waiting_files", queueing_lock="discussions.delete_waiting_files")
def delete_waiting_files(timestamp: int) -> None:
    actions.delete_waiting_files(clock.now(), by=CLEANER)
