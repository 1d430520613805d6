"""Forms of the page of an alert."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.organisation.models import Person
from opale.organisation.queries.people import get_person, people
from opale.run.events.actions.assignments import MAX_NOTE_LENGTH
from opale.ui.forms import ActorForm
from opale.ui.pickers import Picker
from opale.ui.typed_dates import WhenField


class ShelveForm(forms.Form):
    until = WhenField(
        label=pgettext_lazy("shelf", "Until"),
        required=False,
        help_text=_("Leave empty to snooze until it clears. It comes back if it is still firing."),
    )


class AssignForm(ActorForm, forms.Form):
    person: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(
        None, label=_("Person"), widget=Picker("events_pick_person")
    )

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"person": people(seen_by=self.by)}

    def arguments(self) -> dict[str, Person]:
        return {"to": self.cleaned_data["person"]}


class OwnerForm(ActorForm, forms.Form):
    """Form of programs: a person who does not exist is not found, and none leaves it nobody's."""

    person_id = forms.IntegerField(required=False)

    def arguments(self) -> dict[str, Person | None]:
        key = self.cleaned_data["person_id"]
        return {"to": get_person(key, seen_by=self.by) if key else None}


class SilenceMarkedForm(ActorForm, forms.Form):
    """Until when, and why, marked alerts are silenced."""

    until = WhenField(label=pgettext_lazy("silence", "Until"), initial="+2h")
    comment = forms.CharField(label=_("Reason"), max_length=2000)


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Note"),
        max_length=MAX_NOTE_LENGTH,
        widget=forms.Textarea,
        error_messages={"required": _("Write a note first.")},
    )
