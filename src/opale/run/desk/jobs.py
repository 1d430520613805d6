"""Jobs of the desk: one line each."""

from procrastinate.contrib.django import app

from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.timers import FIRST
from opale.run.desk.actions import (
    attachments,
    breakers,
    bulk_jobs,
    channel_rules,
    commitments,
    digests,
    drafts,
    paging,
    pauses,
    saved_views,
    triage,
)

CLEANER = system("desk")


@app.periodic(cron="* * * * * */20", periodic_id="desk.latch_breaches")
@app.task(name="desk.latch_breaches", queueing_lock="desk.latch_breaches")
def mark_breaches(timestamp: int) -> None:
    commitments.mark_breaches()


@app.periodic(cron="* * * * * */20", periodic_id="desk.resume_as_agreed")
@app.task(name="desk.resume_as_agreed", queueing_lock="desk.resume_as_agreed")
def resume_due_pauses(timestamp: int) -> None:
    pauses.resume_due_pauses()


@app.periodic(cron="20 3 * * *", periodic_id="desk.learn_words")
@app.task(name="desk.learn_words", queueing_lock="desk.learn_words")
def learn_words(timestamp: int) -> None:
    triage.learn_words()


@app.task(name=bulk_jobs.TASK_NAME, queue=bulk_jobs.QUEUE)
def run_bulk_job(job_id: int) -> None:
    bulk_jobs.run_bulk_job(job_id)


@app.periodic(cron="50 3 * * *", periodic_id="desk.forget_bulks")
@app.task(name="desk.forget_bulks", queueing_lock="desk.forget_bulks")
def delete_old_bulk_jobs(timestamp: int) -> None:
    bulk_jobs.delete_old_bulk_jobs()


@app.periodic(cron="55 3 * * *", periodic_id="desk.forget_breakers")
@app.task(name="desk.forget_breakers", queueing_lock="desk.forget_breakers")
def delete_old_breakers(timestamp: int) -> None:
    breakers.delete_old_breakers()


@app.periodic(cron="50 3 * * *", periodic_id="desk.sweep_drafts")
@app.task(name="desk.sweep_drafts", queueing_lock="desk.sweep_drafts")
def delete_old_drafts(timestamp: int) -> None:
    drafts.delete_old_drafts()


@app.periodic(cron="54 4 * * *", periodic_id="desk.delete_waiting_files")
@app.task(name="desk.delete_waiting_files", queueing_lock="desk.delete_waiting_files")
def delete_waiting_files(timestamp: int) -> None:
    attachments.delete_waiting_files(clock.now())


@app.periodic(cron="58 3 * * *", periodic_id="desk.delete_removed_views")
@app.task(name="desk.delete_removed_views", queueing_lock="desk.delete_removed_views")
def delete_removed_views(timestamp: int) -> None:
    saved_views.delete_removed_views(by=CLEANER)


@app.periodic(cron="* * * * *", periodic_id="desk.write_digests")
@app.task(name="desk.write_digests", queueing_lock="desk.write_digests")
def send_digests(timestamp: int) -> None:
    digests.send_digests()


@app.periodic(cron="* * * * *", periodic_id="desk.tell_soon")
@app.task(name="desk.tell_soon", queueing_lock="desk.tell_soon")
def notify_due_soon(timestamp: int) -> None:
    channel_rules.notify_due_soon()


@app.periodic(cron="* * * * * */20", periodic_id="desk.call_for_tickets")
@app.task(name="desk.call_for_tickets", priority=FIRST, queueing_lock="desk.call_for_tickets")
def page_for_tickets(timestamp: int) -> None:
    paging.page_for_tickets()
