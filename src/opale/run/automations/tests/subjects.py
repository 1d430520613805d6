"""What the parameters of the routes of automations name."""

from collections.abc import Mapping
from datetime import time, timedelta

from tests.personas import MAKER, Personas

from opale.kernel.attribution import attributed
from opale.run.automations.actions.definitions import remove_automation
from opale.run.automations.actions.recurring import (
    create_recurring_ticket,
    remove_recurring_ticket,
)
from opale.run.automations.actions.runs import Occasion, run_automation
from opale.run.automations.models import AutomationRun, RecurringTicket, RecurringTicketRun
from opale.run.automations.states import Trigger
from opale.run.automations.tests.builders import make_automation
from opale.run.desk.tests.builders import make_incident


def subjects(house: Personas) -> Mapping[str, object]:
    manager = house.actor("service_manager")
    # Disabled, so that no route of another room starts it.
    made = make_automation(house, Trigger.RETURNED, enabled=False)
    gone = make_automation(house, Trigger.RETURNED, name="Gone", enabled=False)
    remove_automation(gone, by=manager)
    ticket = make_incident(house, "Automated")
    run_automation(made, ticket.pk, Occasion("test"))
    recurring, removed = _recurring(house, "Backups"), _recurring(house, "Former")
    with attributed(MAKER):
        RecurringTicketRun.objects.create(
            recurring=recurring,
            due_at=ticket.received_at,
            ticket=ticket,
            customer=house.customer,
        )
        RecurringTicketRun.objects.create(
            recurring=recurring,
            due_at=ticket.received_at + timedelta(days=1),
            customer=house.customer,
            refusal="Not allowed",
        )
    remove_recurring_ticket(removed, by=manager)
    return {
        "automation_id": made.pk,
        "removed_automation_id": gone.pk,
        "automation_run_id": AutomationRun.objects.get(automation=made).pk,
        "recurring_id": recurring.pk,
        "removed_recurring_id": removed.pk,
        "calendar_of_recurring_id": house.calendar.pk,
    }


def _recurring(house: Personas, name: str) -> RecurringTicket:
    return create_recurring_ticket(
        by=house.actor("service_manager"),
        name=name,
        rhythm="daily",
        at=time(8),
        calendar=house.calendar,
        subject="Check the backups",
        customer=house.customer,
    )
