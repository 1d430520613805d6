"""Forms of programs: the lines of a proposal that they decide, and the news that were seen."""

from typing import Annotated, Any

from django import forms
from pydantic import Field


class IdsField(forms.Field):
    body_type = Annotated[list[int], Field(max_length=1000)] | None


class LinesForm(forms.Form):
    """These lines, or all that are open."""

    line_ids = IdsField(required=False)

    def arguments(self) -> dict[str, Any]:
        return {"lines": self.cleaned_data["line_ids"]}


class SeenForm(forms.Form):
    """The greatest `id` that was shown."""

    until = forms.IntegerField()
