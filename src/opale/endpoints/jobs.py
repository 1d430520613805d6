"""The API kit's own jobs."""

from procrastinate.contrib.django import app

from opale.endpoints import idempotency


@app.periodic(cron="37 3 * * *", periodic_id="endpoints.forget_answers")
@app.task(name="endpoints.forget_answers", queueing_lock="endpoints.forget_answers")
def forget_answers(timestamp: int) -> None:
    idempotency.forget_old()
