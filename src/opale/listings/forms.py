"""Forms of kept views."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ViewForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    shared = forms.BooleanField(
        label=_("Share with everybody who can open this list"), required=False
    )


class NewViewForm(ViewForm):
    """A view as programs keep it: filters, order and columns as in the address of the list."""

    query = forms.CharField(max_length=2000, required=False)
