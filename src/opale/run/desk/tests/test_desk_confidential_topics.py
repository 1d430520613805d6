"""Live topics of confidential tickets: they name no ticket to those who may not see it."""

import pytest
from tests.personas import MAKER, Personas

from opale.kernel.attribution import attributed
from opale.kernel.models import Change
from opale.run.desk.actions.drafts import draft_topic
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.actions.ticket_locks import touch_ticket
from opale.run.desk.actions.ticket_metadata import set_confidential
from opale.run.desk.models import Source, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(personas: Personas) -> Ticket:
    asked = NewTicket(subject="Paie", body="Privé.", source=Source.MAIL, customer=personas.customer)
    return receive_ticket(asked, by=MAKER)


def told() -> set[str]:
    return set(Change.objects.values_list("topic", flat=True))


def test_a_confidential_ticket_is_not_named_to_all_readers(
    personas: Personas, ticket: Ticket
) -> None:
    manager, plain = personas.actor("service_manager"), f"desk.ticket:{ticket.pk}"
    assert plain in told()
    held = set_confidential(ticket, True, by=manager)
    # Once more, for the pages that are open and show it.
    assert {plain, held.live_topic} <= told()
    Change.objects.all().delete()
    client = personas.client("service_manager")
    page = client.get(f"/tickets/{ticket.number}/").content.decode()
    assert held.live_topic in page
    assert plain not in page
    with attributed(manager):
        touch_ticket(held)
    assert held.live_topic in told()
    assert not [topic for topic in told() if topic.endswith(f":{ticket.pk}")]
    assert draft_topic(held) == f"desk.drafts:{held.live_key}"
    shown = set_confidential(held, False, by=manager)
    assert shown.live_topic == plain
    assert plain in told()
