"""Forms of items, sites, suppliers and dependencies."""

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from opale.customers.forms.fields import ServiceField
from opale.customers.queries.customers import customers
from opale.customers.queries.services import services
from opale.infrastructure.models import ConfigurationItem, Site, Supplier
from opale.infrastructure.queries import items
from opale.infrastructure.states import ITEM_MOVES
from opale.organisation.models import WorkingCalendar
from opale.organisation.queries.reference import calendars
from opale.ui.forms import ActorForm, RowForm
from opale.ui.pickers import Picker
from opale.ui.typed_dates import DayField, DayInput, WhenField

LONGEST = 10**9
"""The most minutes of a promise; a length of time cannot hold many more."""


class AddressField(forms.GenericIPAddressField):
    body_type: ClassVar[Any] = str | None


class PropertiesField(forms.JSONField):
    body_type: ClassVar[Any] = dict[str, Any]


class ItemForm(ActorForm, RowForm):
    class Meta:
        model = ConfigurationItem
        fields = ("name", "kind", "site", "customer", "address", "serial", "attributes")
        field_classes = {"address": AddressField, "attributes": PropertiesField}
        widgets = {
            "site": Picker("infrastructure_pick_site", within=("customer",)),
            "customer": Picker("customers_pick"),
            "attributes": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "customer": gettext_lazy("Leave empty if shared by several customers."),
            "attributes": gettext_lazy('Additional properties, such as {"bandwidth_mbps": 1000}.'),
        }

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {
            "site": items.sites(seen_by=self.by),
            "customer": customers(seen_by=self.by, standing="all"),
        }

    def clean_attributes(self) -> dict[str, Any]:
        said = self.cleaned_data["attributes"] or {}
        if not isinstance(said, dict):
            raise forms.ValidationError(gettext_lazy("Enter properties as names with values."))
        return said


class ItemMoveForm(forms.Form):
    """A move of an item and when it was, by default now."""

    move = forms.ChoiceField(choices=[(move.name, move.label) for move in ITEM_MOVES])
    at = WhenField(required=False)

    def arguments(self) -> dict[str, Any]:
        moves = {move.name: move for move in ITEM_MOVES}
        return self.cleaned_data | {"move": moves[self.cleaned_data["move"]]}


class SiteForm(ActorForm, RowForm):
    class Meta:
        model = Site
        fields = (
            "name", "code", "kind", "customer", "address", "city", "country", "time_zone",
        )  # fmt: skip
        widgets = {"customer": Picker("customers_pick")}

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"customer": customers(seen_by=self.by, standing="all")}


class DependencyForm(ActorForm, forms.Form):
    """A form for an item's dependency."""

    lower = forms.ModelChoiceField(
        label=gettext_lazy("Depends on"),
        queryset=ConfigurationItem.objects.none(),
        widget=Picker("infrastructure_pick_item"),
    )
    redundancy = forms.CharField(
        label=gettext_lazy("Redundancy group"),
        max_length=40,
        required=False,
        help_text=gettext_lazy(
            "Items of one group back each other up: the service is lost only if all of them fail."
        ),
    )

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"lower": items.items(seen_by=self.by)}


class ServiceLinkForm(ActorForm, forms.Form):
    """A form for a service that needs an item."""

    service = ServiceField(label=gettext_lazy("Service"))
    redundancy = forms.CharField(
        label=gettext_lazy("Redundancy group"), max_length=40, required=False
    )

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"service": services(seen_by=self.by)}


class SupplierForm(ActorForm, RowForm):
    accepts_minutes = forms.IntegerField(
        label=gettext_lazy("Accepts within (minutes)"),
        min_value=1,
        max_value=LONGEST,
        required=False,
    )
    restores_minutes = forms.IntegerField(
        label=gettext_lazy("Restores within (minutes)"),
        min_value=1,
        max_value=LONGEST,
        required=False,
    )
    portal = forms.URLField(label=gettext_lazy("Portal"), required=False, assume_scheme="https")
    calendar: "forms.ModelChoiceField[WorkingCalendar]" = forms.ModelChoiceField(
        label=gettext_lazy("Hours"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("24/7"),
    )

    class Meta:
        model = Supplier
        fields = ("name", "kind", "language", "email", "phone", "portal", "left_on")
        field_classes: ClassVar[dict[str, type[forms.Field]]] = {"left_on": DayField}
        widgets = {"left_on": DayInput()}

    field_order = (
        "name", "kind", "language", "email", "phone", "portal", "accepts_minutes",
        "restores_minutes", "calendar", "left_on",
    )  # fmt: skip

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"calendar": calendars(seen_by=self.by)}

    def arguments(self) -> dict[str, Any]:
        """Return the action's arguments; programs may leave out any of them."""
        said = dict(self.cleaned_data)
        for name in ("accepts", "restores"):
            if f"{name}_minutes" in said:
                said[f"{name}_within"] = _length(said.pop(f"{name}_minutes"))
        return said


def minutes_of(supplier: Supplier) -> dict[str, Any]:
    """Return what the supplier promises, as the form shows it."""
    return {
        "accepts_minutes": _minutes(supplier.accepts_within),
        "restores_minutes": _minutes(supplier.restores_within),
    }


def _minutes(length: timedelta | None) -> int | None:
    return int(length.total_seconds() // 60) if length else None


def _length(minutes: int | None) -> timedelta | None:
    return timedelta(minutes=minutes) if minutes else None
