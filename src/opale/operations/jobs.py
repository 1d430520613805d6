"""The jobs of operations: one line each."""

from procrastinate.contrib.django import app

from opale.operations import actions


@app.periodic(cron="41 4 * * *", periodic_id="operations.delete_old_errors")
@app.task(name="operations.delete_old_errors", queueing_lock="operations.delete_old_errors")
def delete_old_errors(timestamp: int) -> None:
    actions.delete_old_errors()
