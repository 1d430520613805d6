"""What the organisation refers to: companies, calendars, and the tokens of a user."""

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.organisation.models import (
    ApiToken,
    ApiTokenQuerySet,
    CalendarQuerySet,
    Company,
    CompanyQuerySet,
    WorkingCalendar,
)


def companies(*, seen_by: Actor) -> CompanyQuerySet:
    return Company.objects.visible_to(seen_by).select_related("calendar")


def get_company(company_id: int, *, seen_by: Actor) -> Company:
    """Errors: NotFound."""
    company = companies(seen_by=seen_by).filter(pk=company_id).first()
    if company is None:
        raise NotFound
    return company


def calendars(*, seen_by: Actor) -> CalendarQuerySet:
    return WorkingCalendar.objects.visible_to(seen_by)


def get_calendar(calendar_id: int, *, seen_by: Actor) -> WorkingCalendar:
    """Errors: NotFound."""
    calendar = calendars(seen_by=seen_by).filter(pk=calendar_id).first()
    if calendar is None:
        raise NotFound
    return calendar


def tokens(*, seen_by: Actor, mine: bool = True) -> ApiTokenQuerySet:
    """Tokens, newest first: one's own, or all that the asker reaches."""
    found = ApiToken.objects.visible_to(seen_by).select_related("user__person")
    return (found.filter(user=seen_by.user_id or 0) if mine else found).order_by("-id")
