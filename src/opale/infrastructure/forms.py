"""Forms of items, sites and dependencies."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from opale.customers.models import Service
from opale.infrastructure.models import ConfigurationItem, Site
from opale.ui.pickers import Picker


class ItemForm(forms.ModelForm):  # type: ignore[type-arg]  # it takes none at run time
    class Meta:
        model = ConfigurationItem
        fields = ("name", "kind", "site", "customer", "address", "serial", "attributes")
        widgets = {
            "site": Picker("infrastructure_pick_site"),
            "customer": Picker("customers_pick"),
            "attributes": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "customer": gettext_lazy("Empty for what is shared by several customers."),
            "attributes": gettext_lazy('Further properties, such as {"bandwidth_mbps": 1000}.'),
        }

    def clean_attributes(self) -> dict[str, Any]:
        said = self.cleaned_data["attributes"] or {}
        if not isinstance(said, dict):
            raise forms.ValidationError(gettext_lazy("Properties are names with values."))
        return said


class SiteForm(forms.ModelForm):  # type: ignore[type-arg]  # it takes none at run time
    class Meta:
        model = Site
        fields = (
            "name", "code", "kind", "customer", "address", "city", "country", "time_zone",
        )  # fmt: skip
        widgets = {"customer": Picker("customers_pick")}


class DependencyForm(forms.Form):
    """A form for an item's dependency."""

    lower = forms.ModelChoiceField(
        label=gettext_lazy("It needs"),
        queryset=ConfigurationItem.objects.none(),
        widget=Picker("infrastructure_pick_item"),
    )
    redundancy = forms.CharField(
        label=gettext_lazy("Redundancy group"),
        max_length=40,
        required=False,
        help_text=gettext_lazy(
            "Items of one group replace each other: only the loss of all of them is a loss."
        ),
    )

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_among(self, "lower", rows)


class ServiceLinkForm(forms.Form):
    """A form for a service that needs an item."""

    service = forms.ModelChoiceField(
        label=gettext_lazy("Service"),
        queryset=Service.objects.none(),
        widget=Picker("customers_pick_service"),
    )
    redundancy = forms.CharField(
        label=gettext_lazy("Redundancy group"), max_length=40, required=False
    )

    def __init__(self, *args: Any, rows: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_among(self, "service", rows)


def choose_among(form: forms.BaseForm, name: str, rows: Any) -> None:
    """Offer the rows that the actor may choose from."""
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = rows
