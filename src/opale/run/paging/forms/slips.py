"""Forms of stand-by slips, and of the fixes of needless call-outs."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from opale.organisation.models import Person
from opale.organisation.queries.people import people
from opale.run.paging.models import Slip
from opale.ui.forms import ActorForm
from opale.ui.pickers import Picker
from opale.ui.typed_dates import DayField, WhenField


class SlipForm(forms.Form):
    ended_at = WhenField(label=_("Ended at"))
    travel = forms.IntegerField(label=_("Travel (minutes)"), min_value=0, max_value=1440, initial=0)
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def arguments(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        if "travel" in given:
            given["travel"] = timedelta(minutes=given["travel"])
        return given


class WorthForm(forms.Form):
    worth = forms.ChoiceField(choices=Slip.Worth.choices)


class FixForm(ActorForm, forms.Form):
    owner: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(
        None, label=_("Fix assigned to"), widget=Picker("paging_pick_owner")
    )
    due_on = DayField(label=_("Fix due"))
    what = forms.CharField(label=_("What to change"), max_length=500, required=False)

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"owner": people(seen_by=self.by)}
