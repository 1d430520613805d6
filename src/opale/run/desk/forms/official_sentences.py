"""Form of an incident's official sentence."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opale.run.desk.actions.official_sentences import MAX_SENTENCE_LENGTH
from opale.ui.typed_dates import WhenField


class SentenceForm(forms.Form):
    french = forms.CharField(
        label=_("In French"), widget=forms.Textarea, max_length=MAX_SENTENCE_LENGTH
    )
    english = forms.CharField(
        label=_("In English"), widget=forms.Textarea, max_length=MAX_SENTENCE_LENGTH
    )
    next_update_at = WhenField(label=_("Next update promised"), required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def arguments(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        return {"seen_id": said.pop("seen"), **said}
