"""The jobs of the organisation."""

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from opale.kernel.actor import system
from opale.organisation.actions import access, audit, listing_views
from opale.organisation.actions.access import INVITATION_JOB, RESET_JOB

CLEANER = system("organisation")


@app.task(name=INVITATION_JOB, retry=RetryStrategy(max_attempts=8, exponential_wait=3))
def send_invitation(user_id: int) -> None:
    access.send_invitation(user_id)


@app.task(name=RESET_JOB, retry=RetryStrategy(max_attempts=8, exponential_wait=3))
def send_password_reset(email: str, language: str) -> None:
    access.send_password_reset(email, language=language)


@app.periodic(cron="57 3 * * *", periodic_id="organisation.delete_removed_views")
@app.task(
    name="organisation.delete_removed_views", queueing_lock="organisation.delete_removed_views"
)
def delete_removed_views(timestamp: int) -> None:
    listing_views.delete_removed_views(by=CLEANER)


@app.periodic(cron="47 3 * * *", periodic_id="organisation.delete_old_audit_entries")
@app.task(
    name="organisation.delete_old_audit_entries",
    queueing_lock="organisation.delete_old_audit_entries",
)
def delete_old_audit_entries(timestamp: int) -> None:
    while audit.delete_old_entries():
        pass
