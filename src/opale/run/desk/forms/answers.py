"""Forms of answers that engineers propose to the customer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opale.run.desk.actions.answers import RefusalReason
from opale.run.desk.models import ProposedAnswer
from opale.ui.typed_dates import WhenField


class AnswerForm(forms.Form):
    body = forms.CharField(label=_("Reply to the customer"), widget=forms.Textarea, strip=False)
    next_update_at = WhenField(label=_("Next update promised"), required=False)


class EditedText(forms.CharField):
    """Text that programs leave out, or send as null, where they do not edit it."""

    body_type = str | None


class SendingForm(AnswerForm):
    """The answer as the owner sends it: unchanged, or as it was edited."""

    body = EditedText(label=_("Reply to the customer"), widget=forms.Textarea, strip=False)
    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, answer: ProposedAnswer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._written = answer.body

    def arguments(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        body = said.get("body", "").replace("\r\n", "\n")
        unchanged = body in ("", self._written.replace("\r\n", "\n"))
        return said | {"body": None if unchanged else body}


class RefusalForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=RefusalReason.choices)
    comment = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
