"""Forms of macros."""

from dataclasses import asdict, fields
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from opale.organisation.models import Person
from opale.organisation.queries.people import people
from opale.organisation.queries.teams import teams
from opale.run.desk.actions.macro_definitions import MacroInput, may_edit_macro
from opale.run.desk.actions.macros import MacroActs
from opale.run.desk.forms.fields import fix_personal
from opale.run.desk.models import Grade, Kind, Macro, Pause
from opale.run.desk.queries import text_modules
from opale.run.desk.shapes.macros import MacroActsShape
from opale.ui.forms import ActorForm, choose_among
from opale.ui.list_field import ListField
from opale.ui.pickers import Picker

AS_IT_IS = ("", _("No change"))
OUTER = ("name_fr", "name_en", "only_kind", "only_mine", "most_priority")


def _number(text: Any) -> int | None:
    return int(text) if text not in ("", None) else None


class ActsField(forms.Field):
    """What a macro does, as programs send it."""

    body_type = MacroActsShape

    def to_python(self, value: Any) -> MacroActs:
        said = value.dict()
        return MacroActs(**{**said, "tags": tuple(said["tags"])})


class MacroBaseForm(forms.Form):
    name_fr = forms.CharField(label=_("Name in French"), max_length=100)
    name_en = forms.CharField(label=_("Name in English"), max_length=100)
    only_kind = forms.ChoiceField(
        label=_("Ticket type"),
        choices=[("", _("Any")), *Kind.choices],
        required=False,
    )
    most_priority = forms.TypedChoiceField(
        label=_("Down to priority"),
        choices=[(1, "P1"), (2, "P2"), (3, "P3"), (4, "P4"), (5, "P5")],
        coerce=int,
        initial=1,
    )
    only_mine = forms.BooleanField(label=_("Own tickets only"), required=False)
    personal = forms.BooleanField(
        label=_("Only for me"),
        required=False,
        help_text=_("Not visible to others."),
    )


class MacroForm(MacroBaseForm):
    """The form of programs: the acts are one object."""

    acts = ActsField()

    def arguments(self) -> dict[str, Any]:
        return {"sheet": MacroInput(**self.cleaned_data)}


class ActsForm(ActorForm, forms.Form):
    """What is done to a ticket, for people: each act has its fields."""

    owner_id: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(
        None, label=_("Assign to"), required=False, widget=Picker("organisation_people_pick")
    )
    impact = forms.TypedChoiceField(
        label=_("Impact"),
        choices=[AS_IT_IS, *Grade.choices],
        coerce=_number,
        empty_value=None,
        required=False,
    )
    urgency = forms.TypedChoiceField(
        label=_("Urgency"),
        choices=[AS_IT_IS, *Grade.choices],
        coerce=_number,
        empty_value=None,
        required=False,
    )
    tags = ListField(phrases=True, label=_("Add tags"), required=False)
    note_fr = forms.CharField(
        label=_("Internal note in French"), widget=forms.Textarea, required=False
    )
    note_en = forms.CharField(
        label=_("Internal note in English"), widget=forms.Textarea, required=False
    )
    module_id = forms.TypedChoiceField(
        label=_("Reply with canned reply"),
        coerce=_number,
        empty_value=None,
        required=False,
    )
    team_id = forms.TypedChoiceField(
        label=_("Escalate to team"), coerce=_number, empty_value=None, required=False
    )
    pause = forms.ChoiceField(
        label=_("Put on hold"),
        choices=[("", _("Do not put on hold")), *Pause.Kind.choices],
        required=False,
    )
    pause_minutes = forms.IntegerField(label=_("Hold for (minutes)"), min_value=1, required=False)
    restore = forms.BooleanField(label=_("Mark service restored"), required=False)
    resolve = forms.BooleanField(label=_("Resolve ticket"), required=False)
    cause_fr = forms.CharField(label=_("Cause in French"), widget=forms.Textarea, required=False)
    cause_en = forms.CharField(label=_("Cause in English"), widget=forms.Textarea, required=False)
    close = forms.BooleanField(label=_("Close ticket"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        language = (get_language() or "fr")[:2]
        modules = text_modules.text_modules(seen_by=self.by).order_by("folder", "pk")
        self._choose("module_id", [(row.pk, row.name(language)) for row in modules])
        named = teams(seen_by=self.by).order_by("name").values_list("pk", "name")
        self._choose("team_id", list(named))
        choose_among(self, "owner_id", people(seen_by=self.by))

    def _choose(self, name: str, choices: list[tuple[int, str]]) -> None:
        chosen: Any = self.fields[name]
        chosen.choices = [("", _("Nothing")), *choices]

    def acts(self) -> MacroActs:
        """Return what was filled in."""
        given = self.cleaned_data
        said = {one.name: given[one.name] for one in fields(MacroActs) if one.name in given}
        said["owner_id"] = said["owner_id"].pk if said["owner_id"] else None
        said["tags"] = tuple(tag.strip() for tag in said["tags"] if tag.strip())
        return MacroActs(**said)


class MacroPageForm(ActsForm, MacroBaseForm):
    """The form of people."""

    take = forms.BooleanField(label=_("Take ticket"), required=False)

    def __init__(self, *args: Any, macro: Macro | None, **options: Any) -> None:
        super().__init__(*args, **options)
        editable = macro is None or may_edit_macro(macro, self.by)
        self.fixed = fix_personal(self, macro, self.by, editable=editable)

    def arguments(self) -> dict[str, Any]:
        given = self.cleaned_data
        personal = bool(given.get("personal", self.fixed))
        outer = {name: given[name] for name in OUTER}
        return {"sheet": MacroInput(acts=self.acts(), personal=personal, **outer)}

    @staticmethod
    def initial_of(macro: Macro) -> dict[str, Any]:
        said = asdict(MacroInput.of(macro))
        return {**said, **said["acts"]}
