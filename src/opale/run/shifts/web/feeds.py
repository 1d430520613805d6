"""Calendars out, at secret addresses, and absences in, from a file."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import AskedRequest, needs
from opale.kernel import clock
from opale.kernel.isolation import as_house
from opale.organisation.models import Team
from opale.organisation.queries import get_person, get_team
from opale.run.shifts import actions, queries, rights
from opale.ui.forms import accepted
from opale.ui.toasts import toast_next

CALENDAR = "text/calendar; charset=utf-8"


class CalendarFile(forms.Form):
    file = forms.FileField(
        label=gettext_lazy("Calendar file"),
        help_text=gettext_lazy("What it calls busy becomes absences of yours (iCalendar, .ics)."),
    )


@require_GET
@never_cache
def feed(request: AskedRequest, secret: str) -> HttpResponse:
    """What a calendar program reads, which logs in nowhere."""
    with as_house():
        return HttpResponse(queries.feed_text(secret, at=clock.now()), content_type=CALENDAR)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(rights.SWAP)
def calendars(request: AskedRequest) -> HttpResponse:
    """The asker's addresses; a new one is shown once."""
    secret = ""
    if request.method == "POST":
        secret = actions.open_feed(by=request.actor, team=_team(request))
    address = request.build_absolute_uri(reverse("shifts_feed", args=[secret])) if secret else ""
    context = {
        "feeds": queries.feeds_of(request.actor),
        "teams": queries.teams_with_duties(seen_by=request.actor),
        "address": address,
        "form": CalendarFile(),
    }
    return render(request, "shifts/calendars.html", context)


@require_POST
@needs(rights.SWAP)
def close(request: AskedRequest) -> HttpResponse:
    actions.close_feed(by=request.actor, team=_team(request))
    toast_next(request, _("The address opens nothing any more."))
    url = reverse("shifts_calendars")
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)


@require_POST
@needs(rights.SWAP)
def read_absences(request: AskedRequest) -> HttpResponse:
    form = CalendarFile(request.POST, request.FILES)
    person = get_person(request.actor.person_id or 0, seen_by=request.actor)
    done: list[actions.Read] = []

    def act() -> None:
        raw = form.cleaned_data["file"].read()
        done.append(actions.read_absences(person, raw, by=request.actor, at=clock.now()))

    if not accepted(form, act):
        context = {"feeds": queries.feeds_of(request.actor), "form": form}
        return render(request, "shifts/calendars.html", context, status=422)
    toast_next(
        request,
        _("%(made)s absences are new, %(known)s were known.")
        % {"made": done[0].made, "known": done[0].known},
    )
    return redirect("shifts_calendars")


def _team(request: AskedRequest) -> Team | None:
    asked = request.POST.get("team", "")
    return get_team(int(asked), seen_by=request.actor) if asked.isdecimal() else None
