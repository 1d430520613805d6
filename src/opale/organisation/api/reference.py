"""Endpoints of companies and calendars."""

from ninja import Query, Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.organisation import rights
from opale.organisation.models import Company, WorkingCalendar
from opale.organisation.queries import reference as reference_queries
from opale.organisation.shapes import CalendarOut, CompanyOut

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


@router.get("/calendars/{int:calendar_id}", response=CalendarOut, auth=may(rights.READ))
def get_calendar(request: ActorRequest, calendar_id: int) -> WorkingCalendar:
    return reference_queries.get_calendar(calendar_id, seen_by=request.actor)
