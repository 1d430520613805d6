"""Form that makes an incident of an alert, or adds it to a running one."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from opale.kernel.actor import Actor
from opale.run.desk.actions.incident_alerts import TargetIncident
from opale.run.desk.models import Grade, Ticket
from opale.run.events.models import Alert
from opale.ui.forms import ActorForm

NEW = "new"


def _grade(value: str) -> Grade:
    return Grade(int(value))


class GradesForm(forms.Form):
    """Grades of a new incident; those that are left out are as proposed."""

    impact = forms.TypedChoiceField(
        label=_("Impact"), choices=Grade.choices, coerce=_grade, empty_value=None, required=False
    )
    urgency = forms.TypedChoiceField(
        label=_("Urgency"), choices=Grade.choices, coerce=_grade, empty_value=None, required=False
    )


class AlertIncidentForm(ActorForm, GradesForm):
    """Where an alert goes, how grave a new incident is, and which other alerts go along.

    What is left out is as proposed: the running incident of the item or service, else a new one
    with the proposed grades.
    """

    into = forms.ChoiceField(required=False)
    along: "forms.ModelMultipleChoiceField[Alert]" = forms.ModelMultipleChoiceField(
        queryset=None, required=False
    )

    def __init__(
        self,
        *args: Any,
        by: Actor,
        running: Ticket | None,
        siblings: "QuerySet[Alert]",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, by=by, **kwargs)
        self.running = running
        joins = [(str(running.pk), running.reference)] if running else []
        self.fields["into"].choices = [*joins, (NEW, _("New incident"))]  # type: ignore[attr-defined]
        self.fields["along"].queryset = siblings  # type: ignore[attr-defined]

    def target(self) -> TargetIncident:
        """Return where the alerts go: a running incident, or a new one of the chosen grades."""
        said = self.cleaned_data
        return TargetIncident(
            incident=None if said["into"] == NEW else self.running,
            is_new=said["into"] == NEW,
            impact=said["impact"],
            urgency=said["urgency"],
        )
