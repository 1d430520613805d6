"""Calendar feeds at secret addresses, and absences imported from files and addresses."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.kernel.isolation import as_application
from opale.kernel.whole_numbers import parse_number
from opale.organisation.models import Team
from opale.organisation.queries.people import get_person
from opale.organisation.queries.teams import get_team
from opale.run.shifts import rights
from opale.run.shifts.actions import absence_calendars, absences, feeds
from opale.run.shifts.forms.calendars import CalendarAddressForm, CalendarFileForm
from opale.run.shifts.queries import duties
from opale.run.shifts.queries import feeds as feed_queries
from opale.ui.forms import submit_form
from opale.ui.toasts import toast_next

CALENDAR_TYPE = "text/calendar; charset=utf-8"


ERRORS = {
    "key": gettext_lazy("the secret key of Opale was replaced: enter the URL again"),
    "unreadable": gettext_lazy("not a readable calendar"),
    "address": gettext_lazy("the URL redirects to an invalid address"),
    "unknown": gettext_lazy("unknown host"),
    "private": gettext_lazy("the URL leads to a private network"),
}
"""Why a calendar was not read."""


@require_GET
@never_cache
def feed(request: ActorRequest, secret: str) -> HttpResponse:
    """Return the calendar at a secret address, without a login."""
    with as_application():
        return HttpResponse(
            feed_queries.feed_text(secret, at=clock.now()), content_type=CALENDAR_TYPE
        )


@never_cache
@require_http_methods(["GET", "POST"])
@needs(rights.SWAP)
def calendars(request: ActorRequest) -> HttpResponse:
    """Show the actor's addresses; a new one is shown once."""
    secret = ""
    if request.method == "POST":
        secret = feeds.create_feed(by=request.actor, team=_team(request))
    address = request.build_absolute_uri(reverse("shifts_feed", args=[secret])) if secret else ""
    if request.htmx:
        return render(request, "shifts/_followed.html", _followed(request))
    return render(request, "shifts/calendars.html", _shown(request) | {"address": address})


@require_POST
@needs(rights.SWAP)
def read_absences(request: ActorRequest) -> HttpResponse:
    form = CalendarFileForm(request.POST, request.FILES)
    person = get_person(request.actor.person_id or 0, seen_by=request.actor)
    done: list[absences.ImportedAbsences] = []

    def act() -> None:
        raw = form.cleaned_data["file"].read()
        done.append(absences.import_absences(person, raw, by=request.actor, at=clock.now()))

    if not submit_form(form, act):
        return render(request, "shifts/calendars.html", _shown(request, form=form), status=422)
    toast_next(
        request,
        _("%(made)s absences added, %(known)s already known.")
        % {"made": done[0].made, "known": done[0].known},
    )
    return redirect("shifts_calendars")


@require_POST
@needs(rights.SWAP)
def follow(request: ActorRequest) -> HttpResponse:
    """Read one's absences at an address from now on."""
    form = CalendarAddressForm(request.POST)
    if not submit_form(
        form,
        lambda: absence_calendars.subscribe_calendar(
            form.cleaned_data["address"], by=request.actor
        ),
    ):
        shown = _shown(request, address_form=form)
        return render(request, "shifts/calendars.html", shown, status=422)
    toast_next(request, _("Calendar added. Your absences now follow it."))
    return redirect("shifts_calendars")


def _shown(request: ActorRequest, **more: forms.Form) -> dict[str, Any]:
    return {
        "feeds": feed_queries.feeds_of(request.actor),
        "teams": duties.teams_with_duties(seen_by=request.actor),
        "form": CalendarFileForm(),
        "address_form": CalendarAddressForm(),
        **_followed(request),
        **more,
    }


def _followed(request: ActorRequest) -> dict[str, Any]:
    found = feed_queries.followed_calendar(request.actor)
    error = ERRORS.get(found.error, found.error) if found else ""
    return {"followed": found, "read_error": error, "person_id": request.actor.person_id}


def _team(request: ActorRequest) -> Team | None:
    asked = parse_number(request.POST.get("team"))
    return None if asked is None else get_team(asked, seen_by=request.actor)
