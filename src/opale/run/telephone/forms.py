"""Forms of the telephone."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from opale.customers.forms.fields import ContactField, ServiceField
from opale.customers.models import Contact, Customer, Service
from opale.customers.queries.customers import contacts, customers
from opale.customers.queries.services import services
from opale.run.desk.models import Grade, Kind
from opale.run.desk.queries.tickets import get_ticket
from opale.run.telephone.actions.tickets import CallSheet
from opale.run.telephone.queries.call_sheets import Caller
from opale.run.telephone.states import Dismissal
from opale.ui.forms import ActorForm, choose_among
from opale.ui.pickers import Picker
from opale.ui.typed_dates import check_near


class SheetForm(ActorForm, forms.Form):
    """The call sheet: the caller and the subject."""

    contact: "forms.ModelChoiceField[Contact]" = ContactField(label=_("Caller"), required=False)
    customer: "forms.ModelChoiceField[Customer]" = forms.ModelChoiceField(
        label=_("Customer"),
        queryset=None,
        required=False,
        widget=Picker("customers_pick"),
    )
    subject = forms.CharField(label=_("Subject"), max_length=300)
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    service: "forms.ModelChoiceField[Service]" = ServiceField(
        label=_("Service"),
        required=False,
        widget=forms.Select,
        empty_label=_("No specific service"),
    )
    body = forms.CharField(
        label=_("Description"), widget=forms.Textarea(attrs={"rows": 4}), required=False
    )
    impact = forms.TypedChoiceField(label=_("Impact"), choices=Grade.choices, coerce=int)
    urgency = forms.TypedChoiceField(label=_("Urgency"), choices=Grade.choices, coerce=int)
    began_at = forms.DateTimeField(
        required=False, widget=forms.HiddenInput, validators=[check_near]
    )

    def __init__(self, *args: Any, caller: Caller, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = services(seen_by=self.by, customer=caller.customer)
        found = found.exclude(state=Service.State.TERMINATED) if caller.customer else found.none()
        choose_among(self, "service", found)

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"contact": contacts(seen_by=self.by), "customer": customers(seen_by=self.by)}

    def clean(self) -> dict[str, Any]:
        """Fill in the customer of the contact."""
        said = super().clean() or {}
        if said.get("contact"):
            said["customer"] = said["contact"].customer
        return said

    def sheet(self) -> CallSheet:
        said = self.cleaned_data
        return CallSheet(
            subject=said["subject"],
            body=said["body"],
            kind=Kind(said["kind"]),
            customer=said["customer"],
            contact=said["contact"],
            service=said["service"],
            impact=Grade(said["impact"]),
            urgency=Grade(said["urgency"]),
            began_at=said["began_at"],
        )


class TicketForm(ActorForm, forms.Form):
    """The ticket that a call is about, by its number."""

    number = forms.IntegerField(min_value=1, max_value=10**18 - 1)

    def arguments(self) -> dict[str, Any]:
        return {"ticket": get_ticket(self.cleaned_data["number"], seen_by=self.by)}


class NumberForm(ActorForm, forms.Form):
    contact: "forms.ModelChoiceField[Contact]" = forms.ModelChoiceField(
        queryset=None, error_messages={"required": _("Choose the caller first.")}
    )

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"contact": contacts(seen_by=self.by)}


class DismissalForm(forms.Form):
    why = forms.ChoiceField(
        label=_("Reason"),
        choices=Dismissal.choices,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Enter a reason.")),
    )


class LinesForm(forms.Form):
    names = forms.CharField(
        label=_("My extensions, logins and numbers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One per line, as in the phone system."),
    )

    def arguments(self) -> dict[str, Any]:
        return {"names": self.cleaned_data["names"].splitlines()}
