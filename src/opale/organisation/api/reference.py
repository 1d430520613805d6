"""Endpoints of companies and calendars."""

from ninja import Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.listings.endpoints import list_endpoint
from opale.organisation import rights
from opale.organisation.listings import CALENDARS, COMPANIES
from opale.organisation.models import WorkingCalendar
from opale.organisation.queries import reference as reference_queries
from opale.organisation.shapes import CalendarOut
from opale.reference_tables.endpoints import endpoints_of

router = Router()

endpoints_of(router, COMPANIES)
list_endpoint(router, "/calendars", CALENDARS, CalendarOut, name="list_calendars")


@router.get("/calendars/{int:calendar_id}", response=CalendarOut, auth=may(rights.READ))
def get_calendar(request: ActorRequest, calendar_id: int) -> WorkingCalendar:
    return reference_queries.get_calendar(calendar_id, seen_by=request.actor)
