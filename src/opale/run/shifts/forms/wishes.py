"""Form of a wish."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opale.run.shifts.models import DutyWish
from opale.ui.typed_dates import DayField


class WishForm(forms.Form):
    day = DayField(
        label=_("Day"),
    )
    wanted = forms.ChoiceField(label=_("Wish"), choices=DutyWish.Wanted.choices)

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        return {"day": given["day"], "wanted": DutyWish.Wanted(given["wanted"])}
