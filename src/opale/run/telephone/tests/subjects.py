"""What the parameters of the telephone's routes name."""

from collections.abc import Mapping
from datetime import timedelta

from tests.personas import MAKER, Personas

from opale.kernel.clock import now
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.models import Kind, Source
from opale.run.events.actions.integrations import create_integration
from opale.run.telephone.actions.signals import record_signal
from opale.run.telephone.domain.signals import Signal
from opale.run.telephone.states import Direction, SignalKind


def subjects(house: Personas) -> Mapping[str, object]:
    integration, _key = create_integration(name="Telephone", format="cti", by=MAKER)
    at = now() - timedelta(minutes=2)
    for kind in (SignalKind.RING, SignalKind.HANGUP):
        said = Signal(kind=kind, call_id="1", direction=Direction.IN, caller="0199001122")
        call = record_signal(said, integration_id=integration.pk, by=MAKER, at=at)
    felt = receive_ticket(
        NewTicket(
            subject="Réseau coupé",
            source=Source.EVENT,
            kind=Kind.INCIDENT,
            customer=house.customer,
        ),
        by=MAKER,
    )
    return {"call_id": call.pk, "felt_number": felt.number}
