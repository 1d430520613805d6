"""Forms of automations: when, if, then."""

from dataclasses import asdict
from typing import Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.conditions.forms import ConditionField
from opale.conditions.tokens import MAX_LENGTH
from opale.customers.forms.fields import ServiceField
from opale.customers.models import Customer, Service
from opale.customers.queries.customers import customers
from opale.customers.queries.services import services
from opale.organisation.queries.reference import calendars
from opale.run.automations.actions.definitions import AutomationInput
from opale.run.automations.domain.recurrences import Rhythm
from opale.run.automations.models import Automation, RecurringTicket
from opale.run.automations.queries.condition_fields import TICKET_FIELDS
from opale.run.automations.states import Moment, Trigger, Unit
from opale.run.desk.actions.macros import MacroActs
from opale.run.desk.forms.macros import ActsField, ActsForm
from opale.ui.forms import ActorForm, RowForm, only_when, required_when
from opale.ui.pickers import Picker

TIMED = f"trigger={Trigger.TIME}"


class AutomationBaseForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)
    trigger = forms.TypedChoiceField(
        label=pgettext_lazy("automation", "When"), choices=Trigger.choices, coerce=Trigger
    )
    amount = forms.IntegerField(
        label=pgettext_lazy("automation", "Delay"), min_value=1, max_value=10_000, required=False
    )
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


class RecurringTicketForm(ActorForm, RowForm):
    customer: "forms.ModelChoiceField[Customer]" = forms.ModelChoiceField(
        None, label=_("Customer"), required=False, widget=Picker("customers_pick")
    )
    service: "forms.ModelChoiceField[Service]" = ServiceField(label=_("Service"), required=False)

    class Meta:
        model = RecurringTicket
        fields = (
            "name",
            "rhythm",
            "weekday",
            "day",
            "month",
            "at",
            "calendar",
            "closed_day",
            "kind",
            "subject",
            "body",
            "customer",
            "service",
            "stream",
            "impact",
            "urgency",
        )
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "at": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            "body": forms.Textarea(attrs={"rows": 5}),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        monthly = f"rhythm={Rhythm.MONTHLY} rhythm={Rhythm.QUARTERLY} rhythm={Rhythm.YEARLY}"
        yearly = f"rhythm={Rhythm.QUARTERLY} rhythm={Rhythm.YEARLY}"
        for name, when in (
            ("weekday", f"rhythm={Rhythm.WEEKLY}"),
            ("day", monthly),
            ("month", yearly),
        ):
            only_when(self, when, name)
            required_when(self, when, name)

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {
            "calendar": calendars(seen_by=self.by),
            "customer": customers(seen_by=self.by),
            "service": services(seen_by=self.by),
        }
