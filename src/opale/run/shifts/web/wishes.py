"""Pages of one's wishes for the roster: days off, and shifts."""

from datetime import timedelta

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.run.shifts import rights
from opale.run.shifts.actions import wishes
from opale.run.shifts.models import DutyWish
from opale.run.shifts.queries import wishes as wishe_queries
from opale.ui.forms import submit_form
from opale.ui.toasts import toast_next


class WishForm(forms.Form):
    day = forms.DateField(
        label=gettext_lazy("Day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    wanted = forms.ChoiceField(label=gettext_lazy("I wish"), choices=DutyWish.Wanted.choices)


@require_http_methods(["GET", "POST"])
@needs(rights.SWAP)
def index(request: ActorRequest) -> HttpResponse:
    today = timezone.localtime(clock.now()).date()
    form = WishForm(request.POST or None, initial={"day": today + timedelta(days=7)})

    def act() -> None:
        wanted = DutyWish.Wanted(form.cleaned_data["wanted"])
        wishes.create_wish(form.cleaned_data["day"], wanted, by=request.actor)

    if request.method == "POST" and submit_form(form, act):
        toast_next(request, _("Your wish is written down."))
        return redirect("shifts_wishes")
    context = {"form": form, "wishes": wishe_queries.wishes_of(request.actor, since=today)}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "shifts/wishes.html", context, status=status)


@require_POST
@needs(rights.SWAP)
def remove(request: ActorRequest, wish_id: int) -> HttpResponse:
    wishes.delete_wish(wishe_queries.get_wish(wish_id, seen_by=request.actor), by=request.actor)
    toast_next(request, _("This is not wished any more."))
    url = reverse("shifts_wishes")
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)
