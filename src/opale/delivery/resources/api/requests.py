"""Endpoints of resource requests, and of candidates for work."""

from decimal import Decimal
from typing import Annotated, TypeVar

from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from opale.delivery.resources.actions import answers, requests
from opale.delivery.resources.listings import REQUESTS
from opale.delivery.resources.models import ResourceRequest
from opale.delivery.resources.queries import candidates
from opale.delivery.resources.queries import requests as request_queries
from opale.delivery.resources.queries.candidates import Candidate, Need
from opale.delivery.resources.rights import ANSWER, ASK, READ
from opale.delivery.resources.shapes import DaysOut, ResourceRequestOut
from opale.endpoints.auth import may
from opale.endpoints.fields import PlannedDay
from opale.endpoints.http import ActorRequest
from opale.endpoints.references import Getter, resolve_reference
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid, NotFound
from opale.listings.endpoints import list_endpoint
from opale.organisation.queries.people import get_person, get_skill
from opale.organisation.queries.teams import get_team

router = Router(tags=["resources"])

R = TypeVar("R")
Key = Annotated[int, Field(ge=1, le=2**63 - 1)]
Level = Annotated[int, Field(ge=1, le=5)]
SomeHours = Annotated[Decimal, Field(gt=0, le=2000, max_digits=7, decimal_places=2)]


class OfferedNames(Schema):
    """People in the order in which the lead would give them."""

    person_ids: Annotated[list[Key], Field(min_length=1, max_length=10)]


class OfferChosen(Schema):
    offer_id: Key


class CandidateQuestion(Schema):
    """Of a team, or of any team of a kind."""

    hours: SomeHours
    since: PlannedDay
    last: PlannedDay
    team_id: Key | None = None
    kind: Annotated[str, Field(max_length=40)] = ""
    skill_id: Key | None = None
    level: Level = 1


class MovedOut(Schema):
    """A reservation that would end later; `days` is null where no other place is found for it."""

    reservation_id: int
    purpose: str
    tentative: bool
    days: int | None


class CandidateOut(Schema):
    """`cost` is in hours. `late` counts working days after what is wished."""

    person_id: int
    name: str
    level: int
    days: list[DaysOut]
    late: int
    moved: list[MovedOut]
    cost: float


list_endpoint(
    router,
    "/resource-requests",
    REQUESTS,
    ResourceRequestOut,
    name="list_resource_requests",
    rows=request_queries.with_offers,
)


@router.get(
    "/resource-requests/{int:resource_request_id}", response=ResourceRequestOut, auth=may(READ)
)
def get_resource_request(request: ActorRequest, resource_request_id: int) -> ResourceRequest:
    return request_queries.get_request(resource_request_id, seen_by=request.actor)


@router.post(
    "/resource-requests/{int:resource_request_id}/offers",
    response=ResourceRequestOut,
    auth=may(ANSWER),
)
def offer_names(
    request: ActorRequest, resource_request_id: int, body: OfferedNames
) -> ResourceRequest:
    """Each name is offered with the days that are free for it now."""
    row = request_queries.get_request(resource_request_id, seen_by=request.actor)
    people = [
        resolve_reference(get_person, pk, field="person_ids", seen_by=request.actor)
        for pk in body.person_ids
    ]
    answers.offer_names(row, people, by=request.actor)
    return request_queries.get_request(resource_request_id, seen_by=request.actor)


@router.post(
    "/resource-requests/{int:resource_request_id}/acceptance",
    response=ResourceRequestOut,
    auth=may(ASK),
)
def accept_offer(
    request: ActorRequest, resource_request_id: int, body: OfferChosen
) -> ResourceRequest:
    """The days of the offer are reserved, all of them or nothing (409)."""
    row = request_queries.get_request(resource_request_id, seen_by=request.actor)
    offer = next((one for one in row.offers.all() if one.pk == body.offer_id), None)
    if offer is None:
        raise NotFound
    requests.accept_offer(row, offer, by=request.actor)
    return request_queries.get_request(resource_request_id, seen_by=request.actor)


@router.get("/candidates", response=list[CandidateOut], auth=may(READ))
def list_candidates(request: ActorRequest, asked: Query[CandidateQuestion]) -> list[CandidateOut]:
    """Who can take this, the cheapest first: five at most, with what it would move."""
    by = request.actor
    if not 0 <= (asked.last - asked.since).days <= 366:
        raise Invalid(last=_("The last day must follow the first within a year."))
    need = Need(
        hours=asked.hours,
        since=asked.since,
        last=asked.last,
        team=_named(get_team, asked.team_id, by, "team_id"),
        kind=asked.kind,
        skill=_named(get_skill, asked.skill_id, by, "skill_id"),
        level=asked.level,
    )
    return [_candidate(one) for one in candidates.candidates(need, seen_by=by)]


def _candidate(one: Candidate) -> CandidateOut:
    return CandidateOut(
        person_id=one.person.pk,
        name=one.person.name,
        level=one.level,
        days=[DaysOut(since=s, last=last, hours_a_day=h) for s, last, h in one.stretches],
        late=one.late,
        moved=[
            MovedOut(
                reservation_id=moved.reservation_id,
                purpose=moved.purpose,
                tentative=moved.tentative,
                days=moved.days,
            )
            for moved in one.moved
        ],
        cost=one.cost,
    )


def _named(get: Getter[R], pk: int | None, by: Actor, field: str) -> R | None:
    return None if pk is None else resolve_reference(get, pk, field=field, seen_by=by)
