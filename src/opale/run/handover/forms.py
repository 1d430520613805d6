"""The forms of handovers."""

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from opale.infrastructure.models import ConfigurationItem
from opale.infrastructure.queries.items import plain_items
from opale.kernel import clock
from opale.organisation.models import Person, Team
from opale.organisation.queries.teams import teams
from opale.run.handover.actions.watches import WatchInput
from opale.run.handover.models import Handover
from opale.run.handover.queries import permissions, shift_changes
from opale.run.handover.states import RefusalReason
from opale.ui.forms import ActorForm, choose_among
from opale.ui.pickers import Picker
from opale.ui.typed_dates import WhenField


class RefusalForm(forms.Form):
    reason = forms.ChoiceField(label=_("Reason"), choices=RefusalReason.choices)
    note = forms.CharField(label=_("Comment"), max_length=300, required=False)


class SignatureForm(forms.Form):
    side = forms.ChoiceField(choices=[("leaving", "leaving"), ("arriving", "arriving")])


class NoteForm(forms.Form):
    note = forms.CharField(label=_("Next step"), max_length=300, required=False)


class GiveForm(forms.Form):
    person: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(
        None, label=_("Taken over by")
    )

    def __init__(self, *args: Any, handover: Handover, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        arriving = permissions.people_arriving(handover, clock.now())
        choose_among(self, "person", shift_changes.people_with_ids([one.pk for one in arriving]))
        fields["person"].empty_label = None


class WatchForm(ActorForm, forms.Form):
    text = forms.CharField(label=_("What to watch"), max_length=300)
    until = WhenField(label=_("Until"))
    calls: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(
        None, label=_("Team to page"), empty_label=None
    )
    item: "forms.ModelChoiceField[ConfigurationItem]" = forms.ModelChoiceField(
        None,
        label=_("Page on alerts of this item"),
        required=False,
        widget=Picker("handover_pick_item"),
    )
    minutes = forms.IntegerField(
        label=_("After an alert has lasted (minutes)"),
        min_value=0,
        max_value=1440,
        required=False,
    )

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {
            "calls": teams(seen_by=self.by).filter(closed_on=None),
            "item": plain_items(seen_by=self.by),
        }

    def arguments(self) -> dict[str, Any]:
        """Return the action's arguments. Who leaves the minutes empty on the page means five;
        programs that leave them out mean that no alert calls by itself.
        """
        said = dict(self.cleaned_data)
        minutes = said.pop("minutes", None)
        if minutes is None and "minutes" in self.fields and said["item"] is not None:
            minutes = 5
        longest = None if minutes is None else timedelta(minutes=minutes)
        return {"asked": WatchInput(longest=longest, **said)}
