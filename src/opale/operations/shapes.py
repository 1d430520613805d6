"""What programs read of failed jobs."""

from datetime import datetime
from typing import Any

from opale.endpoints.shapes import RowOut


class FailedJobOut(RowOut):
    """A job that failed: `attempts` were made, the last one at `failed_at` with this `error`."""

    id: int
    task_name: str
    queue_name: str
    args: dict[str, Any]
    attempts: int
    failed_at: datetime | None
    error: str
