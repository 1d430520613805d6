"""Texts in Markdown that their author edits: the form, and what is told of an edit elsewhere."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final, cast

from django import forms
from django.http import QueryDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from opale.kernel.errors import Conflict
from opale.kernel.history import fingerprint
from opale.ui.components.editor import Editor, EditorFiles, MarkdownEditor
from opale.ui.forms import ActorForm
from opale.ui.markup import EMPTY

EDITED_ELSEWHERE: Final = _(
    "This text was edited elsewhere in the meantime. What you typed is kept: compare both, then"
    " save again to replace the other edit."
)


def edit_mark(text: str, edited_at: datetime | None) -> str:
    """Return a mark of a text as it was read, which changes with each edit."""
    return fingerprint(text, edited_at.isoformat() if edited_at else "")


def refuse_edited_elsewhere(seen: str, text: str, edited_at: datetime | None) -> None:
    """Errors: Conflict (a text was edited since its mark was `seen`; "" saw none)."""
    if seen and seen != edit_mark(text, edited_at):
        raise Conflict(str(EDITED_ELSEWHERE))


class EditedTextForm(ActorForm, forms.Form):
    """Text and files that an author edits, in the editor in which they were written.

    `seen` is the mark of the text that the author had before them: who saves over another edit is
    told of it once, and has what was typed before them still.
    """

    text = forms.CharField(required=False)
    files: Any = forms.ModelMultipleChoiceField(
        None, label=_("Files"), required=False, widget=EditorFiles
    )
    seen = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, *args: Any, preview: SafeString = EMPTY, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen"] = self.mark
        chosen = {int(pk) for pk in self["files"].value() or () if str(pk).isdecimal()}
        self.fields["text"].widget = MarkdownEditor(self.editor(chosen, preview))

    def editor(self, chosen: Collection[int], preview: SafeString) -> Editor:
        """Return the editor; of the text's own files those `chosen` stay."""
        raise NotImplementedError

    @property
    def mark(self) -> str:
        """The mark of the text as it is now."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        seen = self.cleaned_data.get("seen")
        if seen and seen != self.mark:
            self.add_error(None, EDITED_ELSEWHERE)
            told = cast(QueryDict, self.data).copy()
            told["seen"] = self.mark
            self.data = told
        return self.cleaned_data
