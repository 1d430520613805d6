"""The jobs of orders: one line each."""

from procrastinate.contrib.django import app

from opale.delivery.orders.actions import cancellations
from opale.kernel.actor import system
from opale.kernel.clock import now

CLOCK = system("orders")


@app.periodic(cron="* * * * *", periodic_id="orders.carry_out_cancellations")
@app.task(name="orders.carry_out_cancellations", queueing_lock="orders.carry_out_cancellations")
def carry_out_cancellations(timestamp: int) -> None:
    cancellations.carry_out_cancellations(by=CLOCK, at=now())
