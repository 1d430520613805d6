"""What is filled in of comments."""

from django import forms
from django.utils.translation import gettext_lazy as _

from opale.discussions.actions import LONGEST
from opale.ui.forms import ActorForm


class CommentForm(ActorForm, forms.Form):
    text = forms.CharField(
        label=_("Comment"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
