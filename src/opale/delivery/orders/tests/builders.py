"""Orders of the personas' customer, and something to hold for their lines."""

from datetime import date
from decimal import Decimal
from typing import Any

from tests.personas import Personas

from opale.customers.tests.builders import make_offering
from opale.delivery.orders.actions import orders, reservations
from opale.delivery.orders.actions.orders import NewLine, NewOrder
from opale.delivery.orders.models import Order, OrderLine
from opale.infrastructure.models import CapacityPool
from opale.kernel.actor import Actor, system
from opale.reservations.actions.reservations import Line
from opale.reservations.models import Reservation

MAKER = system("test")
WANTED = "2027-03-01T09:00:00+01:00"


def cabinet(**fields: Any) -> NewLine:
    return NewLine(offering=make_offering("colo-cabinet", name_en="Cabinet"), **fields)


def make_order(house: Personas, *lines: NewLine, by: Actor = MAKER, **fields: Any) -> Order:
    values: dict[str, Any] = {"customer": house.customer, "wanted_text": WANTED} | fields
    return orders.create_order(NewOrder(lines=lines or (cabinet(),), **values), by=by)


def line_of(order: Order, item_id: str = "1") -> OrderLine:
    return order.lines.get(item_id=item_id)


def power(kilowatts: str = "2") -> Line:
    hall, _made = CapacityPool.objects.get_or_create(
        name="Hall A", unit="kW", defaults={"capacity": Decimal(100)}
    )
    return Line(pool=hall, quantity=Decimal(kilowatts), since=date(2027, 3, 1), until=None)


def hold_power(order: Order, item_id: str = "1") -> Reservation:
    return reservations.reserve_for_line(line_of(order, item_id), (power(),), by=MAKER)
