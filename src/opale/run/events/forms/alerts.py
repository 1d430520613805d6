"""Forms of the page of an alert."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.kernel.actor import Actor
from opale.organisation.models import Person
from opale.organisation.queries.people import people
from opale.run.events.actions.assignments import MAX_NOTE_LENGTH
from opale.ui.pickers import Picker
from opale.ui.typed_dates import WhenField


class ShelveForm(forms.Form):
    until = WhenField(
        label=pgettext_lazy("shelf", "Until"),
        required=False,
        help_text=_("Left empty, until it clears. It comes back by itself if it is still bad."),
    )

    def end(self) -> datetime | None:
        found: datetime | None = self.cleaned_data["until"]
        return found


class AssignForm(forms.Form):
    person: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(
        None, label=_("Person"), widget=Picker("events_pick_person")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["person"].queryset = people(seen_by=actor)


class NoteForm(forms.Form):
    text = forms.CharField(label=_("Note"), max_length=MAX_NOTE_LENGTH, widget=forms.Textarea)
