"""Endpoints of staffing needs, staffing by hour, and absence calendars."""

from datetime import datetime, timedelta

from django.utils import timezone
from ninja import Query, Router
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.fields import Day
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.kernel import clock
from opale.kernel.errors import NotFound
from opale.organisation.queries.teams import get_team
from opale.run.shifts import rights
from opale.run.shifts.actions import absence_calendars
from opale.run.shifts.domain.erlang_c import ServiceLevel
from opale.run.shifts.models import AbsenceCalendar, StaffingNeed
from opale.run.shifts.queries import backlog, demand, feeds
from opale.run.shifts.queries import needs as need_queries
from opale.run.shifts.shapes.calendars import AbsenceCalendarOut
from opale.run.shifts.shapes.needs import NeedOut, StaffedHour

router = Router(tags=["shifts"])

WEEK = 7


@router.get("/staffing-needs", response=Page[NeedOut], auth=may(rights.READ))
def list_needs(
    request: ActorRequest, window: Query[Window], team_id: int | None = None
) -> Slice[StaffingNeed]:
    found = need_queries.needs(seen_by=request.actor, team_id=team_id)
    return page(found.order_by(), window, "name", "id")


@router.get("/staffing-needs/{int:need_id}", response=NeedOut, auth=may(rights.READ))
def get_need(request: ActorRequest, need_id: int) -> StaffingNeed:
    return need_queries.get_need(need_id, seen_by=request.actor)


@router.get("/teams/{int:team_id}/staffing", response=list[StaffedHour], auth=may(rights.READ))
def list_staffing(
    request: ActorRequest, team_id: int, since: Day | None = None, part: str = ""
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


@router.post("/absence-calendar/reading", response={202: None}, auth=may(rights.SWAP))
def read_calendar_now(request: ActorRequest) -> Status[None]:
    absence_calendars.read_calendar_now(by=request.actor)
    return Status(202, None)
