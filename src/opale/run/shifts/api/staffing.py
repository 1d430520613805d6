"""Endpoints of staffing needs, staffing by hour, and absence calendars."""

from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from django.utils import timezone
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.kernel import clock
from opale.kernel.errors import NotFound
from opale.organisation.queries.people import get_skill
from opale.organisation.queries.reference import get_calendar
from opale.organisation.queries.teams import get_team
from opale.run.shifts import rights
from opale.run.shifts.actions import absence_calendars, needs
from opale.run.shifts.actions.needs import NeedTerms
from opale.run.shifts.domain.erlang_c import ServiceLevel
from opale.run.shifts.models import AbsenceCalendar, StaffingNeed
from opale.run.shifts.queries import backlog, demand, feeds
from opale.run.shifts.queries import needs as need_queries

router = Router(tags=["shifts"])

WEEK = 7


class NeedIn(Schema):
    """What is empty does not matter; without a calendar it is needed at all hours."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    kind: Literal["", "staffed", "standby"] = ""
    role: Literal["", "agent", "triage", "lead", "manager"] = ""
    minimum: Annotated[int, Field(ge=1, le=500)] = 1
    calendar_id: int | None = None
    skill_id: int | None = None
    level: Annotated[int, Field(ge=1, le=5)] = 1
    language: Literal["", "fr", "en"] = ""


class NeedOut(NeedIn):
    id: int
    team_id: int


class StaffedHour(Schema):
    """`calls` are needed on the telephone by Erlang C, `tickets` for the backlog; `late_percent` of
    what falls due in the hour would be late."""

    starts: datetime
    on: int
    calls: int
    tickets: int
    waiting_hours: float
    late_percent: int


class AbsenceCalendarIn(Schema):
    address: Annotated[str, Field(max_length=2000, description="Kept encrypted, never shown")]


class AbsenceCalendarOut(Schema):
    """`error` is why the last attempt read nothing: a word, or what was said of it."""

    host: str
    found: int
    read_at: datetime | None
    next_at: datetime
    error: str
    failures: int


@router.get("/staffing-needs", response=Page[NeedOut], auth=may(rights.READ))
def list_needs(
    request: ActorRequest, window: Query[Window], team_id: int | None = None
) -> Slice[StaffingNeed]:
    found = need_queries.needs(seen_by=request.actor, team_id=team_id)
    return page(found.order_by(), window, "name", "id")


@router.post("/teams/{int:team_id}/staffing-needs", response={201: NeedOut}, auth=may(rights.EDIT))
def create_need(request: ActorRequest, team_id: int, body: NeedIn) -> Status[StaffingNeed]:
    actor, given = request.actor, body.dict()
    calendar, skill = given.pop("calendar_id"), given.pop("skill_id")
    sheet = NeedTerms(
        calendar=None if calendar is None else get_calendar(calendar, seen_by=actor),
        skill=None if skill is None else get_skill(skill, seen_by=actor),
        **given,
    )
    return Status(201, needs.create_need(get_team(team_id, seen_by=actor), sheet, by=actor))


@router.get("/staffing-needs/{int:need_id}", response=NeedOut, auth=may(rights.READ))
def get_need(request: ActorRequest, need_id: int) -> StaffingNeed:
    return need_queries.get_need(need_id, seen_by=request.actor)


@router.api_operation(
    ["DELETE"], "/staffing-needs/{int:need_id}", response={204: None}, auth=may(rights.EDIT)
)
def remove_need(request: ActorRequest, need_id: int) -> Status[None]:
    needs.remove_need(need_queries.get_need(need_id, seen_by=request.actor), by=request.actor)
    return Status(204, None)


@router.get("/teams/{int:team_id}/staffing", response=list[StaffedHour], auth=may(rights.READ))
def list_staffing(
    request: ActorRequest, team_id: int, since: date | None = None, part: str = ""
) -> list[StaffedHour]:
    """Who is needed and who is on in each hour of a week, from a day on (today).

    `part` is a stream of the desk's tickets (`corporate`, `solution`): its own are told.
    """
    team, at = get_team(team_id, seen_by=request.actor), clock.now()
    zone = timezone.get_current_timezone()
    first, drafts = since or timezone.localdate(at), request.actor.can(rights.EDIT)
    calls = demand.heat_map(
        team,
        first,
        days=WEEK,
        zone=zone,
        seen_by=request.actor,
        at=at,
        promised=ServiceLevel(),
        drafts=drafts,
    )
    tickets = backlog.workload(
        team,
        first,
        days=WEEK,
        zone=zone,
        seen_by=request.actor,
        at=at,
        drafts=drafts,
        part=part,
    )
    found = []
    for number, (day, heats) in enumerate(calls):
        for hour, heat in enumerate(heats):
            one = tickets.days[number][1][hour] if tickets else None
            starts = datetime.combine(day, datetime.min.time(), zone) + timedelta(hours=hour)
            found.append(
                StaffedHour(
                    starts=starts,
                    on=heat.on,
                    calls=heat.needed,
                    tickets=one.needed if one else 0,
                    waiting_hours=round(one.waiting, 2) if one else 0.0,
                    late_percent=one.late_percent if one else 0,
                )
            )
    return found


@router.get("/absence-calendar", response=AbsenceCalendarOut, auth=may(rights.SWAP))
def get_absence_calendar(request: ActorRequest) -> AbsenceCalendar:
    """The address at which one's own absences are read."""
    found = feeds.followed_calendar(request.actor)
    if found is None:
        raise NotFound
    return found


@router.put("/absence-calendar", response=AbsenceCalendarOut, auth=may(rights.SWAP))
def follow_calendar(request: ActorRequest, body: AbsenceCalendarIn) -> AbsenceCalendar:
    """In place of another one; it is read soon after, and then every hour."""
    return absence_calendars.subscribe_calendar(body.address, by=request.actor)


@router.post("/absence-calendar/reading", response={202: None}, auth=may(rights.SWAP))
def read_calendar_now(request: ActorRequest) -> Status[None]:
    absence_calendars.read_calendar_now(by=request.actor)
    return Status(202, None)


@router.api_operation(["DELETE"], "/absence-calendar", response={204: None}, auth=may(rights.SWAP))
def unfollow_calendar(request: ActorRequest) -> Status[None]:
    """What it told stays written down."""
    absence_calendars.unsubscribe_calendar(by=request.actor)
    return Status(204, None)
