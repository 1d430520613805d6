"""Work that is asked of each function, in the house with one thing of each kind."""

from datetime import timedelta
from typing import Any

from tests.architecture.house import House

from opale.customers.models import Contract, Customer
from opale.delivery.designs.models import Design
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.run.desk.models import Ticket
from opale.run.desk.states import TicketState
from opale.run.events.models import Alert
from opale.run.events.states import AlertState, Severity
from opale.run.handover.models import HandoverItem

NOTICE = timedelta(days=20)


def ask_everybody(house: House) -> None:
    """Ask something by each source of work that one thing of each kind leaves silent."""
    people, customer = house.personas.people, house.personas.customer
    things: dict[str, Any] = house.things
    today = clock.now().date()
    with attributed(system("test")):
        Customer.objects.filter(pk=customer.pk).update(service_manager=people["service_manager"])
        Contract.objects.create(
            customer=customer,
            number="CT-ENDING",
            signed_on=today - NOTICE,
            period=(today - NOTICE, today + NOTICE),
        )
        Alert.objects.filter(pk=things["alert_id"]).update(
            state=AlertState.OPEN, severity=Severity.CRITICAL
        )
        Ticket.objects.filter(number=things["number"]).update(kind="incident", priority=1)
        Ticket.objects.filter(employee__isnull=False).update(
            employee=people["employee"], state=TicketState.PENDING
        )
        HandoverItem.objects.filter(pk=things["card_id"]).update(proposed=people["desk_agent"])
        Design.objects.filter(number=things["design_number"]).update(
            architect=people["solution_architect"], state="draft"
        )
