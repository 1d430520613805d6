"""The API kit's own jobs."""

from procrastinate.contrib.django import app

from opale.endpoints import idempotency
from opale.endpoints.exchange import import_undo, imports


@app.periodic(cron="37 3 * * *", periodic_id="endpoints.forget_answers")
@app.task(name="endpoints.forget_answers", queueing_lock="endpoints.forget_answers")
def forget_answers(timestamp: int) -> None:
    idempotency.delete_expired()


@app.periodic(cron="47 3 * * *", periodic_id="endpoints.forget_imports")
@app.task(name="endpoints.forget_imports", queueing_lock="endpoints.forget_imports")
def forget_imports(timestamp: int) -> None:
    imports.delete_expired()


@app.task(name=imports.CARRY_JOB, queue=imports.QUEUE)
def carry_out_import(import_id: int) -> None:
    imports.run_import(import_id)


@app.task(name=import_undo.TAKE_BACK_JOB, queue=imports.QUEUE)
def take_back_import(import_id: int) -> None:
    import_undo.run_undo(import_id)
