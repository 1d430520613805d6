"""Queries on companies, calendars, and the tokens of a user."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from opale.kernel.actor import Actor
from opale.kernel.clock import now
from opale.kernel.errors import NotFound
from opale.kernel.reference_cache import cached
from opale.organisation.models import (
    ApiToken,
    ApiTokenQuerySet,
    CalendarQuerySet,
    Company,
    CompanyQuerySet,
    Person,
    Team,
    WorkingCalendar,
)


def companies(*, seen_by: Actor, text: str = "", closed: bool = False) -> CompanyQuerySet:
    """Return the companies of the group by part of the name, with `closed` also closed ones."""
    found = Company.objects.visible_to(seen_by).select_related("calendar")
    if text:
        found = found.filter(name__unaccent__icontains=text)
    return found if closed else found.filter(closed_on=None)


def with_sizes(found: CompanyQuerySet) -> CompanyQuerySet:
    """Return each company with `people_count` (present) and `team_count` (open)."""
    people = Person.objects.filter(company=OuterRef("pk"), left_on=None)
    teams = Team.objects.filter(company=OuterRef("pk"), closed_on=None)
    return found.annotate(people_count=_count(people), team_count=_count(teams))


def _count(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("company").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted), 0)


def get_company(company_id: int, *, seen_by: Actor) -> Company:
    """Return a company. Errors: NotFound."""
    company = companies(seen_by=seen_by, closed=True).filter(pk=company_id).first()
    if company is None:
        raise NotFound
    return company


def home_country() -> str:
    """Return the country of the company that operates: telephone numbers are written its way."""
    found = Company.objects.filter(operates=True).values_list("country", flat=True).first()
    return found or "FR"


def home_zone() -> ZoneInfo:
    """Return the time zone of the company that operates."""
    return ZoneInfo(_home_zone())


@cached(1)
def _home_zone() -> str:
    found = Company.objects.filter(operates=True).values_list("time_zone", flat=True).first()
    return found or "UTC"


def home_day(at: datetime) -> date:
    """Return the date at the company that operates, wherever the reader is."""
    return at.astimezone(home_zone()).date()


def calendars(*, seen_by: Actor, text: str = "") -> CalendarQuerySet:
    """Return calendars by part of the name."""
    found = WorkingCalendar.objects.visible_to(seen_by)
    return found.filter(name__unaccent__icontains=text) if text else found


def get_calendar(calendar_id: int, *, seen_by: Actor) -> WorkingCalendar:
    """Return a calendar. Errors: NotFound."""
    calendar = calendars(seen_by=seen_by).filter(pk=calendar_id).first()
    if calendar is None:
        raise NotFound
    return calendar


def get_token(token_id: int, *, seen_by: Actor) -> ApiToken:
    """Return a token. Errors: NotFound."""
    token = ApiToken.objects.visible_to(seen_by).filter(pk=token_id).first()
    if token is None:
        raise NotFound
    return token


def tokens(
    *, seen_by: Actor, mine: bool = True, text: str = "", state: str = ""
) -> ApiTokenQuerySet:
    """Return tokens, newest first: one's own, or all that the actor may see.

    With `text` those whose name has it, or that begin with it.
    """
    found = ApiToken.objects.visible_to(seen_by).order_by("-id")
    if text:
        found = found.filter(Q(name__icontains=text) | Q(prefix__istartswith=text))
    if state == ApiToken.State.REVOKED:
        found = found.filter(revoked_at__isnull=False)
    elif state:
        expired = Q(expires_at__lte=now())
        found = found.filter(expired if state == ApiToken.State.EXPIRED else ~expired)
        found = found.filter(revoked_at=None)
    if mine:
        return found.filter(user=seen_by.user_id or 0)
    return found.select_related("user__person")
