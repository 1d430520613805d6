"""The form of a policy: its name, its conditions, and a row for each target of its steps."""

import re
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opale.customers.models import Customer, Stream
from opale.customers.queries.customers import customers
from opale.kernel.actor import Actor
from opale.kernel.clock import time_zones
from opale.organisation.models import Person, Team
from opale.organisation.queries.people import people
from opale.organisation.queries.teams import teams
from opale.run.paging.domain.escalation_plans import (
    MAX_STEPS,
    Conditions,
    PolicyContent,
    Step,
    Target,
)
from opale.run.paging.models import EscalationPolicy
from opale.run.paging.queries.page_texts import SEVERITIES
from opale.run.paging.rights import EDIT
from opale.run.paging.states import TargetKind, Trigger
from opale.ui.forms import ActorForm, choose_among, only_when, required_when
from opale.ui.pickers import Picker

MORE_CUSTOMERS = 2
DEFAULT_WAIT: Final = 5
DUTIES = (
    ("any", gettext_lazy("On shift or on call")),
    ("staffed", gettext_lazy("On shift")),
    ("standby", gettext_lazy("On call")),
)
OF_TEAM = "duty team round_robin manager"
RowValues = dict[str, Any]
"""What a row says, by the names of its fields."""
ROW_NAME: Final = re.compile(r"s([0-9]{1,2})-kind")
ROW_FIELDS: Final = ("kind", "person", "team", "duty", "minutes", "beside")
NEW_ROW: Final[RowValues] = {"kind": TargetKind.DUTY, "minutes": DEFAULT_WAIT}


class RowForm(ActorForm, forms.Form):
    """A target to page. A row `beside` belongs to the step of the row above."""

    kind = forms.ChoiceField(label=gettext_lazy("Recipient"), choices=TargetKind.choices)
    person: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(
        None, label=gettext_lazy("Person"), required=False, widget=Picker("paging_pick_person")
    )
    team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(
        None, label=gettext_lazy("Team"), required=False, empty_label=gettext_lazy("Policy’s team")
    )
    duty = forms.ChoiceField(label=gettext_lazy("On duty as"), choices=DUTIES, required=False)
    minutes = forms.IntegerField(
        label=gettext_lazy("Wait (minutes)"), min_value=1, max_value=1440, required=False
    )
    beside = forms.BooleanField(label=gettext_lazy("Same time as the step above"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_among(self, "person", people(seen_by=self.by))
        choose_among(self, "team", teams(seen_by=self.by).order_by("name"))
        kind = f"{self.prefix}-kind"
        only_when(self, f"{kind}=person", "person")
        required_when(self, f"{kind}=person", "person")
        only_when(self, " ".join(f"{kind}={one}" for one in OF_TEAM.split()), "team")
        only_when(self, f"{kind}=duty", "duty")
        if not self.is_first:
            only_when(self, f"{self.prefix}-beside=", "minutes")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("kind") == TargetKind.PERSON and not said.get("person"):
            self.add_error("person", _("Choose who is paged."))
        return said

    @property
    def is_first(self) -> bool:
        return self.prefix == "s0"

    def target(self) -> Target:
        said = self.cleaned_data
        of_person = said["kind"] == TargetKind.PERSON
        team = said["team"]
        return Target(
            said["kind"],
            person_id=said["person"].pk if of_person else None,
            team_id=team.pk if team and not of_person else None,
            duty=(said["duty"] or "any") if said["kind"] == TargetKind.DUTY else "any",
        )


class PlaceForm(forms.Form):
    up = forms.TypedChoiceField(choices=[("1", "1"), ("0", "0")], coerce=lambda said: said == "1")


class PolicyForm(ActorForm, forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(
        None,
        label=gettext_lazy("Team"),
        help_text=gettext_lazy("Its on-call manager is paged when nobody acknowledges."),
    )
    repeat = forms.IntegerField(
        label=gettext_lazy("Repeat"),
        min_value=0,
        max_value=9,
        initial=1,
        help_text=gettext_lazy("Number of repeats before the on-call manager is paged."),
    )
    again_minutes = forms.IntegerField(
        label=gettext_lazy("Page again after acknowledgement (minutes)"),
        min_value=0,
        max_value=10080,
        initial=0,
        help_text=gettext_lazy("If it is still open by then. 0 for never."),
    )
    triggers = forms.MultipleChoiceField(
        label=gettext_lazy("Applies to"),
        choices=[one for one in Trigger.choices if one[0] != Trigger.TRIAL],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Leave empty for everything."),
    )
    min_severity = forms.TypedChoiceField(
        label=gettext_lazy("Minimum alert severity"),
        coerce=int,
        choices=[(0, gettext_lazy("Any severity")), *list(enumerate(SEVERITIES))[2:]],
        required=False,
    )
    max_priority = forms.TypedChoiceField(
        label=gettext_lazy("Lowest ticket priority"),
        coerce=int,
        choices=[(0, gettext_lazy("Any priority")), *((n, f"P{n}") for n in range(1, 6))],
        required=False,
    )
    stream = forms.ChoiceField(
        label=gettext_lazy("Stream"),
        choices=[("", gettext_lazy("Any stream")), *Stream.choices],
        required=False,
    )
    team_ids: "forms.ModelMultipleChoiceField[Team]" = forms.ModelMultipleChoiceField(
        None,
        label=gettext_lazy("Work assigned to teams"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Leave empty for all teams."),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days"),
        coerce=int,
        choices=list(WEEKDAYS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    since = forms.TimeField(label=gettext_lazy("From"), required=False)
    until = forms.TimeField(label=gettext_lazy("Until"), required=False)
    zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=lambda: [(name, name.replace("_", " ")) for name in sorted(time_zones())],
        help_text=gettext_lazy("Used for the days and hours above."),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        by: Actor,
        policy: EscalationPolicy | None = None,
        content: PolicyContent | None = None,
        typed: Any = None,
        rows: list[RowValues] | None = None,
    ) -> None:
        """`typed` is a form that is not sent yet, of which `rows` are now these."""
        self.content = content
        zone = {"zone": timezone.get_current_timezone_name()}
        super().__init__(data, by=by, initial=zone | _initial(policy, content))
        choose_among(self, "team", teams(seen_by=self.by).within(self.by, EDIT).order_by("name"))
        choose_among(self, "team_ids", teams(seen_by=self.by).order_by("name"))
        self._ask_for_customers()
        if typed is not None:
            self._keep(typed)
        if data is not None:
            rows = read_rows(data)
        elif rows is None:
            rows = _rows(content)
        self.rows = [
            RowForm(data, prefix=f"s{number}", by=self.by, initial=row)
            for number, row in zip(_numbers(data, rows), rows, strict=True)
        ]

    @property
    def condition_fields(self) -> list[forms.BoundField]:
        """Return the fields that say what the policy applies to."""
        general = ("name", "team", "repeat", "again_minutes")
        return [bound for bound in self.visible_fields() if bound.name not in general]

    def _keep(self, typed: Any) -> None:
        """Show again what somebody typed, without finding fault with it yet."""
        for name, field in self.fields.items():
            bare = field.widget.value_from_datadict(typed, {}, name)
            self.initial[name] = field.initial = bare

    def _ask_for_customers(self) -> None:
        """Add a picker for each customer named, and some empty ones."""
        kept = self.content.conditions.customer_ids if self.content else ()
        fields: dict[str, Any] = self.fields
        for number in range(len(kept) + MORE_CUSTOMERS):
            field: forms.ModelChoiceField[Customer] = forms.ModelChoiceField(
                customers(seen_by=self.by),
                label=_("Add customer") if number else _("Customer"),
                required=False,
                initial=kept[number] if number < len(kept) else None,
                widget=Picker("paging_pick_customer"),
                help_text=_("Leave empty for all customers.") if not number else "",
            )
            fields[f"customer_{number}"] = field

    def is_valid(self) -> bool:
        rows = [row.is_valid() for row in self.rows]
        if super().is_valid() and not self.rows:
            self.add_error(None, _("Add at least one step."))
        return super().is_valid() and all(rows)

    def said(self) -> Mapping[str, Any]:
        """Return the arguments of the actions: name, team and content."""
        given = self.cleaned_data
        return {"name": given["name"], "team": given["team"], "content": self._content()}

    def _content(self) -> PolicyContent:
        given = self.cleaned_data
        conditions = Conditions(
            triggers=tuple(given["triggers"]),
            team_ids=tuple(team.pk for team in given["team_ids"]),
            streams=(given["stream"],) if given["stream"] else (),
            customer_ids=tuple(self._customers()),
            min_severity=given["min_severity"] or 0,
            max_priority=given["max_priority"] or 0,
            weekdays=tuple(given["weekdays"]),
            since=f"{given['since']:%H:%M}" if given["since"] else "",
            until=f"{given['until']:%H:%M}" if given["until"] else "",
            zone=given["zone"],
        )
        return PolicyContent(
            steps=tuple(self._steps()),
            repeat=given["repeat"],
            again_minutes=given["again_minutes"],
            conditions=conditions,
        )

    def _customers(self) -> list[int]:
        chosen = (v for name, v in self.cleaned_data.items() if name.startswith("customer_") and v)
        return list(dict.fromkeys(customer.pk for customer in chosen))

    def _steps(self) -> list[Step]:
        steps: list[Step] = []
        for row in self.rows:
            said = row.cleaned_data
            if said["beside"] and steps:
                last = steps[-1]
                steps[-1] = Step((*last.targets, row.target()), last.minutes)
            else:
                steps.append(Step((row.target(),), said["minutes"] or DEFAULT_WAIT))
        return steps


def read_rows(data: Any) -> list[RowValues]:
    """Return what the rows of a sent form say, in their order."""
    return [
        {name: data.get(f"s{number}-{name}", "") for name in ROW_FIELDS}
        for number in _sent_numbers(data)
    ]


def edit_rows(rows: list[RowValues], change: str) -> list[RowValues]:
    """Return the rows after a button: `add`, or `remove`, `up` or `down` with a place (`up-2`).

    A row beside the one above goes on alone where it becomes the first.
    """
    what, _dash, place = change.partition("-")
    changed = list(rows)
    number = int(place) if place.isdecimal() else -1
    if what == "add" and len(rows) < MAX_STEPS:
        changed.append(dict(NEW_ROW))
    elif 0 <= number < len(rows):
        other = {"up": number - 1, "down": number + 1}.get(what, -1)
        if what == "remove" and len(rows) > 1:
            del changed[number]
        elif 0 <= other < len(rows):
            changed[number], changed[other] = changed[other], changed[number]
    if changed:
        changed[0] = changed[0] | {"beside": ""}
    return changed


def _sent_numbers(data: Any) -> list[int]:
    found = (ROW_NAME.fullmatch(name) for name in data)
    return sorted(int(one[1]) for one in found if one)[:MAX_STEPS]


def _numbers(data: Any, rows: list[RowValues]) -> list[int]:
    return list(range(len(rows))) if data is None else _sent_numbers(data)


def _initial(policy: EscalationPolicy | None, content: PolicyContent | None) -> dict[str, Any]:
    if policy is None or content is None:
        return {}
    asked = content.conditions
    return {
        "name": policy.name,
        "team": policy.team_id,
        "repeat": content.repeat,
        "again_minutes": content.again_minutes,
        "triggers": list(asked.triggers),
        "min_severity": asked.min_severity,
        "max_priority": asked.max_priority,
        "stream": asked.streams[0] if asked.streams else "",
        "team_ids": list(asked.team_ids),
        "weekdays": list(asked.weekdays),
        "since": asked.since,
        "until": asked.until,
        "zone": asked.zone,
    }


def _rows(content: PolicyContent | None) -> list[dict[str, Any]]:
    if content is None:
        return [dict(NEW_ROW)]
    return [
        {
            "kind": target.kind,
            "person": target.person_id,
            "team": target.team_id,
            "duty": target.duty,
            "minutes": step.minutes,
            "beside": number > 0,
        }
        for step in content.steps
        for number, target in enumerate(step.targets)
    ]
