"""The form of a duty."""

from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from opale.kernel.dates import parse_instant
from opale.organisation.models import Person, Team
from opale.organisation.queries.people import get_person, people
from opale.organisation.queries.teams import get_team, teams
from opale.run.shifts import rights
from opale.run.shifts.actions.duties import DutyPlan
from opale.run.shifts.models import Duty
from opale.ui.forms import ActorForm, choose_among
from opale.ui.pickers import Picker
from opale.ui.typed_dates import WhenField


class InstantField(WhenField):
    """A date as people type it, or to the second as our addresses give it."""

    def to_python(self, value: Any) -> datetime | None:
        said = parse_instant(value) if isinstance(value, str) else None
        return said or super().to_python(value)


def plan_of(given: dict[str, Any], person: Person, team: Team) -> DutyPlan:
    kind, role = Duty.Kind(given["kind"]), Duty.Role(given["role"])
    period = {"starts": given["starts"], "ends": given["ends"]}
    return DutyPlan(person=person, team=team, kind=kind, role=role, **period)


class DutyForm(ActorForm, forms.Form):
    person: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(
        None, label=_("Person"), widget=Picker("shifts_pick_person")
    )
    team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(
        None, label=_("Team"), empty_label=None
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Duty.Kind.choices)
    role = forms.ChoiceField(label=_("Role"), choices=Duty.Role.choices)
    starts = InstantField(label=_("Starts"))
    ends = InstantField(label=_("Ends"))
    knowing = forms.BooleanField(label=_("Save anyway"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        planned = teams(seen_by=self.by).within(self.by, rights.EDIT).filter(closed_on=None)
        choose_among(self, "person", people(seen_by=self.by))
        choose_among(self, "team", planned.order_by("name"))

    def plan(self) -> DutyPlan:
        given = self.cleaned_data
        return plan_of(given, given["person"], given["team"])


class MaybeChoiceField(forms.ChoiceField):
    """One of the choices; null, which programs may send, is none."""

    @property
    def body_type(self) -> Any:
        choices: Any = self.choices
        return Literal[tuple(value for value, _label in choices)] | None


class DutyTermsForm(ActorForm, forms.Form):
    """Form of programs: a person or team that does not exist is not found."""

    person_id = forms.IntegerField()
    team_id = forms.IntegerField()
    kind = forms.ChoiceField(choices=Duty.Kind.choices, initial=Duty.Kind.STAFFED.value)
    role = forms.ChoiceField(choices=Duty.Role.choices, initial=Duty.Role.AGENT.value)
    starts = WhenField()
    ends = WhenField()

    def arguments(self) -> dict[str, DutyPlan]:
        """Return the plan; what is not said is as it was."""
        cleaned = self.cleaned_data.items()
        said = {name: value for name, value in cleaned if value not in (None, "")}
        given = {**self.initial, **said}
        person = get_person(given["person_id"], seen_by=self.by)
        team = get_team(given["team_id"], seen_by=self.by)
        return {"plan": plan_of(given, person, team)}


class DutyChangesForm(DutyTermsForm):
    """Form of programs: null changes nothing."""

    person_id = forms.IntegerField(required=False)
    team_id = forms.IntegerField(required=False)
    kind = MaybeChoiceField(choices=Duty.Kind.choices, required=False)
    role = MaybeChoiceField(choices=Duty.Role.choices, required=False)
    starts = WhenField(required=False)
    ends = WhenField(required=False)


class SplitForm(ActorForm, forms.Form):
    at = InstantField(label=_("From"))
    person: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(
        None, label=_("Person"), widget=Picker("shifts_pick_person")
    )

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"person": people(seen_by=self.by)}


def initial_of(duty: Duty) -> dict[str, object]:
    return {
        "person": duty.person_id,
        "team": duty.team_id,
        "kind": duty.kind,
        "role": duty.role,
        "starts": duty.starts,
        "ends": duty.ends,
    }


def query_of(duty: Duty) -> str:
    """Return the duty as a query string, which the form reads back."""
    plain = {**initial_of(duty), "starts": duty.starts.isoformat(), "ends": duty.ends.isoformat()}
    return urlencode(plain)
