"""What is filled in to have a report sent on schedule."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.organisation.models import Person, Team
from opale.organisation.queries import people, teams
from opale.scheduled_reports.domain.timetable import Frequency
from opale.scheduled_reports.models import DEFAULT_TIME
from opale.ui.forms import ActorForm, only_when
from opale.ui.pickers import Picker


class ScheduledReportForm(ActorForm, forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("The subject of the mail begins with it.")
    )
    frequency = forms.ChoiceField(
        label=_("Frequency"), choices=Frequency.choices, initial=Frequency.WEEKLY
    )
    weekday = forms.TypedChoiceField(
        label=_("Weekday"), choices=list(WEEKDAYS.items()), coerce=int, initial=0
    )
    day = forms.IntegerField(
        label=_("Day of the month"),
        min_value=1,
        max_value=31,
        initial=1,
        help_text=_("Shorter months: their last day."),
    )
    at = forms.TimeField(
        label=pgettext_lazy("a scheduled report", "Time"),
        initial=DEFAULT_TIME,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        help_text=_("In your time zone."),
    )
    to_owner = forms.BooleanField(label=_("Send it to me"), required=False, initial=True)
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=_("Send it to a team"),
        required=False,
        empty_label=_("No team"),
        help_text=_("Each reader receives only what they may see."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        only_when(self, f"frequency={Frequency.WEEKLY}", "weekday")
        only_when(self, f"frequency={Frequency.MONTHLY}", "day")

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"team": teams.teams(seen_by=self.by).order_by("name")}


class NewScheduledReportForm(ScheduledReportForm):
    """A report or list by its name, with filters and grouping as in its address."""

    report = forms.CharField(max_length=60, widget=forms.HiddenInput())
    query = forms.CharField(max_length=2000, required=False, widget=forms.HiddenInput())


class RecipientForm(ActorForm, forms.Form):
    person = forms.ModelChoiceField(
        Person.objects.none(), label=_("Person"), widget=Picker("organisation_people_pick")
    )

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"person": people.people(seen_by=self.by)}
