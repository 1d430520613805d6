"""Endpoints of reservations, of capacity left in pools, and of people's load."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, TypeVar

from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.customers.queries.customers import get_customer
from opale.endpoints.auth import may
from opale.endpoints.fields import Moment, PlannedDay
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, SearchText, Slice, Window, page
from opale.endpoints.references import Getter, resolve_reference
from opale.infrastructure.domain.units import Unit
from opale.infrastructure.models import CapacityPool
from opale.infrastructure.queries.items import get_item
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.listings.endpoints import list_endpoint
from opale.organisation.queries.people import get_person
from opale.reservations.actions import reservations
from opale.reservations.actions.reservations import Line, NewReservation
from opale.reservations.listings import RESERVATIONS
from opale.reservations.models import Reservation
from opale.reservations.queries import load as load_queries
from opale.reservations.queries import reservations as reservation_queries
from opale.reservations.rights import READ, RESERVE
from opale.reservations.shapes import (
    CapacityFilled,
    CapacityPoolOut,
    LoadOut,
    PersonLoad,
    ReservationOut,
    WeekLoad,
)

router = Router(tags=["reservations"])

R = TypeVar("R")
Key = Annotated[int, Field(ge=1, le=2**63 - 1)]


class ReservationLineIn(Schema):
    """One of `person_id` (`quantity`: hours a day), `pool_id`, or `item_id` with its `unit`."""

    person_id: Key | None = None
    pool_id: Key | None = None
    item_id: Key | None = None
    unit: Annotated[str, Field(max_length=40)] = ""
    quantity: Annotated[Decimal, Field(gt=0, max_digits=12, decimal_places=2)] = Decimal(1)
    since: PlannedDay
    last: PlannedDay | None = None


class ReservationIn(Schema):
    """All lines are held, or none (409). With `expires_at` it is tentative, with a `probability`.

    More than there is is held only where somebody approved it (`approver_id`) for a reason.
    """

    purpose: Annotated[str, Field(min_length=1, max_length=200)]
    lines: Annotated[list[ReservationLineIn], Field(min_length=1, max_length=100)]
    customer_id: Key | None = None
    probability: Annotated[int, Field(ge=0, le=100)] | None = None
    expires_at: Moment | None = None
    approver_id: Key | None = None
    approval_reason: Annotated[str, Field(max_length=300)] = ""


class LoadFilter(Schema):
    since: PlannedDay | None = None
    weeks: Annotated[int, Field(ge=1, le=104)] = 13
    team_id: Key | None = None
    q: SearchText = ""


list_endpoint(
    router,
    "/reservations",
    RESERVATIONS,
    ReservationOut,
    name="list_reservations",
    rows=reservation_queries.with_lines,
)


@router.post("/reservations", response={201: ReservationOut}, auth=may(RESERVE))
def reserve(request: ActorRequest, body: ReservationIn) -> Status[Reservation]:
    """Hold people's hours, stock and units together: all of it, or nothing."""
    by = request.actor
    asked = NewReservation(
        purpose=body.purpose,
        lines=tuple(_line(one, by) for one in body.lines),
        customer=_named(get_customer, body.customer_id, by, "customer_id"),
        probability=body.probability,
        expires_at=body.expires_at,
        approver=_named(get_person, body.approver_id, by, "approver_id"),
        approval_reason=body.approval_reason,
    )
    made = reservations.reserve(asked, by=by)
    return Status(201, reservation_queries.get_reservation(made.pk, seen_by=by))


@router.get("/reservations/{int:reservation_id}", response=ReservationOut, auth=may(READ))
def get_reservation(request: ActorRequest, reservation_id: int) -> Reservation:
    return reservation_queries.get_reservation(reservation_id, seen_by=request.actor)


@router.get("/capacity-pools", response=Page[CapacityPoolOut], auth=may(READ))
def list_capacity_pools(
    request: ActorRequest, window: Query[Window], q: SearchText = ""
) -> Slice[CapacityPool]:
    return page(reservation_queries.pools(seen_by=request.actor, text=q), window, "name", "id")


@router.get("/capacity-pools/{int:pool_id}", response=CapacityFilled, auth=may(READ))
def get_capacity_pool(
    request: ActorRequest, pool_id: int, on: PlannedDay | None = None
) -> CapacityFilled:
    """What is left of it on a day, today unless it is named."""
    pool = reservation_queries.get_pool(pool_id, seen_by=request.actor)
    day = on or timezone.localtime(clock.now()).date()
    found = reservation_queries.pool_usage([pool], on=day)[0]
    return CapacityFilled(
        id=pool.pk,
        name=pool.name,
        unit=Unit(pool.unit),
        site_id=pool.site_id,
        parent_id=pool.parent_id,
        item_id=pool.item_id,
        derived=pool.derived,
        capacity=pool.capacity,
        on=day,
        confirmed=found.confirmed,
        tentative=found.tentative,
        left=found.left,
    )


@router.get("/load", response=LoadOut, auth=may(READ))
def read_load(request: ActorRequest, asked: Query[LoadFilter]) -> LoadOut:
    """How loaded each person is, week by week."""
    found = load_queries.load_map(
        seen_by=request.actor,
        since=asked.since or timezone.localtime(clock.now()).date(),
        weeks=asked.weeks,
        team_id=asked.team_id,
        text=asked.q,
    )
    return LoadOut(
        weeks=list(found.weeks),
        people=[
            PersonLoad(
                person_id=row.person.pk,
                name=row.person.name,
                weeks=[
                    _week(monday, load) for monday, load in zip(found.weeks, row.weeks, strict=True)
                ],
            )
            for row in found.rows
        ],
    )


def _week(monday: date, load: load_queries.Load) -> WeekLoad:
    return WeekLoad(
        week=monday,
        given=load.given,
        available=load.available,
        confirmed=load.confirmed,
        tentative=load.tentative,
        duty=load.duty,
        level3=load.level3,
        absent=load.absent,
        standby=load.standby,
        free=load.free,
        share=load.share,
    )


def _line(asked: ReservationLineIn, by: Actor) -> Line:
    """Return the requested line. Errors: Invalid (no row of this number)."""
    return Line(
        person=_named(get_person, asked.person_id, by, "person_id"),
        pool=_named(reservation_queries.get_pool, asked.pool_id, by, "pool_id"),
        item=_named(get_item, asked.item_id, by, "item_id"),
        unit=asked.unit,
        quantity=asked.quantity,
        since=asked.since,
        until=asked.last + timedelta(days=1) if asked.last else None,
    )


def _named(get: Getter[R], pk: int | None, by: Actor, field: str) -> R | None:
    return None if pk is None else resolve_reference(get, pk, field=field, seen_by=by)
