"""Forms of designs. They parse input; the actions decide what is allowed."""

from datetime import date, timedelta
from typing import Annotated, Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy, pgettext_lazy
from pydantic import Field

from opale.customers.forms.fields import OfferingField
from opale.customers.forms.option_values import OptionValuesField, ask_for_options
from opale.customers.models import Contact, Customer
from opale.customers.queries.customers import contacts, customers
from opale.customers.queries.options import parse_options
from opale.customers.queries.services import offerings
from opale.delivery.designs.models import Design, DesignDocument, DesignLine, DesignSite
from opale.delivery.designs.queries import designs
from opale.delivery.projects.queries.packages import KINDS_OF
from opale.infrastructure.models import ConfigurationItem, Site
from opale.infrastructure.queries.items import items, sites
from opale.kernel import clock
from opale.organisation.models import Person
from opale.organisation.queries.people import people
from opale.ui import typed_dates
from opale.ui.forms import ActorForm, choose_among
from opale.ui.pickers import Picker
from opale.ui.typed_dates import WhenField


class DayField(typed_dates.DayField):
    """A day on which something can go live."""

    body_type: ClassVar[Any] = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2099, 12, 31))]
    first, last = date(2000, 1, 1), date(2099, 12, 31)


class DesignForm(ActorForm, forms.Form):
    title = forms.CharField(
        label=pgettext_lazy("a design", "Title"),
        max_length=200,
        help_text=gettext_lazy("Name the customer knows it by."),
    )
    requirements = forms.CharField(
        label=pgettext_lazy("a design", "Requirements"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("In the customer's words."),
    )
    architect = forms.ModelChoiceField(
        Person.objects.none(),
        label=gettext_lazy("Solution architect"),
        required=False,
        widget=Picker("customers_pick_person"),
    )
    wished_on = DayField(label=pgettext_lazy("a design", "Wanted date"), required=False)
    probability = forms.IntegerField(
        label=gettext_lazy("Probability (%)"),
        min_value=0,
        max_value=100,
        initial=50,
        help_text=gettext_lazy("Probability of signature; it weights the tentative reservations."),
    )

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"architect": people(seen_by=self.by)}


class NewDesignForm(DesignForm):
    customer = forms.ModelChoiceField(
        Customer.objects.none(),
        label=gettext_lazy("Customer"),
        widget=Picker("customers_pick"),
    )
    field_order = ("customer", "title")

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return super().querysets() | {"customer": customers(seen_by=self.by)}


class SiteForm(ActorForm, forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=300, required=False)
    place = forms.ModelChoiceField(
        Site.objects.none(),
        label=pgettext_lazy("a design", "Known site"),
        required=False,
        widget=Picker("infrastructure_pick_site"),
        help_text=gettext_lazy(
            "The site record in Opale. If it is a datacentre, stock is taken there."
        ),
    )

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"place": sites(seen_by=self.by)}


class NewSiteForm(SiteForm):
    like = forms.ModelChoiceField(
        DesignSite.objects.none(),
        label=pgettext_lazy("a design", "Copy lines from"),
        required=False,
    )

    def __init__(self, *args: Any, design: Design, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = designs.version_of(design, seen_by=self.by).sites.all()
        choose_among(self, "like", rows)
        if not rows:
            del self.fields["like"]


class LineForm(ActorForm, forms.Form):
    offering = OfferingField(
        label=gettext_lazy("Offering"),
    )
    site = forms.ModelChoiceField(
        DesignSite.objects.none(),
        label=gettext_lazy("Site"),
        required=False,
        empty_label=pgettext_lazy("a design", "All sites"),
    )
    quantity = forms.IntegerField(
        label=gettext_lazy("Quantity"), min_value=1, max_value=10_000, initial=1
    )
    options = OptionValuesField(label=pgettext_lazy("a design", "Options"))

    def __init__(
        self,
        *args: Any,
        design: Design,
        line: DesignLine | None = None,
        **said: Any,
    ) -> None:
        self.line = line
        super().__init__(*args, **said)
        version = line.version if line else designs.version_of(design, seen_by=self.by)
        choose_among(self, "offering", offerings(seen_by=self.by))
        choose_among(self, "site", version.sites.all())
        ask_for_options(self, "options", line.offering if line else None)

    def clean(self) -> dict[str, Any]:
        said, line = self.cleaned_data, self.line
        if "options" in said:
            said["options"] = parse_options(
                said["options"],
                said.get("offering"),
                line.offering if line else None,
                before=line.options if line else {},
            )
        return said


class PlaceForm(ActorForm, forms.Form):
    """The choice of units of an item; the action checks that they are free."""

    item = forms.ModelChoiceField(
        ConfigurationItem.objects.none(),
        label=gettext_lazy("Item"),
        widget=Picker("infrastructure_pick_item"),
    )
    units = forms.CharField(
        label=pgettext_lazy("of an item", "Units"),
        max_length=200,
        help_text=gettext_lazy("Such as U12 to U15, or 7."),
    )

    def __init__(self, *args: Any, unit: str, **options: Any) -> None:
        super().__init__(*args, **options)
        choose_among(self, "item", items(seen_by=self.by).filter(kind__in=KINDS_OF.get(unit, ())))


class ReserveForm(forms.Form):
    probability = forms.IntegerField(
        label=gettext_lazy("Probability (%)"), min_value=0, max_value=100
    )
    until = typed_dates.DayField(
        label=pgettext_lazy("a reservation", "Reserved until (included)"),
    )

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        end = localtime(clock.now()).replace(
            year=said["until"].year, month=said["until"].month, day=said["until"].day,
            hour=23, minute=59, second=0, microsecond=0,
        )  # fmt: skip
        return {"probability": said["probability"], "expires_at": end + timedelta(minutes=1)}


class HoldForm(forms.Form):
    """A reservation as programs ask for it: without a probability it is the design's, without an
    expiry two weeks.
    """

    probability = forms.IntegerField(required=False, min_value=0, max_value=100)
    expires_at = WhenField(required=False)


class WhyForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )


class WithdrawalForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class NoteForm(forms.Form):
    note = forms.CharField(
        label=pgettext_lazy("a version", "What changes"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("The quoted version is kept for comparison."),
    )


class FileForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("File"))

    def arguments(self) -> dict[str, Any]:
        file = self.cleaned_data["file"]
        return {"name": file.name, "chunks": file.chunks()}


class AcceptanceForm(ActorForm, forms.Form):
    contact = forms.ModelChoiceField(
        Contact.objects.none(),
        label=pgettext_lazy("a design", "Accepted by"),
        help_text=gettext_lazy("Only contacts who may order are listed."),
    )
    accepted_on = typed_dates.DayField(label=pgettext_lazy("a design", "Accepted on"))
    file = forms.FileField(
        label=pgettext_lazy("an acceptance", "Signed document"),
        required=False,
        widget=forms.FileInput,  # there is no file before it, which could be cleared
    )
    document = forms.ModelChoiceField(
        DesignDocument.objects.none(),
        label=pgettext_lazy("an acceptance", "Or a document already attached"),
        required=False,
    )
    mail = forms.CharField(
        label=pgettext_lazy("an acceptance", "Or the mail that proves it"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Sender, date and subject, or the ticket number."),
    )
    their_number = forms.CharField(
        label=pgettext_lazy("an order", "Customer reference"),
        max_length=100,
        required=False,
        help_text=gettext_lazy("Number of the customer’s purchase order."),
    )

    def __init__(self, *args: Any, design: Design, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = contacts(seen_by=self.by, customer=design.customer, authority="order")
        choose_among(self, "contact", rows)
        only = list(rows[:2])
        if len(only) == 1:
            self.initial.setdefault("contact", only[0].pk)
        documents = design.documents.all()
        choose_among(self, "document", documents)
        if not documents:
            del self.fields["document"]
