"""The jobs of resources: one line each."""

from procrastinate.contrib.django import app

from opale.delivery.resources.actions import plans
from opale.delivery.resources.models import PlanProposal


@app.task(name=plans.JOB, queue=plans.QUEUE)
def search_plan(proposal_id: int) -> None:
    plans.run_plan(proposal_id)


@app.periodic(cron="50 3 * * *", periodic_id="resources.forget_plans")
@app.task(name="resources.forget_plans", queueing_lock="resources.forget_plans")
def forget_plans(timestamp: int) -> None:
    PlanProposal.delete_old()
