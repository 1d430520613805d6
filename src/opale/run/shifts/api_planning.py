"""Endpoints of what rosters are drawn from, of what is wrong with them, and of offers."""

from datetime import date, datetime
from typing import Annotated, Literal

from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import AwareDatetime, Field

from opale.endpoints.auth import may
from opale.endpoints.http import AskedRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.kernel import clock
from opale.organisation.queries import get_calendar, get_person, get_team
from opale.run.shifts import actions, queries, rights
from opale.run.shifts.actions import PatternSheet
from opale.run.shifts.models import PatternLine, ShiftPattern, SwapRequest

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
    request: AskedRequest, window: Query[Window], team_id: int | None = None
) -> Slice[ShiftPattern]:
    return page(queries.patterns(seen_by=request.actor, team_id=team_id), window, "name", "id")


@router.post(
    "/teams/{int:team_id}/shift-patterns", response={201: PatternOut}, auth=may(rights.EDIT)
)
def create_pattern(request: AskedRequest, team_id: int, body: PatternIn) -> Status[ShiftPattern]:
    team = get_team(team_id, seen_by=request.actor)
    sheet = _sheet(request, body)
    return Status(201, actions.create_pattern(team, sheet, by=request.actor))


@router.put("/shift-patterns/{int:pattern_id}", response=PatternOut, auth=may(rights.EDIT))
def edit_pattern(request: AskedRequest, pattern_id: int, body: PatternIn) -> ShiftPattern:
    pattern = queries.get_pattern(pattern_id, seen_by=request.actor)
    actions.edit_pattern(pattern, _sheet(request, body), by=request.actor)
    return queries.get_pattern(pattern_id, seen_by=request.actor)


@router.api_operation(
    ["DELETE"], "/shift-patterns/{int:pattern_id}", response={204: None}, auth=may(rights.EDIT)
)
def remove_pattern(request: AskedRequest, pattern_id: int) -> Status[None]:
    pattern = queries.get_pattern(pattern_id, seen_by=request.actor)
    actions.remove_pattern(pattern, by=request.actor)
    return Status(204, None)


@router.post(
    "/shift-patterns/{int:pattern_id}/lines", response={201: LineOut}, auth=may(rights.EDIT)
)
def add_line(request: AskedRequest, pattern_id: int, body: LineIn) -> Status[PatternLine]:
    pattern = queries.get_pattern(pattern_id, seen_by=request.actor)
    given = body.dict()
    person = get_person(given.pop("person_id"), seen_by=request.actor)
    return Status(201, actions.add_line(pattern, person, by=request.actor, **given))


@router.post(
    "/teams/{int:team_id}/roster/publication", response=PublicationOut, auth=may(rights.EDIT)
)
def publish(request: AskedRequest, team_id: int, body: PublicationIn) -> PublicationOut:
    """Draw the team's patterns and put what begins before `until` into the roster."""
    team, at = get_team(team_id, seen_by=request.actor), clock.now()
    actions.draw_ahead(team, by=request.actor, at=at)
    done = actions.publish_roster(team, by=request.actor, at=at, until=body.until)
    return PublicationOut(made=done.made, refused=[row.pk for row in done.refused])


@router.get(
    "/teams/{int:team_id}/roster/troubles", response=list[TroubleOut], auth=may(rights.READ)
)
def list_troubles(request: AskedRequest, team_id: int) -> list[TroubleOut]:
    """What is wrong with the roster in the 52 weeks to come."""
    team = get_team(team_id, seen_by=request.actor)
    return [_trouble(one) for one in queries.troubles(team, seen_by=request.actor, at=clock.now())]


@router.get("/duty-offers", response=Page[OfferOut], auth=may(rights.READ))
def list_offers(request: AskedRequest, window: Query[Window]) -> Slice[SwapRequest]:
    return page(queries.offers(seen_by=request.actor), window, "-id")


@router.post("/duties/{int:duty_id}/offers", response={201: OfferOut}, auth=may(rights.SWAP))
def offer(request: AskedRequest, duty_id: int, body: OfferIn) -> Status[SwapRequest]:
    actor = request.actor
    made = actions.offer_duty(
        queries.get_duty(duty_id, seen_by=actor),
        by=actor,
        to=None if body.to_id is None else get_person(body.to_id, seen_by=actor),
        in_return=(
            None
            if body.in_return_id is None
            else queries.get_duty(body.in_return_id, seen_by=actor)
        ),
        note=body.note,
    )
    return Status(201, made)


@router.post("/duty-offers/{int:offer_id}/acceptance", response=OfferOut, auth=may(rights.SWAP))
def accept(request: AskedRequest, offer_id: int, body: AcceptanceIn) -> SwapRequest:
    """Take it oneself, or as who plans the team for somebody, `knowing` the rules it breaks."""
    actor = request.actor
    person = None if body.person_id is None else get_person(body.person_id, seen_by=actor)
    found = queries.get_offer(offer_id, seen_by=actor)
    actions.accept_offer(found, by=actor, person=person, knowing=body.knowing)
    return queries.get_offer(offer_id, seen_by=actor)


def _sheet(request: AskedRequest, body: PatternIn) -> PatternSheet:
    given = body.dict()
    key = given.pop("calendar_id")
    calendar = None if key is None else get_calendar(key, seen_by=request.actor)
    return PatternSheet(calendar=calendar, **given)


def _trouble(one: queries.Trouble) -> TroubleOut:
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
