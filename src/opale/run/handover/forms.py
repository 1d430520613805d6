"""The forms of handovers."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opale.endpoints.http import ActorRequest
from opale.infrastructure.models import ConfigurationItem
from opale.infrastructure.queries.items import plain_items
from opale.organisation.models import Person, Team
from opale.organisation.queries.teams import teams
from opale.run.handover.actions.watches import WatchInput
from opale.run.handover.queries import shift_changes
from opale.run.handover.states import RefusalReason
from opale.ui.pickers import Picker
from opale.ui.typed_dates import WhenField


class RefusalForm(forms.Form):
    reason = forms.ChoiceField(label=_("Why"), choices=RefusalReason.choices)
    note = forms.CharField(label=_("In a line"), max_length=300, required=False)


class NoteForm(forms.Form):
    note = forms.CharField(label=_("What comes next"), max_length=300, required=False)


class GiveForm(forms.Form):
    person: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(None, label=_("Who takes it"))

    def __init__(self, *args: Any, people: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["person"].queryset = shift_changes.people_with_ids([one.pk for one in people])
        fields["person"].empty_label = None


class WatchForm(forms.Form):
    text = forms.CharField(label=_("What to watch"), max_length=300)
    until = WhenField(label=_("Until"))
    calls: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(
        None, label=_("Whom to call"), empty_label=None
    )
    item: "forms.ModelChoiceField[ConfigurationItem]" = forms.ModelChoiceField(
        None,
        label=_("Item whose alerts call by themselves"),
        required=False,
        widget=Picker("handover_pick_item"),
    )
    minutes = forms.IntegerField(
        label=_("Once an alert on it has stood for so many minutes"),
        min_value=0,
        max_value=1440,
        required=False,
    )

    def __init__(self, *args: Any, request: ActorRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["calls"].queryset = teams(seen_by=request.actor).filter(closed_on=None)
        fields["item"].queryset = plain_items(seen_by=request.actor)

    def watching(self) -> WatchInput:
        said = self.cleaned_data
        minutes = said["minutes"]
        if minutes is None and said["item"] is not None:
            minutes = 5
        return WatchInput(
            text=said["text"],
            until=said["until"],
            calls=said["calls"],
            item=said["item"],
            longest=None if minutes is None else timedelta(minutes=minutes),
        )
