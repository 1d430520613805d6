"""Forms of calendars: files and addresses of absences, and the team of a feed."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from opale.organisation.models import Team
from opale.organisation.queries.teams import teams
from opale.ui.forms import ActorForm


class CalendarFileForm(forms.Form):
    file = forms.FileField(
        label=_("Calendar file"),
        help_text=_("Busy times become your absences (iCalendar, .ics)."),
    )


class CalendarAddressForm(forms.Form):
    address = forms.CharField(
        label=_("Address"),
        max_length=2000,
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "Secret URL of the calendar with your absences (iCalendar, https or webcal). It is"
            " read every hour; busy times become your absences."
        ),
    )


class FeedForm(ActorForm, forms.Form):
    team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(None, required=False)

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"team": teams(seen_by=self.by)}
