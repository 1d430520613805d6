"""Pages of the actor's own sessions, language and time zone."""

from typing import cast

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.organisation.actions import access
from opale.organisation.forms import PreferencesForm
from opale.organisation.models import User
from opale.organisation.rights import EDIT_SELF
from opale.ui.forms import submit_form
from opale.ui.toasts import toast_next

form_verbs = require_http_methods(["GET", "POST"])


@require_POST
@needs("")
def end_session(request: ActorRequest, session_id: int) -> HttpResponse:
    access.end_session(session_id, by=request.actor)
    toast_next(request, _("Session ended."))
    return redirect("usersessions_list")


@form_verbs
@needs(EDIT_SELF)
def preferences(request: ActorRequest) -> HttpResponse:
    user = cast(User, request.user)
    initial = {"language": user.language, "time_zone": user.time_zone}
    form = PreferencesForm(request.POST or None, initial=initial)
    if request.method == "POST" and submit_form(
        form, lambda: access.set_preferences(by=request.actor, **form.cleaned_data)
    ):
        with translation.override(form.cleaned_data["language"]):
            toast_next(request, _("Preferences saved."))
        response = redirect("organisation_preferences")
        # The choice made here replaces the one stored in this browser.
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME, samesite="Lax")
        return response
    status = 422 if form.errors else 200
    return render(request, "organisation/preferences.html", {"form": form}, status=status)
