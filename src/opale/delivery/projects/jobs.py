"""The jobs of projects: one line each."""

from procrastinate.contrib.django import app

from opale.delivery.projects.actions import plans, project_notifications
from opale.kernel.actor import system

CLOCK = system("projects")


@app.periodic(cron="10 3 * * *", periodic_id="projects.replan")
@app.task(name="projects.replan", queueing_lock="projects.replan")
def replan(timestamp: int) -> None:
    plans.replan_all(by=CLOCK)


@app.periodic(cron="30 6 * * *", periodic_id="projects.notify_due")
@app.task(name="projects.notify_due", queueing_lock="projects.notify_due")
def notify_due(timestamp: int) -> None:
    project_notifications.notify_due_promises(by=CLOCK)
