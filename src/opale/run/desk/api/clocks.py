"""Endpoints of pauses, commitments and their explanation, outages and availability."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.conf import settings
from ninja import Field, Query, Router, Schema

from opale.customers.queries.services import get_service, get_service_by_reference
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Window, page
from opale.kernel import clock
from opale.kernel.errors import NotFound
from opale.kernel.history import Revision
from opale.run.desk import rights
from opale.run.desk.domain import clocks
from opale.run.desk.domain.availability import Month
from opale.run.desk.models import Commitment, Pause
from opale.run.desk.queries import availability, outages, requests, tickets, time_entries
from opale.run.desk.queries import clocks as clock_queries
from opale.run.desk.queries.availability import ServiceMonth
from opale.run.desk.queries.outages import StatedOutage
from opale.run.desk.shapes.clocks import AffectedCustomerOut, PauseOut, ServiceOutageOut
from opale.run.desk.shapes.tickets import CommitmentOut, SegmentOut

router = Router()


class DifferenceOut(Schema):
    column: str
    before: Any
    after: Any


class RevisionOut(Schema):
    """A correction: of which row, by whom, why, and what stood there before. Who corrected a time
    is named where figures per agent are switched on."""

    id: int
    at: datetime
    by: str
    reason: str
    created: bool
    deleted: bool
    differences: list[DifferenceOut]

    @staticmethod
    def of(change: Revision, *, names: bool) -> "RevisionOut":
        return RevisionOut(
            id=change.pk,
            at=change.at,
            by=change.actor_name if names else "",
            reason=change.reason,
            created=change.created,
            deleted=change.deleted,
            differences=[
                DifferenceOut(column=d.column, before=d.before, after=d.after)
                for d in change.differences
                if names or d.column != "person_id"
            ],
        )


class TermOut(Schema):
    """The promise in force since a moment; nothing was promised where `target_seconds` is null."""

    since: datetime
    target_seconds: int | None
    coverage: str
    source: str


class ExplanationOut(Schema):
    """A clock minute by minute. `due_at` is also when it will be broken unless it is met before."""

    measure: str
    target_seconds: int
    starts_at: datetime
    due_at: datetime | None
    met_at: datetime | None
    breached_at: datetime | None
    used_seconds: float
    left_seconds: float
    terms: list[TermOut]
    segments: list[SegmentOut]


class OutageOut(Schema):
    ticket: str
    starts: datetime
    ends: datetime


class PenaltyOut(Schema):
    commitment_id: int
    measure: str
    percent: Decimal
    amount: Decimal | None
    currency: str
    clause: str


class AvailabilityOut(Schema):
    """A service in a month. `running`: the month is not over, these are figures so far."""

    service: str
    month: str
    starts: datetime
    until: datetime
    running: bool
    due_seconds: float
    planned_seconds: float
    down_seconds: float
    percent: Decimal | None
    promised_percent: Decimal | None
    kept: bool | None
    outages: list[OutageOut]
    penalties: list[PenaltyOut]
    owed: Decimal | None


MonthName = Annotated[str, Field(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]


class AvailabilityAsked(Schema):
    month: MonthName | None = None


@router.get("/tickets/{int:number}/pauses", response=list[PauseOut], auth=may(rights.CONSOLE))
def list_pauses(request: ActorRequest, number: int) -> list[Pause]:
    return clock_queries.pauses_of(tickets.get_ticket(number, seen_by=request.actor))


@router.get(
    "/tickets/{int:number}/affected",
    response=Page[AffectedCustomerOut],
    auth=may(rights.CONSOLE),
)
def list_affected(request: ActorRequest, number: int, window: Query[Window]) -> dict[str, Any]:
    """The customers whom an incident of shared items hits, by name, with their services."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    customers = outages.customers_on_items_of(ticket, seen_by=request.actor)
    found = page(customers, window, "name", "id")
    rows = outages.with_affected_services(found.items, ticket, seen_by=request.actor)
    return {"items": rows, "next": found.next}


@router.get(
    "/tickets/{int:number}/outages", response=list[ServiceOutageOut], auth=may(rights.CONSOLE)
)
def list_outages(request: ActorRequest, number: int) -> list[StatedOutage]:
    """Every outage that the ticket states, oldest first."""
    return outages.outages_of(tickets.get_ticket(number, seen_by=request.actor))


@router.get(
    "/tickets/{int:number}/history/{corrected}",
    response=list[RevisionOut],
    auth=may(rights.CONSOLE),
)
def list_corrections(
    request: ActorRequest,
    number: int,
    corrected: Literal["pauses", "outages", "time", "request"],
) -> list[RevisionOut]:
    """What was corrected about a ticket's waits, outages, times or answers, the newest first."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    told = {
        "pauses": clock_queries.history_of_pauses,
        "outages": outages.history_of_outages,
        "time": time_entries.history_of_time,
        "request": requests.revisions_of_request,
    }
    names = corrected != "time" or settings.FIGURES_PER_AGENT
    return [RevisionOut.of(change, names=names) for change in told[corrected](ticket)]


@router.get(
    "/tickets/{int:number}/commitments", response=list[CommitmentOut], auth=may(rights.READ)
)
def list_commitments(request: ActorRequest, number: int) -> list[Commitment]:
    """Every clock of the ticket for the desk; for a customer what its plan lets it see of them."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    if request.actor.can(rights.CONSOLE):
        return clock_queries.all_commitments_of(ticket)
    return clock_queries.shown_commitments(ticket)


@router.get(
    "/tickets/{int:number}/commitments/{measure}/explanation",
    response=ExplanationOut,
    auth=may(rights.CONSOLE),
)
def explain_commitment(
    request: ActorRequest, number: int, measure: str, assignment_id: int | None = None
) -> ExplanationOut:
    """Minute by minute, with every promise that ruled; of an assignment if one is named."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    (reading,) = clock_queries.readings([ticket])
    running = reading.clocks()
    if assignment_id is not None:
        work = reading.works.get(assignment_id)
        running = clocks.assignment_clocks(work) if work else {}
    found = next((c for m, c in running.items() if m == measure), None)
    if found is None:
        raise NotFound
    return _explained(found, clock.now())


@router.get(
    "/services/{service_reference}/availability",
    response=AvailabilityOut,
    auth=may(rights.CONSOLE),
)
def service_availability(
    request: ActorRequest, service_reference: str, asked: Query[AvailabilityAsked]
) -> AvailabilityOut:
    """A month such as 2026-11 of the customer's time zone; the present one unless another is named.

    Planned work counts neither as time due nor as time down; penalties follow the contract.
    """
    service = get_service_by_reference(service_reference, seen_by=request.actor)
    service = get_service(service.pk, seen_by=request.actor)
    zone, at = service.customer.time_zone, clock.now()
    month = Month.of(at, zone)
    if asked.month:
        month = Month(int(asked.month[:4]), int(asked.month[5:]), zone)
    (found,) = availability.months_of([service], [month], seen_by=request.actor, at=at)
    return _available(found)


def _explained(found: clocks.Clock, at: datetime) -> ExplanationOut:
    return ExplanationOut(
        measure=found.promise.measure,
        target_seconds=int(found.promise.target.total_seconds()),
        starts_at=found.starts_at,
        due_at=found.due_at,
        met_at=found.met_at,
        breached_at=found.breached_at(at),
        used_seconds=found.used(at).total_seconds(),
        left_seconds=found.left(at).total_seconds(),
        terms=[
            TermOut(
                since=term.since,
                target_seconds=int(term.promise.target.total_seconds()) if term.promise else None,
                coverage=term.promise.coverage if term.promise else "",
                source=term.promise.source if term.promise else "",
            )
            for term in found.terms
        ],
        segments=[SegmentOut.from_orm(segment) for segment in found.explain(at)],
    )


def _available(row: ServiceMonth) -> AvailabilityOut:
    return AvailabilityOut(
        service=row.service.reference,
        month=str(row.month),
        starts=row.month.starts,
        until=row.found.until,
        running=row.running,
        due_seconds=row.found.due.total_seconds(),
        planned_seconds=row.found.planned.total_seconds(),
        down_seconds=row.found.down.total_seconds(),
        percent=row.found.percent,
        promised_percent=row.promised.percent if row.promised else None,
        kept=row.kept,
        outages=[
            OutageOut(ticket=o.ticket.reference, starts=o.starts, ends=o.ends) for o in row.outages
        ],
        penalties=[
            PenaltyOut(
                commitment_id=penalty.sold.pk,
                measure=penalty.sold.measure,
                percent=penalty.percent,
                amount=penalty.amount,
                currency=row.service.currency,
                clause=penalty.sold.penalty,
            )
            for penalty in row.penalties
        ],
        owed=row.owed,
    )
