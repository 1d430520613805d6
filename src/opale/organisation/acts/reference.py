"""Acts on companies, calendars and API tokens."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Subject, button, change, create, form, place
from opale.endpoints.http import ActorRequest
from opale.kernel.actor import Actor
from opale.organisation import rights
from opale.organisation.actions import companies, reference, tokens
from opale.organisation.forms import (
    CalendarForm,
    DayForm,
    RecordForm,
    RevokeTokenForm,
    TokenForm,
)
from opale.organisation.models import ApiToken, Company, CompanyQuerySet, WorkingCalendar
from opale.organisation.queries import reference as reference_queries
from opale.organisation.rights import ADMINISTER
from opale.organisation.shapes import CalendarOut, CompanyOut, MadeToken, TokenOut

place_of_calendars = place("organisation_calendars")
place_of_tokens = place("organisation_tokens", _("API tokens"))


def every_company(*, seen_by: Actor) -> CompanyQuerySet:
    return reference_queries.companies(seen_by=seen_by, closed=True)


def revoke_token(token: ApiToken, *, by: Actor) -> None:
    """End a token at once. Errors: NotFound, NotAllowed."""
    tokens.revoke_token(token.pk, by=by)


def create_token(*, by: Actor, name: str, days: int, scopes: Collection[str] = ()) -> MadeToken:
    """Make a token of one's own. Errors: NotAllowed, Invalid."""
    lifetime = timedelta(days=days)
    made, secret = tokens.create_token(by=by, name=name, lifetime=lifetime, scopes=scopes)
    return MadeToken(token=secret, **TokenOut.from_orm(made).dict())


def show_secret(request: ActorRequest, _none: None, made: MadeToken) -> HttpResponse:
    response = render(request, "organisation/token_secret.html", {"made": made})
    add_never_cache_headers(response)
    return response


def typed_calendar(calendar: WorkingCalendar, _by: Actor) -> dict[str, Any]:
    return CalendarForm.of(calendar)


CAN_BE_REVOKED = frozenset({ApiToken.State.VALID, ApiToken.State.EXPIRED})
COMPANY = Subject(
    name="company", model=Company, get=reference_queries.get_company, rows=every_company,
    shape=CompanyOut, page="companies/<int:company_id>/", endpoint="/companies/{int:company_id}",
    home=lambda company: (reverse("organisation_company", args=[company.pk]), company.name),
)  # fmt: skip
CALENDARS: Subject[WorkingCalendar] = Subject(
    name="calendars", page="calendars/", endpoint="/calendars", home=place_of_calendars
)
CALENDAR = Subject(
    name="calendar", model=WorkingCalendar, get=reference_queries.get_calendar,
    rows=reference_queries.calendars, shape=CalendarOut, page="calendars/<int:calendar_id>/",
    endpoint="/calendars/{int:calendar_id}", home=place_of_calendars,
)  # fmt: skip
TOKENS: Subject[ApiToken] = Subject(
    name="tokens", page="tokens/", endpoint="/tokens", home=place_of_tokens
)
TOKEN = Subject(
    name="token", model=ApiToken, get=reference_queries.get_token, shape=TokenOut,
    page="tokens/<int:token_id>/", endpoint="/tokens/{int:token_id}",
    home=place_of_tokens,
)  # fmt: skip

ACTS = (
    button(
        COMPANY, companies.close_company, "close_company", ADMINISTER, of=DayForm,
        states={Company.State.OPEN}, optional={"on"}, noun="closure",
        label=_("Close company"), tone="danger",
        undo="reopen_company", said=_("%(company)s closed."),
        text="Refused while people work there or teams are its own.",
    ),
    button(
        COMPANY, companies.reopen_company, "reopen_company", ADMINISTER, noun="reopening",
        states={Company.State.CLOSED},
        label=_("Reopen"), said=_("%(company)s reopened."),
        text="Undo the closing of a company.",
    ),
    create(
        CALENDARS, reference.create_calendar, "create_calendar", ADMINISTER, CalendarForm,
        body=RecordForm, made=CALENDAR, noun="", title=_("New calendar"), submit=_("Create"),
        icon="plus", key="n", tone="primary", said=_("Calendar created."),
        text="`record`: time_zone, weekly hours, holidays, country, subdivision, exceptions.",
    ),
    change(
        CALENDAR, reference.edit_calendar, "edit_calendar", ADMINISTER, CalendarForm,
        body=RecordForm, optional={"name", "record"}, initial=typed_calendar,
        title=_("Edit %(calendar)s"), submit=_("Save"), label=_("Edit"), tone="ghost",
        said=_("Calendar saved. The clocks that use it are updated."),
    ),
    create(
        TOKENS, create_token, "create_token", rights.TOKENS, TokenForm, made=MadeToken, noun="",
        secret=True, title=_("New token"), submit=_("Create"), answer=show_secret,
        text="The secret is in this answer and nowhere else. Made by a token, it has at most the "
        "scopes of that one, and ends with it.",
    ),
    form(
        TOKEN, revoke_token, "revoke_token", rights.TOKENS, RevokeTokenForm, verb="DELETE",
        states=CAN_BE_REVOKED, noun="", page="revocation", title=_("Revoke the token “%(token)s”?"),
        submit=_("Revoke"), tone="danger",
        said=_("Token “%(token)s” revoked."),
        text="It opens nothing from this moment on.",
    ),
)  # fmt: skip
