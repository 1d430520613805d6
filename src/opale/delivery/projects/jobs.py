"""The jobs of projects: one line each."""

from procrastinate.contrib.django import app

from opale.delivery.projects.actions import plans
from opale.kernel.actor import system

CLOCK = system("projects")


@app.periodic(cron="10 3 * * *", periodic_id="projects.replan")
@app.task(name="projects.replan", queueing_lock="projects.replan")
def replan(timestamp: int) -> None:
    plans.replan_all(by=CLOCK)
