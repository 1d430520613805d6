"""Pages of swaps: offer, accept, refuse, withdraw, take over."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.organisation.models import Person
from opale.organisation.queries.people import people
from opale.run.shifts import rights
from opale.run.shifts.actions import swaps
from opale.run.shifts.models import Duty
from opale.run.shifts.queries import duties
from opale.run.shifts.queries import swaps as swap_queries
from opale.run.shifts.web import roster_context
from opale.ui.forms import form_page
from opale.ui.toasts import toast_next


class DutyChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # of duties
    def label_from_instance(self, obj: Duty) -> str:
        return roster_context.duty_in_words(obj)


class OfferForm(forms.Form):
    to: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(
        None,
        label=gettext_lazy("Offer to"),
        required=False,
        help_text=gettext_lazy("Your whole team, if you name nobody."),
    )
    in_return = DutyChoice(None, label=gettext_lazy("In return for"), required=False)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, duty: Duty, request: ActorRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        members = people(seen_by=request.actor, team_id=duty.team_id)
        fields["to"].queryset = members.exclude(pk=duty.person_id)
        coming = duties.duties(
            seen_by=request.actor, team_id=duty.team_id, starts=clock.now()
        ).exclude(person=duty.person_id)
        fields["in_return"].queryset = coming


@require_http_methods(["GET", "POST"])
@needs(rights.SWAP)
def offer(request: ActorRequest, duty_id: int) -> HttpResponse:
    duty = duties.get_duty(duty_id, seen_by=request.actor)
    given = request.POST if request.method == "POST" else None
    form = OfferForm(given, duty=duty, request=request)
    return form_page(
        request,
        form,
        lambda: swaps.offer_duty(duty, by=request.actor, **form.cleaned_data),
        title=_("Offer a duty"),
        button=_("Offer"),
        back=reverse("shifts_mine"),
        said=_("The duty is offered."),
    )


@require_POST
@needs(rights.SWAP)
def accept(request: ActorRequest, offer_id: int) -> HttpResponse:
    swaps.accept_offer(swap_queries.get_offer(offer_id, seen_by=request.actor), by=request.actor)
    return _done(request, _("The duty is yours."))


@require_POST
@needs(rights.SWAP)
def refuse(request: ActorRequest, offer_id: int) -> HttpResponse:
    swaps.refuse_offer(swap_queries.get_offer(offer_id, seen_by=request.actor), by=request.actor)
    return _done(request, _("You said no; it stays where it is."))


@require_POST
@needs(rights.SWAP)
def withdraw(request: ActorRequest, offer_id: int) -> HttpResponse:
    swaps.withdraw_offer(swap_queries.get_offer(offer_id, seen_by=request.actor), by=request.actor)
    return _done(request, _("It is offered no more."))


@require_POST
@needs(rights.SWAP)
def take_over(request: ActorRequest, duty_id: int) -> HttpResponse:
    duty = duties.get_duty(duty_id, seen_by=request.actor)
    swaps.take_over(duty, by=request.actor)
    return _done(request, _("From now on you do what is left of it."))


def _done(request: ActorRequest, said: str) -> HttpResponse:
    toast_next(request, said)
    url = reverse("shifts_mine")
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)
