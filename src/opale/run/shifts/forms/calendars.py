"""Forms of calendars: files and addresses of absences, and the team of a feed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opale.kernel.actor import Actor
from opale.organisation.models import Team
from opale.organisation.queries.teams import teams


class CalendarFileForm(forms.Form):
    file = forms.FileField(
        label=_("Calendar file"),
        help_text=_("What it calls busy becomes absences of yours (iCalendar, .ics)."),
    )


class CalendarAddressForm(forms.Form):
    address = forms.CharField(
        label=_("Address"),
        max_length=2000,
        widget=forms.URLInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "The secret address of a calendar that says when you are away (iCalendar, https or"
            " webcal). It is read every hour; what it calls busy becomes absences of yours."
        ),
    )


class FeedForm(forms.Form):
    team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(None, required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["team"].queryset = teams(seen_by=actor)
