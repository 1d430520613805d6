"""Forms of automations: when, if, then."""

from dataclasses import asdict
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.conditions.forms import ConditionField
from opale.conditions.tokens import MAX_LENGTH
from opale.run.automations.actions.definitions import AutomationInput
from opale.run.automations.models import Automation
from opale.run.automations.queries.condition_fields import TICKET_FIELDS
from opale.run.automations.states import Moment, Trigger, Unit
from opale.run.desk.actions.macros import MacroActs
from opale.run.desk.forms.macros import ActsField, ActsForm
from opale.ui.forms import only_when, required_when

TIMED = f"trigger={Trigger.TIME}"


class AutomationBaseForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)
    trigger = forms.TypedChoiceField(
        label=pgettext_lazy("automation", "When"), choices=Trigger.choices, coerce=Trigger
    )
    amount = forms.IntegerField(label=_("Time"), min_value=1, max_value=10_000, required=False)
    unit = forms.ChoiceField(
        label=_("Unit"), choices=[("", _("Choose a unit")), *Unit.choices], required=False
    )
    moment = forms.ChoiceField(
        label=_("Counted from"), choices=[("", _("Choose a moment")), *Moment.choices],
        required=False,
    )  # fmt: skip
    condition = ConditionField(
        TICKET_FIELDS, label=pgettext_lazy("automation", "If"), required=False,
        max_length=MAX_LENGTH,
        help_text=_("Without a condition, every ticket matches."),
    )  # fmt: skip

    def sheet(self, acts: MacroActs) -> AutomationInput:
        """Return the content for the action; with errors in the form, as far as it can be read."""
        given = self.cleaned_data
        return AutomationInput(
            name=given.get("name", ""),
            trigger=given.get("trigger") or Trigger.RECEIVED,
            moment=given.get("moment", ""),
            amount=given.get("amount"),
            unit=given.get("unit", ""),
            condition=given.get("condition", ""),
            acts=acts,
        )


class AutomationForm(AutomationBaseForm):
    """The form of programs: the acts are one object."""

    acts = ActsField()

    def arguments(self) -> dict[str, Any]:
        return {"sheet": self.sheet(self.cleaned_data["acts"])}


class AutomationPageForm(ActsForm, AutomationBaseForm):
    """The form of people: each act has its fields."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        only_when(self, TIMED, "amount", "unit", "moment")
        required_when(self, TIMED, "amount", "unit", "moment")

    def arguments(self) -> dict[str, Any]:
        return {"sheet": self.sheet(self.acts())}


def initial_of_automation(automation: Automation) -> dict[str, Any]:
    said = asdict(AutomationInput.of(automation))
    return {**said, **said["acts"]}
