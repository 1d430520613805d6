"""The jobs of the organisation."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from opale.organisation.actions import access
from opale.organisation.actions.access import INVITATION_JOB


@app.task(name=INVITATION_JOB, retry=RetryStrategy(max_attempts=8, exponential_wait=3))
def send_invitation(user_id: int) -> None:
    access.send_invitation(user_id)
