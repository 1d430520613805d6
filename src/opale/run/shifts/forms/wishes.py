"""Form of a wish."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opale.run.shifts.models import DutyWish


class WishForm(forms.Form):
    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    wanted = forms.ChoiceField(label=_("I wish"), choices=DutyWish.Wanted.choices)

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"day": given["day"], "wanted": DutyWish.Wanted(given["wanted"])}
