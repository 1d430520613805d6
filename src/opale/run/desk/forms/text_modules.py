"""Forms of text modules."""

from dataclasses import replace
from typing import Annotated, Any

from django import forms
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from opale.endpoints.fields import Text40
from opale.run.desk.actions.text_modules import (
    MAX_BODY_LENGTH,
    TextModuleInput,
    may_edit_text_module,
)
from opale.run.desk.forms.fields import fix_personal
from opale.run.desk.models import TextModule
from opale.ui.forms import ActorForm
from opale.ui.list_field import ListField

Tags = Annotated[list[Text40], Field(max_length=20)]


class TextModuleForm(forms.Form):
    name_fr = forms.CharField(label=_("Name in French"), max_length=100)
    name_en = forms.CharField(label=_("Name in English"), max_length=100)
    body_fr = forms.CharField(
        label=_("Text in French"), widget=forms.Textarea, max_length=MAX_BODY_LENGTH
    )
    body_en = forms.CharField(
        label=_("Text in English"), widget=forms.Textarea, max_length=MAX_BODY_LENGTH
    )
    folder = forms.CharField(label=_("Folder"), max_length=60, required=False)
    tags = ListField(
        phrases=True, label=_("Tags, separated by commas"), required=False, body_type=Tags
    )
    personal = forms.BooleanField(
        label=_("Only for me"),
        required=False,
        help_text=_("Not visible to others."),
    )

    def __init__(self, *args: Any, module: TextModule | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.module = module

    def arguments(self) -> dict[str, Any]:
        said = self.cleaned_data
        held = TextModuleInput.of(self.module) if self.module else None
        return {"sheet": replace(held, **said) if held else TextModuleInput(**said)}


class OwnTextModuleForm(ActorForm, TextModuleForm):
    """Only leads may edit shared ones, everybody their own: without a choice, none is shown."""

    def __init__(self, *args: Any, module: TextModule | None, **options: Any) -> None:
        super().__init__(*args, module=module, **options)
        editable = module is None or may_edit_text_module(module, self.by)
        self.fixed = fix_personal(self, module, self.by, editable=editable)

    def arguments(self) -> dict[str, Any]:
        if self.fixed is not None:
            self.cleaned_data["personal"] = self.fixed
        return super().arguments()
