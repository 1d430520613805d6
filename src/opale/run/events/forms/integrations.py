"""Forms of integrations and their rules."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opale.run.events.actions.integrations import MAX_EVENTS_PER_MINUTE
from opale.run.events.domain.label_mapping import LabelMapping
from opale.run.events.ports.tools import all_tools
from opale.run.events.states import Severity


class IntegrationForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Which installation of the tool it is.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"] = forms.ChoiceField(
            label=_("Tool"),
            choices=[(slug, source.name) for slug, source in all_tools().items()],
        )


class QualificationRuleForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)
    minimum_severity = forms.TypedChoiceField(
        label=_("Severity at least"),
        coerce=lambda value: Severity(int(value)),
        choices=[(s.value, s.label) for s in reversed(Severity) if s is not Severity.CLEAR],
    )
    seconds = forms.IntegerField(
        label=_("Open for, in seconds"),
        min_value=0,
        max_value=7 * 86_400,
        initial=60,
        help_text=_("0 makes an incident of it at once."),
    )

    def rule(self) -> dict[str, Any]:
        """Return the values for the action."""
        found = self.cleaned_data
        return {
            "name": found["name"],
            "minimum_severity": found["minimum_severity"],
            "open_for": timedelta(seconds=found["seconds"]),
        }


class RateLimitForm(forms.Form):
    events_per_minute = forms.IntegerField(
        label=_("Events a minute, of each key"),
        required=False,
        min_value=1,
        max_value=MAX_EVENTS_PER_MINUTE,
        help_text=_("Left empty, as many as come. What is more is refused, to be sent again."),
    )


class LabelsField(forms.CharField):
    """Names of labels, written with commas between them."""

    def prepare_value(self, value: Any) -> Any:
        return value if value is None or isinstance(value, str) else ", ".join(value)

    def clean(self, value: Any) -> tuple[str, ...]:
        return tuple(super().clean(value).replace(",", " ").split())


class LabelMappingForm(forms.Form):
    item_labels = LabelsField(
        label=_("Labels that name an item"),
        required=False,
        help_text=_("Its name or its address, also with a port or a domain."),
    )
    service_labels = LabelsField(
        label=_("Labels that name a service"),
        required=False,
        help_text=_("The reference of the service."),
    )
    customer_labels = LabelsField(
        label=_("Labels that name a customer"),
        required=False,
        help_text=_("The code of the customer."),
    )
    site_labels = LabelsField(
        label=_("Labels that name a site"),
        required=False,
        help_text=_("The code of the site."),
    )

    @classmethod
    def of(cls, naming: LabelMapping) -> "LabelMappingForm":
        """Return the form filled with the present mapping."""
        return cls(
            initial={
                "item_labels": naming.items,
                "service_labels": naming.services,
                "customer_labels": naming.customers,
                "site_labels": naming.sites,
            }
        )

    def naming(self) -> LabelMapping:
        """Return the mapping for the action."""
        found = self.cleaned_data
        return LabelMapping(
            found["item_labels"],
            found["service_labels"],
            found["customer_labels"],
            found["site_labels"],
        )
