"""Forms of the desk."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from opale.customers.forms.fields import ContactField, ServiceField
from opale.customers.models import Contact, Customer, Service, Stream
from opale.customers.queries.customers import contacts, customers
from opale.customers.queries.services import services
from opale.infrastructure.models import ConfigurationItem
from opale.infrastructure.queries.items import items
from opale.organisation.models import Person, Team
from opale.organisation.queries.people import people
from opale.organisation.queries.teams import teams
from opale.run.desk.actions.classifications import ClassificationInput
from opale.run.desk.actions.ticket_creation import NewTicket
from opale.run.desk.models import Grade, Kind, Source, Ticket
from opale.ui.forms import ActorForm, choose_among
from opale.ui.pickers import Picker
from opale.ui.typed_dates import WhenField

LANGUAGES = [
    ("", _("Language of the contact or customer")),
    ("fr", _("French")),
    ("en", _("English")),
]


class TriageForm(ActorForm, forms.Form):
    """The classification of a ticket."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    customer: "forms.ModelChoiceField[Customer]" = forms.ModelChoiceField(
        label=_("Customer"),
        queryset=None,
        required=False,
        widget=Picker("customers_pick"),
    )
    contact: "forms.ModelChoiceField[Contact]" = ContactField(label=_("Contact"), required=False)
    service: "forms.ModelChoiceField[Service]" = ServiceField(label=_("Service"), required=False)
    item: "forms.ModelChoiceField[ConfigurationItem]" = forms.ModelChoiceField(
        label=_("Item"),
        queryset=None,
        required=False,
        widget=Picker("infrastructure_pick_item", within=("customer", "contact", "service")),
    )
    impact = forms.TypedChoiceField(label=_("Impact"), choices=Grade.choices, coerce=int)
    urgency = forms.TypedChoiceField(label=_("Urgency"), choices=Grade.choices, coerce=int)
    stream = forms.ChoiceField(
        label=_("Stream"),
        choices=[("", _("As set by the plan")), *Stream.choices],
        required=False,
        help_text=_("If a plan is in force, it determines the stream."),
    )

    team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(
        label=_("Team"),
        queryset=None,
        required=False,
        empty_label=_("Service desk only"),
        help_text=_("The ticket is escalated to this team; the owner stays the same."),
    )

    field_order: tuple[str, ...] = ("stream",)

    def querysets(self) -> dict[str, QuerySet[Any]]:
        offered: dict[str, QuerySet[Any]] = {
            "customer": customers(seen_by=self.by),
            "contact": contacts(seen_by=self.by),
            "service": services(seen_by=self.by),
            "item": items(seen_by=self.by),
            "team": teams(seen_by=self.by),
        }
        return {name: offered[name] for name in offered.keys() & self.fields.keys()}

    @staticmethod
    def initial_of(ticket: Ticket) -> dict[str, Any]:
        return {
            "kind": ticket.kind,
            "customer": ticket.customer_id,
            "contact": ticket.contact_id,
            "service": ticket.service_id,
            "item": ticket.item_id,
            "impact": ticket.impact,
            "urgency": ticket.urgency,
            "stream": ticket.stream,
        }

    def clean(self) -> dict[str, Any]:
        """Fill in the customer from the service or contact, so it need not be chosen twice."""
        said = super().clean() or {}
        if not said.get("customer"):
            named = said.get("service") or said.get("contact")
            said["customer"] = named.customer if named else None
        return said

    def findings(self) -> ClassificationInput:
        said = self.cleaned_data
        return ClassificationInput(
            kind=Kind(said["kind"]),
            impact=Grade(said["impact"]),
            urgency=Grade(said["urgency"]),
            customer=said["customer"],
            contact=said["contact"],
            service=said["service"],
            item=said["item"],
            stream=said.get("stream", ""),
            team=said.get("team"),
        )


class AcceptanceForm(TriageForm):
    """The proposals of triage, of which only impact and urgency are asked for."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if name not in ("impact", "urgency"):
                field.widget = forms.HiddenInput()


class NewTicketForm(TriageForm):
    subject = forms.CharField(label=_("Subject"), max_length=300)
    body = forms.CharField(label=_("Description"), widget=forms.Textarea, required=False)
    source = forms.ChoiceField(
        label=_("Channel"),
        choices=[(s.value, s.label) for s in (Source.PHONE, Source.MAIL, Source.AGENT)],
    )

    team = None  # type: ignore[assignment]  # so Django takes a field away
    field_order = ("subject", "body", "source", "customer", "contact", "service", "item", "kind")

    def new_ticket(self) -> NewTicket:
        said = self.cleaned_data
        return NewTicket(
            subject=said["subject"],
            body=said["body"],
            source=Source(said["source"]),
            kind=Kind(said["kind"]),
            customer=said["customer"],
            contact=said["contact"],
            service=said["service"],
            item=said["item"],
            impact=Grade(said["impact"]),
            urgency=Grade(said["urgency"]),
        )


class SpamForm(forms.Form):
    whole_domain = forms.BooleanField(
        label=_("Block the whole domain"),
        required=False,
        help_text=_("Else the sender's address alone. No mail is sent to the sender."),
    )


class PriorityReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)


class MessageForm(forms.Form):
    body = forms.CharField(widget=forms.Textarea, strip=False)
    next_update_at = WhenField(label=_("Next update promised"), required=False)


class RestorationForm(forms.Form):
    at = WhenField(label=_("Restored at"), past=True)


class SubjectForm(forms.Form):
    subject = forms.CharField(label=_("Subject"), max_length=300)


class TakeForm(forms.Form):
    """The owner whom whoever takes the ticket has seen."""

    seen_owner = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def arguments(self) -> dict[str, Any]:
        return {"seen_owner_id": self.cleaned_data["seen_owner"]}


class CancellationForm(forms.Form):
    reason = forms.CharField(required=False)


class GiveTicketForm(ActorForm, forms.Form):
    person: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(
        label=_("New owner"),
        queryset=None,
        widget=Picker("organisation_people_pick"),
    )
    seen_owner_id = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"person": people(seen_by=self.by)}


class ProblemForm(ActorForm, forms.Form):
    """What whoever asks says of something that does not work. A contact may name a service."""

    subject = forms.CharField(label=_("What doesn’t work?"), max_length=300)
    service: "forms.ModelChoiceField[Service]" = forms.ModelChoiceField(
        label=_("Service"), queryset=None, required=False, empty_label=_("I don’t know")
    )
    body = forms.CharField(
        label=_("What happens, since when, and who is affected?"), widget=forms.Textarea
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.by.contact_id is None:
            del self.fields["service"]
        else:
            running = services(seen_by=self.by).exclude(state=Service.State.TERMINATED)
            choose_among(self, "service", running.order_by("name", "reference"))
