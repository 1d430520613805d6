"""The jobs of reservations: one line each."""

from procrastinate.contrib.django import app

from opale.kernel.actor import system
from opale.kernel.clock import now
from opale.reservations.actions import releases

CLOCK = system("reservations")


@app.periodic(cron="* * * * *", periodic_id="reservations.expire")
@app.task(name="reservations.expire", queueing_lock="reservations.expire")
def expire(timestamp: int) -> None:
    releases.expire_reservations(by=CLOCK, at=now())
