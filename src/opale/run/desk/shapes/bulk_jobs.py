"""Shape of a bulk job."""

from datetime import datetime

from ninja import Schema

from opale.run.desk.actions import bulk_jobs
from opale.run.desk.models import BulkJob
from opale.run.desk.queries import bulk_jobs as bulk_job_queries


class BulkJobOut(Schema):
    """`counts` are tickets by outcome: of the trial until it is confirmed, then of the act. `done`
    of `total` is how far the present step is."""

    id: int
    act: str
    state: str
    total: int
    done: int
    counts: dict[str, int]
    may_be_undone: bool
    asked_at: datetime
    started_at: datetime | None
    finished_at: datetime | None

    @staticmethod
    def resolve_counts(row: BulkJob) -> dict[str, int]:
        return bulk_job_queries.bulk_counts(row)

    @staticmethod
    def resolve_may_be_undone(row: BulkJob) -> bool:
        return bulk_jobs.is_undoable(row)
