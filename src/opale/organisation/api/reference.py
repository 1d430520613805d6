"""Endpoints of companies and calendars."""

from typing import Any

from ninja import Query, Router
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.endpoints.preconditions import unless_changed
from opale.organisation import rights
from opale.organisation.actions import reference
from opale.organisation.models import Company, WorkingCalendar
from opale.organisation.queries import reference as reference_queries
from opale.organisation.shapes import CalendarChanges, CalendarOut, CompanyOut, NewCalendar

router = Router()


@router.get("/companies", response=Page[CompanyOut], auth=may(rights.READ))
def list_companies(
    request: ActorRequest, window: Query[Window], closed: bool = False
) -> Slice[Company]:
    """The companies of the group; `closed` shows those that were closed too."""
    return page(
        reference_queries.companies(seen_by=request.actor, closed=closed), window, "name", "id"
    )


@router.get("/companies/{int:company_id}", response=CompanyOut, auth=may(rights.READ))
def get_company(request: ActorRequest, company_id: int) -> Company:
    return reference_queries.get_company(company_id, seen_by=request.actor)


@router.get("/calendars", response=Page[CalendarOut], auth=may(rights.READ))
def list_calendars(request: ActorRequest, window: Query[Window]) -> Slice[WorkingCalendar]:
    return page(reference_queries.calendars(seen_by=request.actor), window, "name", "id")


@router.post("/calendars", response={201: CalendarOut}, auth=may(rights.ADMINISTER))
def create_calendar(request: ActorRequest, body: NewCalendar) -> Status[WorkingCalendar]:
    """`record`: time_zone, weekly hours, holidays, country, subdivision, exceptions."""
    return Status(201, reference.create_calendar(by=request.actor, **body.dict()))


@router.get("/calendars/{int:calendar_id}", response=CalendarOut, auth=may(rights.READ))
def get_calendar(request: ActorRequest, calendar_id: int) -> WorkingCalendar:
    return reference_queries.get_calendar(calendar_id, seen_by=request.actor)


@router.patch("/calendars/{int:calendar_id}", response=CalendarOut, auth=may(rights.ADMINISTER))
def edit_calendar(
    request: ActorRequest, calendar_id: int, body: CalendarChanges
) -> WorkingCalendar:
    rows = reference_queries.calendars(seen_by=request.actor).filter(pk=calendar_id)
    with unless_changed(request, rows, CalendarOut) as calendar:
        fields: dict[str, Any] = body.dict(exclude_unset=True, exclude_none=True)
        reference.edit_calendar(calendar, by=request.actor, **fields)
    return reference_queries.get_calendar(calendar_id, seen_by=request.actor)
