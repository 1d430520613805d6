"""The desk's jobs: one line each."""

from procrastinate.contrib.django import app

from opale.run.desk import actions


@app.periodic(cron="* * * * * */20", periodic_id="desk.latch_breaches")
@app.task(name="desk.latch_breaches", queueing_lock="desk.latch_breaches")
def latch_breaches(timestamp: int) -> None:
    actions.latch_breaches()
