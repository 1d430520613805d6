"""Form of time spent on a ticket."""

from django import forms
from django.utils.translation import gettext_lazy as _

from opale.ui.typed_dates import WhenField


class TimeForm(forms.Form):
    starts = WhenField(label=_("From"), past=True)
    ends = WhenField(label=_("Until"), past=True)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
