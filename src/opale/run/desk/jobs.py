"""The desk's jobs: one line each."""

from procrastinate.contrib.django import app

from opale.kernel.timers import FIRST
from opale.run.desk import actions
from opale.run.desk.actions import bulk, calling


@app.periodic(cron="* * * * * */20", periodic_id="desk.latch_breaches")
@app.task(name="desk.latch_breaches", queueing_lock="desk.latch_breaches")
def latch_breaches(timestamp: int) -> None:
    actions.latch_breaches()


@app.periodic(cron="* * * * * */20", periodic_id="desk.resume_as_agreed")
@app.task(name="desk.resume_as_agreed", queueing_lock="desk.resume_as_agreed")
def resume_as_agreed(timestamp: int) -> None:
    actions.resume_as_agreed()


@app.periodic(cron="20 3 * * *", periodic_id="desk.learn_words")
@app.task(name="desk.learn_words", queueing_lock="desk.learn_words")
def learn_words(timestamp: int) -> None:
    actions.learn_words()


@app.task(name=bulk.JOB, queue=bulk.QUEUE)
def go_on_with_bulk(job_id: int) -> None:
    actions.run_bulk(job_id)


@app.periodic(cron="50 3 * * *", periodic_id="desk.forget_bulks")
@app.task(name="desk.forget_bulks", queueing_lock="desk.forget_bulks")
def forget_bulks(timestamp: int) -> None:
    actions.forget_old_bulks()


@app.periodic(cron="55 3 * * *", periodic_id="desk.forget_breakers")
@app.task(name="desk.forget_breakers", queueing_lock="desk.forget_breakers")
def forget_breakers(timestamp: int) -> None:
    actions.forget_breakers()


@app.periodic(cron="50 3 * * *", periodic_id="desk.sweep_drafts")
@app.task(name="desk.sweep_drafts", queueing_lock="desk.sweep_drafts")
def sweep_drafts(timestamp: int) -> None:
    actions.sweep_drafts()


@app.periodic(cron="* * * * *", periodic_id="desk.write_digests")
@app.task(name="desk.write_digests", queueing_lock="desk.write_digests")
def write_digests(timestamp: int) -> None:
    actions.write_digests()


@app.periodic(cron="* * * * *", periodic_id="desk.tell_soon")
@app.task(name="desk.tell_soon", queueing_lock="desk.tell_soon")
def tell_soon(timestamp: int) -> None:
    actions.tell_soon()


@app.periodic(cron="* * * * * */20", periodic_id="desk.call_for_tickets")
@app.task(name="desk.call_for_tickets", priority=FIRST, queueing_lock="desk.call_for_tickets")
def call_for_tickets(timestamp: int) -> None:
    calling.call_for_tickets()
