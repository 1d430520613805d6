"""Builders for the tests of automations, and the work that their worker does."""

from typing import Any

from procrastinate.contrib.django.models import ProcrastinateJob
from tests.personas import Personas

from opale.kernel.facts import catalogue, deliver
from opale.kernel.models import Fact, FactDelivery
from opale.organisation.models import Person
from opale.run.automations.actions.definitions import (
    AutomationInput,
    create_automation,
    enable_automation,
)
from opale.run.automations.actions.reactions import TASK
from opale.run.automations.actions.runs import Occasion, run_automations
from opale.run.automations.models import Automation
from opale.run.automations.states import Trigger
from opale.run.desk.actions.macros import MacroActs


def make_automation(
    house: Personas,
    trigger: Trigger = Trigger.RECEIVED,
    *,
    name: str = "Tag mails",
    condition: str = "",
    acts: MacroActs | None = None,
    enabled: bool = True,
    **more: Any,
) -> Automation:
    """An automation of the service manager that adds a tag, enabled."""
    by = house.actor("service_manager")
    sheet = AutomationInput(
        name=name,
        trigger=trigger,
        condition=condition,
        acts=acts or MacroActs(tags=("seen",)),
        **more,
    )
    made = create_automation(sheet, by=by)
    return enable_automation(made, by=by) if enabled else made


def author_of(house: Personas) -> Person:
    return house.people["service_manager"]


def work_off(rounds: int = 8) -> int:
    """Deliver the facts of automations and run the jobs that they start, until nothing is left;
    return how many jobs ran."""
    listeners = {
        kind.name: [one for one in names if one.startswith("automations.")]
        for kind, names in catalogue()
    }
    ran = 0
    for _round in range(rounds):
        for fact in Fact.objects.order_by("pk"):
            for listener in listeners.get(fact.name, ()):
                wanted = ProcrastinateJob.objects.filter(
                    args__fact_id=fact.pk, args__listener=listener
                )
                told = FactDelivery.objects.filter(fact=fact, listener=listener)
                if wanted.exists() and not told.exists():
                    deliver(fact.pk, listener)
        jobs = list(ProcrastinateJob.objects.filter(task_name=TASK).order_by("pk"))[ran:]
        if not jobs:
            return ran
        for job in jobs:
            ran += 1
            run_automations(
                job.args["ticket_id"],
                Trigger(job.args["trigger"]),
                Occasion(job.args["occasion"], tuple(job.args["chain"])),
                only=job.args["automation_id"],
            )
    raise AssertionError("automations go on for ever")
