"""Endpoints of bulk jobs on any number of tickets: try, confirm, follow, stop, undo."""

from typing import Annotated, Literal

from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.fields import LongText, Moment, Text40
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.kernel.errors import Invalid
from opale.listings.endpoints import list_endpoint
from opale.organisation.queries.people import get_person
from opale.run.desk import rights
from opale.run.desk.actions import bulk_jobs
from opale.run.desk.actions.bulk_acts import BulkParameters
from opale.run.desk.listings.bulk_jobs import BULK_JOBS
from opale.run.desk.models import BulkItem, BulkJob, Grade, Pause
from opale.run.desk.queries import bulk_jobs as bulk_job_queries
from opale.run.desk.queries import macros, ticket_lists, tickets
from opale.run.desk.shapes.bulk_jobs import BulkJobOut
from opale.run.desk.shapes.tickets import GradeName

router = Router()

ActName = Literal[
    "give",
    "grade",
    "tag",
    "untag",
    "wait",
    "resume",
    "resolve",
    "close",
    "cancel",
    "parent",
    "merge",
    "write",
    "note",
    "macro",
]
OutcomeName = Literal["changed", "same", "refused", "undone", "kept"]
ViewName = Literal["triage", "mine", "due", "late", "waiting", "open", "all"]


class MatchingIn(Schema):
    """All tickets of a view of the desk, as it stands when it is asked."""

    view: ViewName
    stream: Literal["", "corporate", "solution", "none"] = ""


class BulkJobIn(Schema):
    """Either `numbers` or `matching`. `act` needs: give `person_id`; grade `impact` or `urgency`;
    tag and untag `tags`; wait `kind`; parent and merge `other`; write `texts` by language; macro
    `macro_id`; note `reason`, which is the cause of resolve and cancel too. Without `confirmed` it
    is only tried.
    """

    act: ActName
    numbers: list[int] = Field(default=[], max_length=10_000)
    matching: MatchingIn | None = None
    confirmed: bool = False
    person_id: int | None = None
    impact: GradeName | None = None
    urgency: GradeName | None = None
    tags: list[Text40] = []
    kind: Literal["customer", "supplier", "change", "agreed_date"] | None = None
    until: Moment | None = None
    other: int | None = None
    macro_id: int | None = None
    texts: dict[str, LongText] = {}
    reason: Annotated[str, Field(max_length=2000)] = ""


class BulkItemOut(Schema):
    """`code` and `sentence` say why a ticket refused, or was left as it is."""

    number: int
    tried: str
    outcome: str
    code: str
    sentence: str

    @staticmethod
    def resolve_number(row: BulkItem) -> int:
        return row.ticket.number


@router.post("/tickets/bulk-jobs", response={202: BulkJobOut}, auth=may(rights.WORK))
def create_bulk_job(request: ActorRequest, body: BulkJobIn) -> Status[BulkJob]:
    """Few tickets are tried, or changed, before the answer; many by the worker."""
    actor = request.actor
    if bool(body.numbers) == (body.matching is not None):
        raise Invalid(numbers=_("Choose tickets or a view."))
    job = bulk_jobs.create_bulk_job(
        BulkJob.Act(body.act),
        BulkParameters(
            person=get_person(body.person_id, seen_by=actor)
            if body.person_id is not None
            else None,
            impact=Grade(body.impact) if body.impact else None,
            urgency=Grade(body.urgency) if body.urgency else None,
            tags=tuple(body.tags),
            kind=Pause.Kind(body.kind) if body.kind else None,
            until=body.until,
            reason=body.reason,
            other=tickets.get_ticket(body.other, seen_by=actor) if body.other else None,
            macro=macros.get_macro(body.macro_id, seen_by=actor)
            if body.macro_id is not None
            else None,
            texts=body.texts,
        ),
        by=actor,
        credential=request.credential,
        tickets=ticket_lists.tickets_with_numbers(body.numbers, seen_by=actor)
        if body.numbers
        else (),
        matching=body.matching.dict() if body.matching else None,
        confirmed=body.confirmed,
    )
    return Status(202, job)


list_endpoint(router, "/tickets/bulk-jobs", BULK_JOBS, BulkJobOut, name="list_bulk_jobs")


@router.get("/tickets/bulk-jobs/{int:job_id}", response=BulkJobOut, auth=may(rights.WORK))
def get_bulk_job(request: ActorRequest, job_id: int) -> BulkJob:
    return bulk_job_queries.get_bulk_job(job_id, seen_by=request.actor)


@router.get(
    "/tickets/bulk-jobs/{int:job_id}/items", response=Page[BulkItemOut], auth=may(rights.WORK)
)
def list_bulk_items(
    request: ActorRequest, job_id: int, window: Query[Window], outcome: OutcomeName | None = None
) -> Slice[BulkItem]:
    job = bulk_job_queries.get_bulk_job(job_id, seen_by=request.actor)
    rows = bulk_job_queries.bulk_items(job, seen_by=request.actor, outcome=outcome or "")
    return page(rows, window, "ticket_id")
