"""Forms of the page of an alert."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.kernel.actor import Actor
from opale.organisation.models import Person
from opale.organisation.queries import people
from opale.run.events.actions.owning import LONGEST_NOTE
from opale.ui.pickers import Picker
from opale.ui.whens import WhenField


class Shelf(forms.Form):
    until = WhenField(
        label=pgettext_lazy("shelf", "Until"),
        required=False,
        help_text=_("Left empty, until it clears. It comes back by itself if it is still bad."),
    )

    def end(self) -> datetime | None:
        found: datetime | None = self.cleaned_data["until"]
        return found


class Owner(forms.Form):
    person: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(
        None, label=_("Person"), widget=Picker("events_pick_person")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["person"].queryset = people(seen_by=actor)


class Note(forms.Form):
    text = forms.CharField(label=_("Note"), max_length=LONGEST_NOTE, widget=forms.Textarea)
