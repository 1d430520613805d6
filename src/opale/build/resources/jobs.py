"""The jobs of resources: one line each."""

from procrastinate.contrib.django import app

from opale.build.resources import actions
from opale.build.resources.actions import planning


@app.task(name=planning.JOB, queue=planning.QUEUE)
def search_plan(proposal_id: int) -> None:
    actions.run_plan(proposal_id)


@app.periodic(cron="50 3 * * *", periodic_id="resources.forget_plans")
@app.task(name="resources.forget_plans", queueing_lock="resources.forget_plans")
def forget_plans(timestamp: int) -> None:
    actions.forget_plans()
