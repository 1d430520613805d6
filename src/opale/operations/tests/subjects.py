"""A failed job, as the routes name it."""

from collections.abc import Mapping

from django.db import connection
from procrastinate.contrib.django import app
from tests.personas import Personas

from opale.operations.actions import record_error

SENDING_JOB = "webhooks.send_delivery"


def fail(task_name: str, **arguments: int) -> int:
    """Return a job that failed just now."""
    job_id = app.configure_task(task_name).defer(**arguments)
    with connection.cursor() as cursor:
        # Triggers of the queue write the event.
        for status in ("doing", "failed"):
            cursor.execute(
                "UPDATE procrastinate_jobs SET status = %s WHERE id = %s", [status, job_id]
            )
    record_error(job_id, ValueError("no such delivery"))
    return job_id


def subjects(_house: Personas) -> Mapping[str, object]:
    return {"failed_job_id": fail(SENDING_JOB, delivery_id=0)}
