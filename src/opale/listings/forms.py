"""Forms of saved views."""

from typing import Final

from django import forms
from django.utils.translation import gettext_lazy as _

NAMED: Final = _("Enter a name of at most 60 characters.")


class ViewForm(forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=60, error_messages={"required": NAMED, "max_length": NAMED}
    )
    shared = forms.BooleanField(
        label=_("Share with everybody who can open this list"), required=False
    )


class NewViewForm(ViewForm):
    """A new view: filters, order and columns as in the address of the list."""

    query = forms.CharField(max_length=2000, required=False)
