"""Forms of orders. They parse input; the actions decide what is allowed."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy, pgettext_lazy

from opale.customers.forms.fields import OfferingField, ServiceField
from opale.customers.forms.option_values import OptionValuesField, ask_for_options
from opale.customers.models import Contact, Customer
from opale.customers.queries.customers import contacts, customers
from opale.customers.queries.options import parse_options
from opale.customers.queries.services import offerings, services
from opale.delivery.orders.actions.orders import NewLine, NewOrder
from opale.delivery.orders.models import Order, OrderLine
from opale.delivery.orders.queries import offering_of
from opale.infrastructure.models import Site
from opale.infrastructure.queries.items import sites
from opale.ui.forms import ActorForm, choose_among
from opale.ui.pickers import Picker, narrow_pickers
from opale.ui.typed_dates import WhenField


def text_of(wanted: datetime | None, before: datetime | None = None, text: str = "") -> str:
    """Return the timestamp's text, unchanged where the field was not edited.

    A form shows minutes, so a text written to the second comes back without them.
    """
    if wanted is None:
        return ""
    if before is not None and _minute(before) == _minute(wanted):
        return text
    return localtime(wanted).isoformat()


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _with_keys(said: dict[str, Any], line: OrderLine | None) -> dict[str, Any]:
    """Return the cleaned data with the characteristics by key, where names were typed."""
    if "characteristics" in said:
        said["characteristics"] = parse_options(
            said["characteristics"],
            said.get("offering") or getattr(said.get("service"), "offering", None),
            line.offering if line else None,
            before=line.characteristics if line else {},
        )
    return said


class LineForm(ActorForm, forms.Form):
    """One line; its action is asked for only where the order's kind does not imply it."""

    action = forms.ChoiceField(
        label=pgettext_lazy("a line of an order", "Action"), choices=OrderLine.Action.choices
    )
    offering = OfferingField(
        label=gettext_lazy("Offering"),
        required=False,
        help_text=gettext_lazy("The offering that is added, or that the service changes to."),
    )
    service = ServiceField(
        label=gettext_lazy("Service"),
        required=False,
        help_text=gettext_lazy("The service that is modified, moved or terminated."),
    )
    site = forms.ModelChoiceField(
        Site.objects.none(),
        label=gettext_lazy("Site"),
        required=False,
        widget=Picker("infrastructure_pick_site"),
        help_text=gettext_lazy("Where it is delivered: a site of the customer, or a datacentre."),
    )
    quantity = forms.IntegerField(label=gettext_lazy("Quantity"), min_value=1, initial=1)
    characteristics = OptionValuesField(
        of=("offering", "service"), label=gettext_lazy("Characteristics")
    )
    wanted = WhenField(
        label=pgettext_lazy("an order", "Wanted date"),
        required=False,
        help_text=gettext_lazy("Only if it differs from the order."),
    )

    def __init__(
        self,
        *args: Any,
        order: Order | None = None,
        line: OrderLine | None = None,
        **options: Any,
    ) -> None:
        self.line = line
        super().__init__(*args, **options)
        choose_among(self, "offering", offerings(seen_by=self.by, retired=True))
        choose_among(self, "service", services(seen_by=self.by))
        choose_among(self, "site", sites(seen_by=self.by))
        ask_for_options(self, "characteristics", offering_of(line) if line else None)
        of = line.order if line is not None else order
        if of is not None:
            narrow_pickers(self, customer=of.customer_id)

    def clean(self) -> dict[str, Any]:
        return _with_keys(self.cleaned_data, self.line)

    def arguments(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        wanted, line = found.pop("wanted"), self.line
        before = (line.wanted_at, line.wanted_text) if line else (None, "")
        return found | {"wanted_text": text_of(wanted, *before)}


class OrderForm(ActorForm, forms.Form):
    """The order itself, without its lines."""

    description = forms.CharField(
        label=gettext_lazy("Description"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One or two sentences."),
    )
    external_id = forms.CharField(
        label=pgettext_lazy("an order", "Customer reference"),
        required=False,
        max_length=100,
        help_text=gettext_lazy("Number of the customer’s purchase order."),
    )
    contact = forms.ModelChoiceField(
        Contact.objects.none(),
        label=pgettext_lazy("an order", "Ordered by"),
        required=False,
    )
    priority = forms.CharField(label=gettext_lazy("Priority"), required=False, max_length=40)
    wanted = WhenField(label=pgettext_lazy("an order", "Wanted date"), required=False)

    def __init__(self, *args: Any, order: Order, **options: Any) -> None:
        self.order = order
        super().__init__(*args, **options)
        if order.customer is None:
            del self.fields["contact"]
        else:
            rows = contacts(seen_by=self.by, customer=order.customer, authority="order")
            choose_among(self, "contact", rows)

    def arguments(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        wanted = found.pop("wanted")
        text = text_of(wanted, self.order.wanted_at, self.order.wanted_text)
        return found | {"wanted_text": text}


class NewOrderForm(ActorForm, forms.Form):
    """An order with its first line; others are added on its page."""

    customer = forms.ModelChoiceField(
        Customer.objects.none(),
        label=gettext_lazy("Customer"),
        widget=Picker("customers_pick"),
    )
    kind = forms.ChoiceField(label=pgettext_lazy("an order", "Kind"), choices=Order.Kind.choices)
    external_id = forms.CharField(
        label=pgettext_lazy("an order", "Customer reference"), required=False, max_length=100
    )
    description = forms.CharField(
        label=gettext_lazy("Description"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    wanted = WhenField(label=pgettext_lazy("an order", "Wanted date"), required=False)
    offering = OfferingField(
        label=gettext_lazy("Offering"),
        required=False,
        help_text=gettext_lazy("The offering to add. Add more lines on the order’s page."),
    )
    service = ServiceField(
        label=gettext_lazy("Service"),
        required=False,
        help_text=gettext_lazy("The service that is modified, moved or terminated."),
    )
    site = forms.ModelChoiceField(
        Site.objects.none(),
        label=gettext_lazy("Site"),
        required=False,
        widget=Picker("infrastructure_pick_site", within=("customer",)),
        help_text=gettext_lazy("Where it is delivered: a site of the customer, or a datacentre."),
    )
    quantity = forms.IntegerField(label=gettext_lazy("Quantity"), min_value=1, initial=1)
    characteristics = OptionValuesField(
        of=("offering", "service"), label=gettext_lazy("Characteristics")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        ask_for_options(self, "characteristics", None)

    def clean(self) -> dict[str, Any]:
        return _with_keys(self.cleaned_data, None)

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {
            "customer": customers(seen_by=self.by),
            "offering": offerings(seen_by=self.by),
            "service": services(seen_by=self.by),
            "site": sites(seen_by=self.by),
        }

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        line = NewLine(
            offering=said["offering"],
            service=said["service"],
            site=said["site"],
            quantity=said["quantity"],
            characteristics=said["characteristics"],
        )
        new = NewOrder(
            customer=said["customer"],
            kind=said["kind"],
            external_id=said["external_id"],
            description=said["description"],
            wanted_text=text_of(said["wanted"]),
            lines=(line,),
        )
        return {"new": new}


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("The customer reads it."),
    )
