"""Forms of integrations and their rules."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opale.run.events.actions.integrations import MAX_EVENTS_PER_MINUTE
from opale.run.events.domain.label_mapping import LabelMapping
from opale.run.events.forms.fields import SeverityField
from opale.run.events.models import Integration
from opale.run.events.ports.tools import all_tools
from opale.run.events.states import SeverityName
from opale.ui.list_field import ListField


class ToolField(forms.ChoiceField):
    body_type = str


class IntegrationForm(forms.Form):
    name = forms.CharField(
        label=_("Name"),
        max_length=100,
        help_text=_("Tells apart several installations of the same tool."),
    )
    format = ToolField(
        label=_("Tool"),
        choices=lambda: [(slug, source.name) for slug, source in all_tools().items()],
    )


class QualificationRuleForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)
    minimum_severity = SeverityField(label=_("Minimum severity"), body_type=SeverityName)
    seconds = forms.FloatField(
        label=_("Open for (seconds)"),
        min_value=0,
        max_value=7 * 86_400,
        widget=forms.NumberInput(attrs={"step": 1}),
        help_text=_("0 opens an incident immediately."),
    )

    def arguments(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return {"open_for": timedelta(seconds=given.pop("seconds")), **given}


class RateLimitForm(forms.Form):
    events_per_minute = forms.IntegerField(
        label=_("Events per minute and key"),
        required=False,
        min_value=1,
        max_value=MAX_EVENTS_PER_MINUTE,
        help_text=_("Leave empty for no limit. Excess events are refused and must be sent again."),
    )


class LabelMappingForm(forms.Form):
    item_labels = ListField(
        empty=None,
        label=_("Item labels"),
        required=False,
        help_text=_("Hold the name or address of an item, with or without port or domain."),
    )
    service_labels = ListField(
        empty=None,
        label=_("Service labels"),
        required=False,
        help_text=_("Hold the reference of a service."),
    )
    customer_labels = ListField(
        empty=None,
        label=_("Customer labels"),
        required=False,
        help_text=_("Hold the code of a customer."),
    )
    site_labels = ListField(
        empty=None,
        label=_("Site labels"),
        required=False,
        help_text=_("Hold the code of a site."),
    )

    def __init__(self, *args: Any, integration: Integration, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        naming = integration.naming
        self.present = {
            "item_labels": naming.items,
            "service_labels": naming.services,
            "customer_labels": naming.customers,
            "site_labels": naming.sites,
        }
        for name, labels in self.present.items():
            self.fields[name].initial = labels

    def arguments(self) -> dict[str, LabelMapping]:
        """Return the mapping; what nothing is said of stays as it is."""
        said = {name: labels for name, labels in self.cleaned_data.items() if labels is not None}
        return {"naming": LabelMapping(*(self.present | said).values())}
