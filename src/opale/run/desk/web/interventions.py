"""Interventions outside the hours of the plan: agreement and end."""

from typing import Any, cast

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from opale.customers.models import Contact
from opale.customers.queries.customers import contacts
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid
from opale.run.desk.actions import interventions
from opale.run.desk.models import Ticket
from opale.run.desk.queries import queue_order, tickets
from opale.run.desk.rights import WORK
from opale.ui.toasts import toast_next
from opale.ui.typed_dates import WhenField


class InterventionForm(forms.Form):
    agreed_by: "forms.ModelChoiceField[Contact]" = forms.ModelChoiceField(
        label=gettext_lazy("Who agreed"), queryset=None
    )
    price = forms.DecimalField(
        label=gettext_lazy("Agreed price"), max_digits=12, decimal_places=2, min_value=0
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), choices=[(c, c) for c in ("EUR", "GBP", "CHF", "USD")]
    )
    ends = WhenField(label=gettext_lazy("Until, if said"), required=False)

    def __init__(self, *args: Any, ticket: Ticket, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entitled = contacts(seen_by=actor, customer=ticket.customer, authority="order")
        chosen = cast("forms.ModelChoiceField[Contact]", self.fields["agreed_by"])
        chosen.queryset = entitled.order_by("name")
        chosen.help_text = _("Contacts of the customer who may order.")


@require_http_methods(["GET", "POST"])
@needs(WORK)
def agree(request: ActorRequest, number: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    form = InterventionForm(request.POST or None, ticket=ticket, actor=request.actor)
    if request.method == "POST" and form.is_valid():
        try:
            made = interventions.agree_intervention(ticket, by=request.actor, **form.cleaned_data)
        except Invalid as refusal:
            for name, sentence in refusal.fields.items():
                form.add_error(name, sentence)
        else:
            undo = reverse("desk_intervention_end", args=[number, made.pk])
            toast_next(request, _("The ticket is worked outside its hours."), undo=undo)
            return redirect("desk_ticket", number)
    context = {
        "ticket": ticket,
        "form": form,
        "title": _("Work outside the hours of the plan"),
        "verb": _("Agreed"),
    }
    return render(request, "desk/tickets/form.html", context, status=422 if form.errors else 200)


@require_POST
@needs(WORK)
def end(request: ActorRequest, number: int, intervention_id: int) -> HttpResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    intervention = queue_order.get_intervention(ticket, intervention_id)
    interventions.end_intervention(intervention, by=request.actor)
    toast_next(request, _("The ticket waits for the hours of its plan again."))
    return redirect("desk_ticket", number)
