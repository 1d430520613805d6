"""What is filled in about notifications."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.notifications.domain.kinds import Pace, choices
from opale.notifications.models import NotificationTimes
from opale.ui.forms import RowForm


class ChoiceForm(forms.Form):
    kind = forms.ChoiceField(label=pgettext_lazy("of a notification", "Kind"), choices=choices)
    pace = forms.ChoiceField(label=_("Email"), choices=Pace.choices)
    push = forms.BooleanField(label=pgettext_lazy("notifications", "On my devices"), required=False)


class TimesForm(RowForm):
    class Meta:
        model = NotificationTimes
        fields = ("digest_at", "quiet_since", "quiet_until")
        help_texts = {"quiet_until": _("The same time twice means no quiet hours.")}
        widgets = dict.fromkeys(fields, forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def arguments(self) -> dict[str, Any]:
        return dict(self.cleaned_data)
