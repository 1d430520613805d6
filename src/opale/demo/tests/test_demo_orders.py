"""The demo's orders are in every state that people see, and whole for programs too."""

from datetime import timedelta
from random import Random

import pytest
from django.contrib.auth.hashers import make_password

from opale.delivery.orders import queries
from opale.delivery.orders.models import Order
from opale.demo.app_data.orders import ORDERS, create_orders
from opale.demo.company import create_company
from opale.demo.portfolio import create_portfolio
from opale.kernel import clock
from opale.kernel.actor import system
from opale.kernel.attribution import attributed
from opale.kernel.states import moves_of


@pytest.mark.django_db
def test_the_orders_of_the_demo_are_taken_and_led_by_people_of_build() -> None:
    now, rng = clock.now().replace(microsecond=0), Random(7)
    encoded = make_password("none")
    with attributed(system("demo")):
        starts = now - timedelta(days=30)
        staff = create_company(rng, now=now, starts=starts, encoded=encoded)
        portfolio = create_portfolio(rng, staff, count=40, now=now, encoded=encoded)
        create_orders(Random(13), staff, portfolio, now)
    orders = list(queries.with_lines(queries.orders(seen_by=system("demo"))))
    assert len(orders) == len(ORDERS)
    assert {one.level for one in orders} == set(Order.Level.values)
    assert {one.state for one in orders} >= {
        "acknowledged", "pending", "held", "inProgress", "assessingCancellation", "completed",
        "rejected", "cancelled",
    }  # fmt: skip
    for order in orders:
        assert order.customer is not None
        assert order.ordered_at <= now
        french = order.customer.language == "fr"
        assert order.external_id.startswith("BC-" if french else "PO-")
        assert all(move.at <= now for move in moves_of(Order, order.pk))
        assert all(line.offering for line in order.lines.all())
