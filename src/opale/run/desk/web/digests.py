"""Digest settings of a person, and the page behind the unsubscribe link."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from opale.endpoints.http import ActorRequest, needs
from opale.endpoints.link_limits import limit_uses
from opale.kernel.errors import NotFound
from opale.kernel.isolation import as_application
from opale.organisation.queries.people import get_person
from opale.run.desk.actions import digests
from opale.run.desk.models import Following
from opale.run.desk.queries import digests as digest_queries
from opale.run.desk.queries.unsubscribe_links import unsubscription_of_token
from opale.ui.forms import submit_form
from opale.ui.toasts import toast, toast_next

EDIT_SELF = "organisation.edit_self"
HOURS = tuple((hour, f"{hour:02}:00") for hour in range(24))
LINKS, RATE_LIMIT = "desk.unfollow", 30
"""Links of mails, and the most requests of one address per minute."""


class FollowingForm(forms.Form):
    pace = forms.ChoiceField(label=gettext_lazy("Frequency"), choices=Following.Pace.choices)
    hour = forms.TypedChoiceField(
        label=gettext_lazy("Hour of the daily mail"), choices=HOURS, coerce=int
    )


@require_http_methods(["GET", "POST"])
@needs(EDIT_SELF)
def own(request: ActorRequest) -> HttpResponse:
    """Show and save one's own digest settings, a region of the preferences."""
    person = get_person(request.actor.person_id or 0, seen_by=request.actor)
    choice = digest_queries.digest_settings_of(person)
    form = FollowingForm(request.POST or None, initial={"pace": choice.pace, "hour": choice.hour})
    if request.method == "POST" and submit_form(
        form, lambda: digests.set_digest_pace(person, by=request.actor, **form.cleaned_data)
    ):
        said = _("Notification preferences saved.")
        if not request.htmx:
            toast_next(request, said)
            return redirect("organisation_preferences")
        return toast(_region(request, form), said)
    return _region(request, form, status=422 if form.errors else 200)


def _region(request: ActorRequest, form: FollowingForm, status: int = 200) -> HttpResponse:
    return render(request, "desk/following/_own.html", {"form": form}, status=status)


@csrf_exempt  # Mail providers' programs post here (RFC 8058): the signed link is the proof.
@never_cache
@require_http_methods(["GET", "POST"])
def unfollow(request: HttpRequest, token: str) -> HttpResponse:
    """Unsubscribe by POST, once or repeatedly; a GET asks first, because programs open every
    link."""
    ending = unsubscription_of_token(token)
    if ending is None:
        raise NotFound
    context: dict[str, Any] = {"ending": ending, "done": request.method == "POST"}
    if request.method == "POST":
        with as_application():
            limit_uses(request, LINKS, RATE_LIMIT)
            digests.unsubscribe(ending)
    return render(request, "desk/following/unfollow.html", context)
