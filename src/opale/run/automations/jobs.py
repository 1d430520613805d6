"""Jobs of automations: one line each."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from opale.run.automations.actions import runs
from opale.run.automations.actions.reactions import TASK
from opale.run.automations.states import Trigger

PATIENT = RetryStrategy(max_attempts=5, exponential_wait=2)


@app.task(name=TASK, retry=PATIENT)
def run_automations(ticket_id: int, trigger: str, occasion: str, chain: list[int]) -> None:
    runs.run_automations(ticket_id, Trigger(trigger), runs.Occasion(occasion, tuple(chain)))
