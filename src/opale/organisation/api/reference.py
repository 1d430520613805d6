"""Endpoints of companies and calendars."""

from typing import Any

from ninja import Query, Router
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.endpoints.preconditions import unless_changed
from opale.endpoints.references import resolve_reference
from opale.kernel.actor import Actor
from opale.organisation import rights
from opale.organisation.actions import companies, reference
from opale.organisation.models import Company, WorkingCalendar
from opale.organisation.queries import reference as reference_queries
from opale.organisation.shapes import (
    CalendarChanges,
    CalendarOut,
    CompanyChanges,
    CompanyOut,
    Day,
    NewCalendar,
    NewCompany,
)

router = Router()


@router.get("/companies", response=Page[CompanyOut], auth=may(rights.READ))
def list_companies(
    request: ActorRequest, window: Query[Window], closed: bool = False
) -> Slice[Company]:
    """The companies of the group; `closed` shows those that were closed too."""
    return page(
        reference_queries.companies(seen_by=request.actor, closed=closed), window, "name", "id"
    )


@router.post("/companies", response={201: CompanyOut}, auth=may(rights.ADMINISTER))
def create_company(request: ActorRequest, body: NewCompany) -> Status[Company]:
    fields = _company_fields(body.dict(), request.actor)
    return Status(201, companies.create_company(by=request.actor, **fields))


@router.get("/companies/{int:company_id}", response=CompanyOut, auth=may(rights.READ))
def get_company(request: ActorRequest, company_id: int) -> Company:
    return reference_queries.get_company(company_id, seen_by=request.actor)


@router.patch("/companies/{int:company_id}", response=CompanyOut, auth=may(rights.ADMINISTER))
def edit_company(request: ActorRequest, company_id: int, body: CompanyChanges) -> Company:
    rows = reference_queries.companies(seen_by=request.actor, closed=True).filter(pk=company_id)
    with unless_changed(request, rows, CompanyOut) as company:
        given = body.dict(exclude_unset=True, exclude_none=True)
        companies.edit_company(company, by=request.actor, **_company_fields(given, request.actor))
    return reference_queries.get_company(company_id, seen_by=request.actor)


@router.post(
    "/companies/{int:company_id}/closure", response=CompanyOut, auth=may(rights.ADMINISTER)
)
def close_company(request: ActorRequest, company_id: int, body: Day) -> Company:
    """Refused while people work there or teams are its own."""
    company = reference_queries.get_company(company_id, seen_by=request.actor)
    companies.close_company(company, by=request.actor, on=body.on)
    return reference_queries.get_company(company_id, seen_by=request.actor)


@router.post(
    "/companies/{int:company_id}/reopening", response=CompanyOut, auth=may(rights.ADMINISTER)
)
def reopen_company(request: ActorRequest, company_id: int) -> Company:
    """Undo the closing of a company."""
    company = reference_queries.get_company(company_id, seen_by=request.actor)
    companies.reopen_company(company, by=request.actor)
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


def _company_fields(fields: dict[str, Any], by: Actor) -> dict[str, Any]:
    """Return the fields with the calendar for its id."""
    if "calendar_id" in fields:
        fields["calendar"] = resolve_reference(
            reference_queries.get_calendar,
            fields.pop("calendar_id"),
            field="calendar_id",
            seen_by=by,
        )
    return fields
