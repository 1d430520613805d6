"""Endpoints of companies and calendars."""

from typing import Any

from ninja import Query, Router
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.http import AskedRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.endpoints.preconditions import unless_changed
from opale.organisation import actions, queries, rights
from opale.organisation.api.shapes import (
    CalendarChanges,
    CalendarOut,
    CompanyOut,
    NewCalendar,
)
from opale.organisation.models import Company, WorkingCalendar

router = Router()


@router.get("/companies", response=Page[CompanyOut], auth=may(rights.READ))
def list_companies(request: AskedRequest, window: Query[Window]) -> Slice[Company]:
    """The companies of the group."""
    return page(queries.companies(seen_by=request.actor), window, "name", "id")


@router.get("/companies/{int:company_id}", response=CompanyOut, auth=may(rights.READ))
def get_company(request: AskedRequest, company_id: int) -> Company:
    return queries.get_company(company_id, seen_by=request.actor)


@router.get("/calendars", response=Page[CalendarOut], auth=may(rights.READ))
def list_calendars(request: AskedRequest, window: Query[Window]) -> Slice[WorkingCalendar]:
    return page(queries.calendars(seen_by=request.actor), window, "name", "id")


@router.post("/calendars", response={201: CalendarOut}, auth=may(rights.ADMINISTER))
def create_calendar(request: AskedRequest, body: NewCalendar) -> Status[WorkingCalendar]:
    """`record`: time_zone, weekly hours, holidays, country, subdivision, exceptions."""
    return Status(201, actions.create_calendar(by=request.actor, **body.dict()))


@router.get("/calendars/{int:calendar_id}", response=CalendarOut, auth=may(rights.READ))
def get_calendar(request: AskedRequest, calendar_id: int) -> WorkingCalendar:
    return queries.get_calendar(calendar_id, seen_by=request.actor)


@router.patch("/calendars/{int:calendar_id}", response=CalendarOut, auth=may(rights.ADMINISTER))
def edit_calendar(
    request: AskedRequest, calendar_id: int, body: CalendarChanges
) -> WorkingCalendar:
    rows = queries.calendars(seen_by=request.actor).filter(pk=calendar_id)
    with unless_changed(request, rows, CalendarOut) as calendar:
        fields: dict[str, Any] = body.dict(exclude_unset=True, exclude_none=True)
        actions.edit_calendar(calendar, by=request.actor, **fields)
    return queries.get_calendar(calendar_id, seen_by=request.actor)
