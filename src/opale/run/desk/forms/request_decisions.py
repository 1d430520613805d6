"""Small forms of a request: every reason is a choice, free text is never required."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Contact
from opale.customers.queries.customers import contacts
from opale.kernel.actor import Actor
from opale.run.desk.actions import approvals
from opale.run.desk.models import Override, Refusal, Route, Ticket
from opale.run.desk.queries import requests
from opale.ui.forms import ActorForm

DECISIONS = [("granted", _("Approves")), ("refused", _("Refuses"))]


class RoutingForm(forms.Form):
    route = forms.ChoiceField(label=_("Handle as"), choices=Route.choices)
    reason = forms.ChoiceField(label=_("Reason"), choices=Override.choices)

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {"route": Route(said["route"]), "reason": Override(said["reason"])}


class RejectionForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=Refusal.choices)
    note = forms.CharField(
        label=_("Explanation"),
        widget=forms.Textarea,
        required=False,
        help_text=_("The requester sees this text."),
    )

    def arguments(self) -> dict[str, Any]:
        return self.cleaned_data | {"reason": Refusal(self.cleaned_data["reason"])}


class DecisionForm(ActorForm, forms.Form):
    """The contact who decides: those with the authority first; the others with the reason why
    not."""

    contact: "forms.ModelChoiceField[Contact]" = forms.ModelChoiceField(
        label=_("Decided by"), queryset=None, empty_label=None
    )
    decision = forms.ChoiceField(label=_("Decision"), choices=DECISIONS, widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Comment"), max_length=300, required=False)

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ticket = ticket
        field = cast("forms.ModelChoiceField[Any]", self.fields["contact"])
        held = requests.awaited_approval(ticket)
        order = [f"-may_{held.authority}", "name"] if held else ["name"]
        field.queryset = contacts(seen_by=self.by, customer=ticket.customer).order_by(*order)
        if ticket.customer is None:
            field.queryset = field.queryset.none()

    def decide(self, *, by: Actor) -> None:
        said = self.cleaned_data
        approvals.decide_approval(
            self.ticket,
            granted=said["decision"] == "granted",
            by=by,
            heard_from=said["contact"],
            reason=said["reason"],
        )
