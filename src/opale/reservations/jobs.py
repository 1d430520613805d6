"""The jobs of reservations: one line each."""

from procrastinate.contrib.django import app

from opale.kernel.actor import system
from opale.kernel.clock import now
from opale.reservations.actions import expiry_notifications, releases

CLOCK = system("reservations")


@app.periodic(cron="* * * * *", periodic_id="reservations.expire")
@app.task(name="reservations.expire", queueing_lock="reservations.expire")
def expire(timestamp: int) -> None:
    releases.expire_reservations(by=CLOCK, at=now())


@app.periodic(cron="20 * * * *", periodic_id="reservations.notify_expiring")
@app.task(name="reservations.notify_expiring", queueing_lock="reservations.notify_expiring")
def notify_expiring(timestamp: int) -> None:
    expiry_notifications.notify_expiring(by=CLOCK, at=now())
