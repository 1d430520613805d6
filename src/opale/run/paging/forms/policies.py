"""The form of a policy: its name, its conditions, and a row for each target of its steps."""

from collections.abc import Mapping
from typing import Any

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
from opale.run.paging.domain.escalation_plans import Conditions, PolicyContent, Step, Target
from opale.run.paging.models import EscalationPolicy
from opale.run.paging.queries.page_texts import SEVERITIES
from opale.run.paging.rights import EDIT
from opale.run.paging.states import TargetKind, Trigger
from opale.ui.forms import ActorForm, choose_among, only_when
from opale.ui.pickers import Picker

ROWS = 8
MORE_CUSTOMERS = 2
DUTIES = (
    ("any", gettext_lazy("On shift or on call")),
    ("staffed", gettext_lazy("On shift")),
    ("standby", gettext_lazy("On call")),
)
OF_TEAM = "duty team round_robin manager"


class RowForm(ActorForm, forms.Form):
    """A target to page. A row `beside` belongs to the step of the row above."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Recipient"), choices=[("", "—"), *TargetKind.choices], required=False
    )
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
        only_when(self, " ".join(f"{kind}={one}" for one in OF_TEAM.split()), "team")
        only_when(self, f"{kind}=duty", "duty")
        only_when(self, " ".join(f"{kind}={one}" for one in TargetKind.values), "minutes", "beside")

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("kind") == TargetKind.PERSON and not said.get("person"):
            self.add_error("person", _("Choose who is paged."))
        return said

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
    ) -> None:
        self.content = content
        zone = {"zone": timezone.get_current_timezone_name()}
        super().__init__(data, by=by, initial=zone | _initial(policy, content))
        choose_among(self, "team", teams(seen_by=self.by).within(self.by, EDIT).order_by("name"))
        choose_among(self, "team_ids", teams(seen_by=self.by).order_by("name"))
        self._ask_for_customers()
        initial = _rows(content)
        self.rows = [
            RowForm(
                data,
                prefix=f"s{number}",
                by=self.by,
                initial=initial[number] if number < len(initial) else None,
            )
            for number in range(max(ROWS, len(initial) + 2))
        ]

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
            if not said.get("kind"):
                continue
            if said["beside"] and steps:
                last = steps[-1]
                steps[-1] = Step((*last.targets, row.target()), last.minutes)
            else:
                steps.append(Step((row.target(),), said["minutes"] or 5))
        return steps


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
        return []
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
