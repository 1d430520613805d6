"""A ticket of the last whole month, which reports open with."""

from collections.abc import Mapping
from datetime import timedelta

from tests.personas import MAKER, Personas

from opale.kernel import clock
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Source
from opale.run.reports.queries.tickets import last_whole_period


def subjects(house: Personas) -> Mapping[str, object]:
    at = last_whole_period("month", clock.now()).ends - timedelta(days=10)
    said = NewTicket(subject="Lien", body="Bonjour", source=Source.MAIL, customer=house.customer)
    return {"reported_ticket_id": receive_ticket(said, by=MAKER, at=at).pk}
