"""Forms of offers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opale.kernel import clock
from opale.organisation.models import Person
from opale.organisation.queries.people import get_person, people
from opale.run.shifts.models import Duty
from opale.run.shifts.queries import duties
from opale.run.shifts.queries.breach_texts import duty_text
from opale.ui.forms import ActorForm, choose_among


class DutyChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # of duties
    def label_from_instance(self, obj: Duty) -> str:
        return duty_text(obj)


class OfferForm(ActorForm, forms.Form):
    to: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(
        None,
        label=_("Offer to"),
        required=False,
        help_text=_("Leave empty to offer it to the whole team."),
    )
    in_return = DutyChoice(None, label=_("In return for"), required=False)
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, duty: Duty, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        members = people(seen_by=self.by, team_id=duty.team_id)
        choose_among(self, "to", members.exclude(pk=duty.person_id))
        coming = duties.duties(seen_by=self.by, team_id=duty.team_id, starts=clock.now()).exclude(
            person=duty.person_id
        )
        choose_among(self, "in_return", coming)


class AcceptanceForm(ActorForm, forms.Form):
    """Form of programs: a person who does not exist is not found."""

    person_id = forms.IntegerField(required=False)
    knowing = forms.BooleanField(required=False)

    def arguments(self) -> dict[str, Any]:
        key, knowing = self.cleaned_data["person_id"], self.cleaned_data["knowing"]
        person = None if key is None else get_person(key, seen_by=self.by)
        return {"person": person, "knowing": knowing}
