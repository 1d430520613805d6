"""Forms of integrations and their rules."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opale.run.events.sources import sources
from opale.run.events.states import Severity


class NewIntegration(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("Which installation of the tool it is.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["format"] = forms.ChoiceField(
            label=_("Tool"),
            choices=[(slug, source.name) for slug, source in sources().items()],
        )


class NewRule(forms.Form):
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
        """What the action takes."""
        found = self.cleaned_data
        return {
            "name": found["name"],
            "minimum_severity": found["minimum_severity"],
            "open_for": timedelta(seconds=found["seconds"]),
        }
