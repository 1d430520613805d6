"""What the parameters of reservations' routes name: one that is tentative, and one that is firm."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from tests.personas import MAKER, Personas

from opale.infrastructure.models import CapacityPool
from opale.kernel.clock import now
from opale.reservations.actions.reservations import Line, NewReservation, reserve


def subjects(house: Personas) -> Mapping[str, object]:
    hall = CapacityPool.objects.create(name="Hall of routes", unit="kW", capacity=Decimal(100))
    line = Line(pool=hall, quantity=Decimal(2), since=date(2027, 3, 1), until=None)
    held, firm = (
        reserve(
            NewReservation(
                purpose="A cabinet",
                lines=(line,),
                customer=house.customer,
                probability=60 if tentative else None,
                expires_at=now() + timedelta(days=3) if tentative else None,
            ),
            by=MAKER,
        )
        for tentative in (True, False)
    )
    return {
        "pool_id": hall.pk,
        "reservation_id": held.pk,
        "confirmed_reservation_id": firm.pk,
        "reservation_line_id": held.lines.get().pk,
        "reservation_move": "release",
    }
