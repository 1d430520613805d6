"""Jobs of automations: one line each."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from opale.kernel.clock import now
from opale.run.automations.actions import due, recurring, runs
from opale.run.automations.actions.reactions import TASK
from opale.run.automations.states import Trigger

PATIENT = RetryStrategy(max_attempts=5, exponential_wait=2)


@app.task(name=TASK, retry=PATIENT)
def run_automations(
    ticket_id: int, trigger: str, occasion: str, chain: list[int], automation_id: int | None
) -> None:
    known = runs.Occasion(occasion, tuple(chain))
    runs.run_automations(ticket_id, Trigger(trigger), known, only=automation_id)


@app.periodic(cron="* * * * *", periodic_id="automations.start_due")
@app.task(name="automations.start_due", queueing_lock="automations.start_due")
def start_due_automations(timestamp: int) -> None:
    due.start_due_automations(at=now())


@app.periodic(cron="* * * * *", periodic_id="automations.open_recurring")
@app.task(name="automations.open_recurring", queueing_lock="automations.open_recurring")
def open_recurring_tickets(timestamp: int) -> None:
    recurring.open_due_tickets(at=now())
