"""Forms of resource requests and searches for plans. They parse input; the actions decide what is
allowed.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, ClassVar

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from pydantic import Field

from opale.customers.models import Customer
from opale.customers.queries.customers import customers
from opale.delivery.resources.actions import plans
from opale.delivery.resources.actions.requests import NewResourceRequest
from opale.delivery.resources.queries.candidates import Candidate, Need
from opale.endpoints.fields import PlannedDay
from opale.kernel import clock
from opale.organisation.models import Person, Skill, Team
from opale.organisation.queries.people import skills
from opale.organisation.queries.teams import teams
from opale.ui import typed_dates
from opale.ui.forms import ActorForm
from opale.ui.pickers import Picker

LEVELS = [(n, str(n)) for n in range(1, 6)]


class DayField(typed_dates.DayField):
    """A day for which a person can be requested."""

    body_type: ClassVar[Any] = PlannedDay
    first, last = date(2000, 1, 1), date(2199, 12, 31)


class NeedForm(ActorForm, forms.Form):
    """The skill and hours that are needed, and when."""

    team = forms.ModelChoiceField(Team.objects.none(), label=gettext_lazy("Team"))
    skill = forms.ModelChoiceField(
        Skill.objects.none(),
        label=gettext_lazy("Skill"),
        required=False,
        widget=Picker("organisation_skills_pick"),
    )
    level = forms.TypedChoiceField(label=gettext_lazy("Minimum level"), choices=LEVELS, coerce=int)
    hours = forms.DecimalField(
        label=gettext_lazy("Total hours"),
        min_value=Decimal("0.01"),
        max_value=2000,
        max_digits=7,
        decimal_places=2,
    )
    since = DayField(label=pgettext_lazy("days", "From"))
    last = DayField(label=gettext_lazy("Last day"))

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"team": teams(seen_by=self.by).order_by("name"), "skill": skills(seen_by=self.by)}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        since, last = said.get("since"), said.get("last")
        if since and last and last < since:
            self.add_error("last", _("The last day must be after the first."))
        if since and last and last - since > timedelta(days=366):
            self.add_error("last", _("The period is one year at most."))
        return said

    def need(self) -> Need:
        said = self.cleaned_data
        return Need(
            team=said["team"],
            skill=said["skill"],
            level=said["level"],
            hours=said["hours"],
            since=said["since"],
            last=said["last"],
        )


class RequestForm(NeedForm):
    purpose = forms.CharField(
        label=pgettext_lazy("a resource request", "Purpose"),
        max_length=200,
        help_text=gettext_lazy("Name the project and the task; the team lead reads it first."),
    )
    customer = forms.ModelChoiceField(
        Customer.objects.none(),
        label=gettext_lazy("Customer"),
        required=False,
        widget=Picker("customers_pick"),
    )
    field_order = ("purpose", "customer", "team", "skill", "level", "hours", "since", "last")

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return super().querysets() | {"customer": customers(seen_by=self.by)}

    def arguments(self) -> dict[str, Any]:
        """Return the action's arguments; programs may omit the level, which then means any."""
        return {"asked": NewResourceRequest(**{"level": 1, **self.cleaned_data})}


class PlanForm(ActorForm, forms.Form):
    """A search for a better plan of some weeks from tomorrow on: of a team, or of everybody."""

    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=gettext_lazy("Team"),
        required=False,
        empty_label=gettext_lazy("All teams"),
    )
    weeks = forms.TypedChoiceField(
        label=gettext_lazy("Number of weeks"),
        coerce=int,
        choices=lambda: [
            (n, ngettext("%(n)s week", "%(n)s weeks", n) % {"n": n}) for n in plans.WEEKS
        ],
        initial=13,
    )
    seconds = forms.TypedChoiceField(
        label=gettext_lazy("Maximum search time"),
        coerce=int,
        choices=lambda: [(n, _("%(n)s seconds") % {"n": n}) for n in plans.SECONDS],
        initial=plans.SECONDS[0],
    )

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"team": teams(seen_by=self.by).order_by("name")}


class LinesField(forms.Field):
    body_type: ClassVar[Any] = (
        Annotated[list[Annotated[int, Field(ge=1, le=2**63 - 1)]], Field(max_length=200)] | None
    )


class PlanLinesForm(forms.Form):
    """These lines, or all that are open."""

    line_ids = LinesField(required=False)

    def arguments(self) -> dict[str, Any]:
        return {"lines": self.cleaned_data["line_ids"]}


class OfferForm(forms.Form):
    """A rank for each proposed person, or none."""

    def __init__(self, *args: Any, proposed: Sequence[Candidate], **options: Any) -> None:
        super().__init__(*args, **options)
        self.proposed = proposed
        ranks = [("", gettext_lazy("no"))] + [(str(n), str(n)) for n in range(1, len(proposed) + 1)]
        for place, one in enumerate(proposed, start=1):
            self.fields[f"rank_{one.person.pk}"] = forms.ChoiceField(
                label=_("Rank of %(name)s") % {"name": one.person.name},
                choices=ranks,
                required=False,
                initial=str(place) if place <= 3 else "",
                widget=forms.Select(attrs={"class": "form-select x-rank"}),
            )

    def ranked(self) -> list[Person]:
        said = self.cleaned_data
        rows = [
            (int(said[f"rank_{one.person.pk}"]), place, one.person)
            for place, one in enumerate(self.proposed)
            if said.get(f"rank_{one.person.pk}")
        ]
        return [person for _rank, _place, person in sorted(rows, key=lambda row: row[:2])]


class CounterForm(forms.Form):
    counter_on = DayField(
        label=gettext_lazy("Available from"),
        help_text=gettext_lazy("First day a member of the team can start."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)

    def arguments(self) -> dict[str, Any]:
        return {"on": self.cleaned_data["counter_on"], "reason": self.cleaned_data["reason"]}


class RefusalForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


def usual_need() -> dict[str, Any]:
    """Return the default need: a week of a person with the skill, within four weeks from next
    Monday."""
    today = timezone.localtime(clock.now()).date()
    monday = today + timedelta(days=7 - today.weekday())
    return {"since": monday, "last": monday + timedelta(days=25), "level": 3, "hours": 40}
