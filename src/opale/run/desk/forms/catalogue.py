"""The form of a request type: its facts, the fields of its form, and its rules."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms import formset_factory
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from opale.customers.models import Coverage, Family
from opale.kernel.actor import Actor
from opale.kernel.whole_numbers import parse_number
from opale.organisation.models import Team
from opale.organisation.queries.teams import teams
from opale.run.desk.actions.catalogue import RequestTypeInput
from opale.run.desk.domain.catalogue.form_fields import READY_BEFORE, WISHED_FOR
from opale.run.desk.models import Authority, RequestType, Route
from opale.ui.forms import ActorForm

FIELD_KIND_NAMES = [
    ("text", _("Text")),
    ("long_text", _("Long text")),
    ("number", pgettext_lazy("a kind of field", "Number")),
    ("date", _("Date")),
    ("datetime", _("Date and time")),
    ("choice", _("Choice")),
    ("yes_no", _("Yes or no")),
    ("people", _("List of people")),
    ("service", _("Customer service")),
    ("site", _("Customer site")),
    ("datacentre", _("Datacentre")),
    ("item", _("Customer item")),
]
DUE_MODE_NAMES = [
    ("", _("No")),
    (READY_BEFORE, _("Yes: ready before this date")),
    (WISHED_FOR, _("Yes: on this date, but never sooner than the target")),
]
TEST_NAMES = {
    "is": _("is"),
    "in": _("is one of"),
    "above": _("is above"),
    "below": _("is below"),
    "given": _("is set"),
}


class TypeForm(ActorForm, forms.Form):
    """The type without its lists. `target_hours` is the time promised, in hours of the coverage."""

    name_en = forms.CharField(label=_("English name"), max_length=120)
    name_fr = forms.CharField(label=_("French name"), max_length=120)
    description_en = forms.CharField(label=_("English description"), max_length=500, required=False)
    description_fr = forms.CharField(label=_("French description"), max_length=500, required=False)
    audience = forms.ChoiceField(label=_("Available to"), choices=RequestType.Audience.choices)
    family = forms.ChoiceField(
        label=_("Service family"),
        choices=[("", _("All families")), *Family.choices],
        required=False,
    )
    authority = forms.ChoiceField(label=_("Required authority"), choices=Authority.choices)
    team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(
        label=_("Handled by"), queryset=None, required=False
    )
    target_hours = forms.FloatField(
        label=_("Resolution target (hours)"), required=False, min_value=0.01, max_value=10_000
    )
    coverage = forms.ChoiceField(label=_("Hours counted"), choices=Coverage.choices)

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"team": teams(seen_by=self.by)}


class FieldRow(forms.Form):
    """One field; the answers of a choice are lines `value | English | French`."""

    use_required_attribute = False

    name = forms.CharField(label=_("Name"), max_length=40)
    kind = forms.ChoiceField(label=_("Kind"), choices=FIELD_KIND_NAMES)
    label_en = forms.CharField(label=_("English label"), max_length=120, required=False)
    label_fr = forms.CharField(label=_("French label"), max_length=120, required=False)
    help_en = forms.CharField(label=_("English help"), max_length=300, required=False)
    help_fr = forms.CharField(label=_("French help"), max_length=300, required=False)
    options = forms.CharField(
        label=_("Options: value | English | French"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )
    least = forms.IntegerField(label=_("At least"), required=False)
    most = forms.IntegerField(label=_("At most"), required=False)
    after = forms.CharField(label=_("Follows the date"), max_length=40, required=False)
    within_days = forms.IntegerField(
        label=_("Within days of that date"), required=False, min_value=0
    )
    due = forms.ChoiceField(label=_("Sets the due date"), choices=DUE_MODE_NAMES, required=False)
    required = forms.BooleanField(label=_("Required"), required=False)
    future = forms.BooleanField(label=_("Not in the past"), required=False)
    in_subject = forms.BooleanField(label=_("Include in subject"), required=False)
    identity = forms.BooleanField(label=_("Require identity document"), required=False)

    @staticmethod
    def initial_of(record: Mapping[str, Any]) -> dict[str, Any]:
        lines = [
            f"{o['value']} | {o['label_en']} | {o['label_fr']}" for o in record.get("options", ())
        ]
        return {**record, "options": "\n".join(lines)}

    def record(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        told = []
        for line in said.pop("options", "").splitlines():
            parts = [part.strip() for part in line.split("|")]
            if parts[0]:
                value, english, french = (*parts, "", "")[:3]
                english = english or value
                told.append({"value": value, "label_en": english, "label_fr": french or english})
        return {k: v for k, v in said.items() if v is not None and v is not False and v != ""} | (
            {"options": told} if told else {}
        )

    @property
    def main(self) -> list[Any]:
        return [self[name] for name in ("name", "kind", "label_en", "label_fr")]

    @property
    def rest(self) -> list[Any]:
        names = ("help_en", "help_fr", "least", "most", "after", "within_days", "due")
        return [self[name] for name in names]

    @property
    def marks(self) -> list[Any]:
        return [self[name] for name in ("required", "future", "in_subject", "identity")]


class RuleRow(forms.Form):
    """One rule: conditions that must all hold, its target, and the reason."""

    use_required_attribute = False

    route = forms.ChoiceField(label=_("Handled as"), choices=Route.choices)
    because_en = forms.CharField(label=_("Reason in English"), max_length=300, required=False)
    because_fr = forms.CharField(label=_("Reason in French"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        given = (self.initial or {}).get("conditions", ())
        posted = sum(1 for key in self.data if key.startswith(f"{self.prefix}-subject"))
        self.slots = max(posted, len(given) + 1)
        for slot in range(self.slots):
            self.fields[f"subject{slot}"] = forms.CharField(label=_("If"), required=False)
            self.fields[f"test{slot}"] = forms.ChoiceField(
                label=_("Test"), choices=list(TEST_NAMES.items()), required=False
            )
            self.fields[f"wanted{slot}"] = forms.CharField(label=_("Value"), required=False)
        for slot, (subject, test, wanted) in enumerate(given):
            self.initial = {**self.initial,
                f"subject{slot}": subject, f"test{slot}": test, f"wanted{slot}": wanted,
            }  # fmt: skip

    @staticmethod
    def initial_of(record: Mapping[str, Any]) -> dict[str, Any]:
        conditions = [
            (subject, test, _written(wanted))
            for subject, tests in record.get("when", {}).items()
            for test, wanted in tests.items()
        ]
        return {**record, "conditions": conditions}

    def record(self) -> dict[str, Any]:
        said, when = self.cleaned_data, dict[str, dict[str, Any]]()
        for slot in range(self.slots):
            subject = said.get(f"subject{slot}", "").strip()
            if subject:
                test = said[f"test{slot}"] or "is"
                when.setdefault(subject, {})[test] = _read(test, said[f"wanted{slot}"])
        return {
            "when": when,
            "route": said["route"],
            "because_en": said["because_en"],
            "because_fr": said["because_fr"],
        }

    @property
    def conditions(self) -> list[tuple[Any, Any, Any]]:
        return [
            (self[f"subject{n}"], self[f"test{n}"], self[f"wanted{n}"]) for n in range(self.slots)
        ]


FieldRows = formset_factory(FieldRow, extra=0)
RuleRows = formset_factory(RuleRow, extra=0)
WHOLE = {"empty_permitted": False}
"""Added rows that were left empty are errors."""


class RequestTypeEditor:
    """The three parts of the page, bound together; `moved` is the list after a row moved."""

    def __init__(self, data: Any, sheet: RequestTypeInput | None, *, by: Actor) -> None:
        self.by = by
        self.main = TypeForm(data, initial=_initial(sheet) if sheet else None, by=by)
        self.fields = FieldRows(
            data,
            prefix="field",
            form_kwargs=WHOLE,
            initial=[FieldRow.initial_of(one) for one in sheet.fields] if sheet else [],
        )
        self.rules = RuleRows(
            data,
            prefix="rule",
            form_kwargs=WHOLE,
            initial=[RuleRow.initial_of(one) for one in sheet.routes] if sheet else [],
        )

    def move(self, act: str) -> None:
        """Add, move or remove a row, keeping what was typed: `field-add`, `field-up-3`,
        `rule-remove-0`."""
        part, verb, number = (*act.split("-"), "0", "0")[:3]
        rows = self.fields if part == "field" else self.rules
        told = [
            {name: form[name].value() for name in form.fields} | {"conditions": _given(form)}
            for form in rows.forms
        ]
        place = parse_number(number) or 0
        if verb == "add":
            told.append({})
        elif place < len(told):
            row = told.pop(place)
            if verb != "remove":
                told.insert(max(place - 1, 0) if verb == "up" else place + 1, row)
        if part == "field":
            self.fields = FieldRows(prefix="field", initial=told)
        else:
            self.rules = RuleRows(prefix="rule", initial=told)

    @cached_property
    def valid(self) -> bool:
        parts = (self.main, self.fields, self.rules)
        return all([part.is_valid() for part in parts])  # noqa: C419  # each says its errors

    def sheet(self) -> RequestTypeInput:
        said = dict(self.main.cleaned_data)
        hours = said.pop("target_hours")
        return RequestTypeInput(
            **said,
            target=timedelta(hours=hours) if hours else None,
            fields=[form.record() for form in self.fields.forms],
            routes=[form.record() for form in self.rules.forms],
        )

    def refuse(self, fields: Mapping[str, str], sentence: str) -> None:
        for name, told in (fields or {"": sentence}).items():
            self.main.add_error(name if name in self.main.fields else None, told)


def _initial(sheet: RequestTypeInput) -> dict[str, Any]:
    told = {name: getattr(sheet, name) for name in TypeForm.base_fields if name != "target_hours"}
    hours = sheet.target.total_seconds() / 3600 if sheet.target else None
    return told | {"target_hours": hours}


def _given(form: forms.Form) -> Sequence[tuple[Any, Any, Any]]:
    if not isinstance(form, RuleRow):
        return ()
    told = [(s.value(), t.value(), w.value()) for s, t, w in form.conditions]
    return [one for one in told if one[0]]


def _written(wanted: Any) -> str:
    if isinstance(wanted, list):
        return ", ".join(map(str, wanted))
    return str(wanted).lower() if isinstance(wanted, bool) else str(wanted)


def _read(test: str, said: str) -> Any:
    text = said.strip()
    if test == "in":
        return [part.strip() for part in text.split(",") if part.strip()]
    if test == "given" or text.lower() in ("true", "false"):
        return text.lower() not in ("false", "no", "0")
    if test in ("above", "below"):
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            return text
        return int(number) if number.is_integer() else number
    return text
