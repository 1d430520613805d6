"""The jobs of shifts: one line each."""

from procrastinate.contrib.django import app

from opale.kernel.actor import system
from opale.kernel.clock import now
from opale.run.shifts.actions import (
    absence_calendars,
    news,
    proposals,
    roster,
    roster_notifications,
    swaps,
)
from opale.run.shifts.models import RosterProposal

PLANNER = system("roster")


@app.periodic(cron="12 2 * * *", periodic_id="shifts.draw_all_ahead")
@app.task(name="shifts.draw_all_ahead", queueing_lock="shifts.draw_all_ahead")
def draw_all_ahead(timestamp: int) -> None:
    roster.draw_all_patterns(by=PLANNER, at=now())


@app.periodic(cron="*/5 * * * *", periodic_id="shifts.lapse_offers")
@app.task(name="shifts.lapse_offers", queueing_lock="shifts.lapse_offers")
def lapse_offers(timestamp: int) -> None:
    swaps.lapse_offers(by=PLANNER, at=now())


@app.periodic(cron="*/5 * * * *", periodic_id="shifts.tell_of_accepted")
@app.task(name="shifts.tell_of_accepted", queueing_lock="shifts.tell_of_accepted")
def tell_of_accepted(timestamp: int) -> None:
    roster_notifications.notify_accepted(by=PLANNER)


@app.periodic(cron="*/5 * * * *", periodic_id="shifts.read_calendars_due")
@app.task(name="shifts.read_calendars_due", queueing_lock="shifts.read_calendars_due")
def read_calendars_due(timestamp: int) -> None:
    absence_calendars.queue_due_calendars(at=now())


@app.task(name=absence_calendars.READ_JOB, queue="calendars")
def read_absence_calendar(calendar_id: int) -> None:
    absence_calendars.read_calendar(calendar_id, at=now())


@app.task(name=proposals.JOB, queue=proposals.QUEUE)
def search_roster(proposal_id: int) -> None:
    proposals.run_search(proposal_id)


@app.periodic(cron="40 3 * * *", periodic_id="shifts.forget_proposals")
@app.task(name="shifts.forget_proposals", queueing_lock="shifts.forget_proposals")
def forget_proposals(timestamp: int) -> None:
    RosterProposal.delete_old()
    news.delete_old_news(now())
