"""The jobs of orders: one line each."""

from procrastinate.contrib.django import app

from opale.build.orders import actions
from opale.kernel.actor import system
from opale.kernel.clock import now

CLOCK = system("orders")


@app.periodic(cron="* * * * *", periodic_id="orders.carry_out_cancellations")
@app.task(name="orders.carry_out_cancellations", queueing_lock="orders.carry_out_cancellations")
def carry_out_cancellations(timestamp: int) -> None:
    actions.carry_out_cancellations(by=CLOCK, at=now())
