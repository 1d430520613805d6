"""Endpoints of failed jobs; acts add theirs."""

from ninja import Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.listings.endpoints import list_endpoint
from opale.operations import queries
from opale.operations.listings import FAILED_JOBS
from opale.operations.models import FailedJob
from opale.operations.rights import JOBS
from opale.operations.shapes import FailedJobOut

router = Router(tags=["operations"])

list_endpoint(
    router,
    "/failed-jobs",
    FAILED_JOBS,
    FailedJobOut,
    name="list_failed_jobs",
    text="The background jobs that failed after all their attempts, for 30 days.",
)


@router.get("/failed-jobs/{int:failed_job_id}", response=FailedJobOut, auth=may(JOBS))
def get_failed_job(request: ActorRequest, failed_job_id: int) -> FailedJob:
    return queries.get_failed_job(failed_job_id, seen_by=request.actor)
