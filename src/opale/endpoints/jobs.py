"""The API kit's own jobs."""

from procrastinate.contrib.django import app

from opale.endpoints import idempotency
from opale.endpoints.exchange import imports, taking_back


@app.periodic(cron="37 3 * * *", periodic_id="endpoints.forget_answers")
@app.task(name="endpoints.forget_answers", queueing_lock="endpoints.forget_answers")
def forget_answers(timestamp: int) -> None:
    idempotency.forget_old()


@app.periodic(cron="47 3 * * *", periodic_id="endpoints.forget_imports")
@app.task(name="endpoints.forget_imports", queueing_lock="endpoints.forget_imports")
def forget_imports(timestamp: int) -> None:
    imports.forget_old()


@app.task(name=imports.CARRY_JOB, queue=imports.QUEUE)
def carry_out_import(import_id: int) -> None:
    imports.run_import(import_id)


@app.task(name=taking_back.TAKE_BACK_JOB, queue=imports.QUEUE)
def take_back_import(import_id: int) -> None:
    taking_back.run_taking_back(import_id)
