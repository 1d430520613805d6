"""An order is announced to those who lead project managers."""

import pytest
from tests.personas import Personas

from opale.delivery.orders.actions.orders import NewOrder, create_order
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.notifications.models import Notification
from opale.organisation.models import Membership

BY = system("test")


@pytest.mark.django_db
def test_a_received_order_is_told_to_leads_of_project_managers(personas: Personas) -> None:
    lead = personas.people["project_manager"]
    with attributed(BY):
        Membership.objects.filter(person=lead).update(role=Membership.Role.LEAD)
    order = create_order(NewOrder(customer=personas.customer), by=BY)
    told = Notification.objects.get(person=lead)
    assert told.text == f"Order {order.reference} received from {personas.customer.name}"
    assert told.url == f"/orders/{order.number}/"
    # Whoever hands an order in is not told of it.
    create_order(NewOrder(customer=personas.customer), by=personas.actor("project_manager"))
    assert Notification.objects.count() == 1
