"""Forms of the page of an alert."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.kernel.actor import Actor
from opale.organisation.models import Person
from opale.organisation.queries.people import get_person, people
from opale.run.events.actions.assignments import MAX_NOTE_LENGTH
from opale.ui.pickers import Picker
from opale.ui.typed_dates import WhenField


class ShelveForm(forms.Form):
    until = WhenField(
        label=pgettext_lazy("shelf", "Until"),
        required=False,
        help_text=_("Left empty, until it clears. It comes back by itself if it is still bad."),
    )


class AssignForm(forms.Form):
    person: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(
        None, label=_("Person"), widget=Picker("events_pick_person")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["person"].queryset = people(seen_by=actor)

    def arguments(self) -> dict[str, Person]:
        return {"to": self.cleaned_data["person"]}


class OwnerForm(forms.Form):
    """Form of programs: a person who does not exist is not found, and none leaves it nobody's."""

    person_id = forms.IntegerField(required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor

    def arguments(self) -> dict[str, Person | None]:
        key = self.cleaned_data["person_id"]
        return {"to": get_person(key, seen_by=self.actor) if key else None}


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Note"),
        max_length=MAX_NOTE_LENGTH,
        widget=forms.Textarea,
        error_messages={"required": _("Write something to note.")},
    )
