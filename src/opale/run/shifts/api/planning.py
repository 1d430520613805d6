"""Endpoints of patterns, needs, rules, roster violations and offers."""

from datetime import date, datetime
from typing import Annotated, Literal

from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.kernel import clock
from opale.organisation.queries.people import get_person
from opale.organisation.queries.reference import get_calendar
from opale.organisation.queries.teams import get_team
from opale.run.shifts import rights
from opale.run.shifts.actions import patterns, roster, swaps
from opale.run.shifts.actions.patterns import PatternTerms
from opale.run.shifts.models import PatternLine, ShiftPattern, SwapRequest
from opale.run.shifts.queries import duties, troubles
from opale.run.shifts.queries import patterns as pattern_queries
from opale.run.shifts.queries import swaps as swap_queries

router = Router(tags=["shifts"])

KindName = Literal["staffed", "standby"]
RoleName = Literal["agent", "triage", "lead", "manager"]
Hours = Annotated[str, Field(max_length=20, examples=["22:00-06:00"])]
Days = Annotated[
    list[list[Hours]],
    Field(min_length=1, max_length=366, description="The hours of each day of the cycle"),
]


class PatternIn(Schema):
    name: Annotated[str, Field(min_length=1, max_length=100)]
    kind: KindName = "staffed"
    role: RoleName = "agent"
    time_zone: str
    first_day: date
    last_day: date | None = None
    days: Days
    repeats: bool = True
    layer: Annotated[int, Field(ge=0, le=99)] = 0
    within: Literal["all", "open", "closed"] = "all"
    calendar_id: int | None = None


class PatternOut(Schema):
    id: int
    team_id: int
    name: str
    kind: str
    role: str
    time_zone: str
    first_day: date
    last_day: date | None
    days: list[list[str]]
    repeats: bool
    layer: int
    within: str
    calendar_id: int | None


class LineIn(Schema):
    person_id: int
    offset: Annotated[int, Field(ge=0, le=366, description="Days ahead in the cycle")] = 0
    since: date
    until: date | None = None


class LineOut(Schema):
    id: int
    pattern_id: int
    person_id: int
    offset: int
    since: date
    until: date | None


class PublicationIn(Schema):
    until: AwareDatetime


class PublicationOut(Schema):
    made: int
    refused: list[int]


class TroubleOut(Schema):
    kind: Literal["gap", "double", "away", "rule"]
    starts: datetime
    ends: datetime
    need: str = ""
    person_id: int | None = None
    rule: str = ""
    reference: str = ""


class OfferIn(Schema):
    to_id: int | None = None
    in_return_id: int | None = None
    note: Annotated[str, Field(max_length=300)] = ""


class OfferOut(Schema):
    id: int
    duty_id: int
    offered_by_id: int
    to_id: int | None
    in_return_id: int | None
    state: str
    accepted_by_id: int | None


class AcceptanceIn(Schema):
    person_id: int | None = None
    knowing: bool = False


@router.get("/shift-patterns", response=Page[PatternOut], auth=may(rights.READ))
def list_patterns(
    request: ActorRequest, window: Query[Window], team_id: int | None = None
) -> Slice[ShiftPattern]:
    return page(
        pattern_queries.patterns(seen_by=request.actor, team_id=team_id), window, "name", "id"
    )


@router.post(
    "/teams/{int:team_id}/shift-patterns", response={201: PatternOut}, auth=may(rights.EDIT)
)
def create_pattern(request: ActorRequest, team_id: int, body: PatternIn) -> Status[ShiftPattern]:
    team = get_team(team_id, seen_by=request.actor)
    sheet = _sheet(request, body)
    return Status(201, patterns.create_pattern(team, sheet, by=request.actor))


@router.put("/shift-patterns/{int:pattern_id}", response=PatternOut, auth=may(rights.EDIT))
def edit_pattern(request: ActorRequest, pattern_id: int, body: PatternIn) -> ShiftPattern:
    pattern = pattern_queries.get_pattern(pattern_id, seen_by=request.actor)
    patterns.edit_pattern(pattern, _sheet(request, body), by=request.actor)
    return pattern_queries.get_pattern(pattern_id, seen_by=request.actor)


@router.api_operation(
    ["DELETE"], "/shift-patterns/{int:pattern_id}", response={204: None}, auth=may(rights.EDIT)
)
def remove_pattern(request: ActorRequest, pattern_id: int) -> Status[None]:
    pattern = pattern_queries.get_pattern(pattern_id, seen_by=request.actor)
    patterns.remove_pattern(pattern, by=request.actor)
    return Status(204, None)


@router.post(
    "/shift-patterns/{int:pattern_id}/lines", response={201: LineOut}, auth=may(rights.EDIT)
)
def add_line(request: ActorRequest, pattern_id: int, body: LineIn) -> Status[PatternLine]:
    pattern = pattern_queries.get_pattern(pattern_id, seen_by=request.actor)
    given = body.dict()
    person = get_person(given.pop("person_id"), seen_by=request.actor)
    return Status(201, patterns.add_line(pattern, person, by=request.actor, **given))


@router.post(
    "/teams/{int:team_id}/roster/publication", response=PublicationOut, auth=may(rights.EDIT)
)
def publish(request: ActorRequest, team_id: int, body: PublicationIn) -> PublicationOut:
    """Draw the team's patterns and put what begins before `until` into the roster."""
    team, at = get_team(team_id, seen_by=request.actor), clock.now()
    roster.draw_patterns(team, by=request.actor, at=at)
    done = roster.publish_roster(team, by=request.actor, at=at, until=body.until)
    return PublicationOut(made=done.made, refused=[row.pk for row in done.refused])


@router.get(
    "/teams/{int:team_id}/roster/troubles", response=list[TroubleOut], auth=may(rights.READ)
)
def list_troubles(request: ActorRequest, team_id: int) -> list[TroubleOut]:
    """What is wrong with the roster in the 52 weeks to come."""
    team = get_team(team_id, seen_by=request.actor)
    return [_trouble(one) for one in troubles.troubles(team, seen_by=request.actor, at=clock.now())]


@router.get("/duty-offers", response=Page[OfferOut], auth=may(rights.READ))
def list_offers(request: ActorRequest, window: Query[Window]) -> Slice[SwapRequest]:
    return page(swap_queries.offers(seen_by=request.actor), window, "-id")


@router.post("/duties/{int:duty_id}/offers", response={201: OfferOut}, auth=may(rights.SWAP))
def offer(request: ActorRequest, duty_id: int, body: OfferIn) -> Status[SwapRequest]:
    actor = request.actor
    made = swaps.offer_duty(
        duties.get_duty(duty_id, seen_by=actor),
        by=actor,
        to=None if body.to_id is None else get_person(body.to_id, seen_by=actor),
        in_return=(
            None if body.in_return_id is None else duties.get_duty(body.in_return_id, seen_by=actor)
        ),
        note=body.note,
    )
    return Status(201, made)


@router.post("/duty-offers/{int:offer_id}/acceptance", response=OfferOut, auth=may(rights.SWAP))
def accept(request: ActorRequest, offer_id: int, body: AcceptanceIn) -> SwapRequest:
    """Take it oneself, or as who plans the team for somebody, `knowing` the rules it breaks."""
    actor = request.actor
    person = None if body.person_id is None else get_person(body.person_id, seen_by=actor)
    found = swap_queries.get_offer(offer_id, seen_by=actor)
    swaps.accept_offer(found, by=actor, person=person, knowing=body.knowing)
    return swap_queries.get_offer(offer_id, seen_by=actor)


def _sheet(request: ActorRequest, body: PatternIn) -> PatternTerms:
    given = body.dict()
    key = given.pop("calendar_id")
    calendar = None if key is None else get_calendar(key, seen_by=request.actor)
    return PatternTerms(calendar=calendar, **given)


def _trouble(one: troubles.Trouble) -> TroubleOut:
    return TroubleOut(
        kind=one.kind,
        starts=timezone.localtime(one.span.starts),
        ends=timezone.localtime(one.span.ends),
        need=str(one.need.label) if one.need else "",
        person_id=(
            one.entry.person_id if one.entry else one.broken.person.pk if one.broken else None
        ),
        rule=one.broken.breach.code if one.broken else "",
        reference=one.broken.breach.reference if one.broken else "",
    )
