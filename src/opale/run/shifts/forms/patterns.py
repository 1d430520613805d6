"""Forms of patterns, planned duties, needs and working-time rules."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Annotated, Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from opale.kernel import clock
from opale.organisation.models import Company, Language, Person, Skill, WorkingCalendar
from opale.organisation.queries.people import people, skills
from opale.organisation.queries.reference import calendars, companies
from opale.run.shifts.actions.needs import NeedTerms
from opale.run.shifts.actions.patterns import PatternTerms
from opale.run.shifts.domain.working_time import FRANCE, STANDBY_LIMITS, Limit, RuleSet
from opale.run.shifts.forms.duties import InstantField
from opale.run.shifts.models import Duty, PatternLine, ShiftPattern
from opale.run.shifts.queries.breach_texts import RULES
from opale.ui.forms import ActorForm, choose_among
from opale.ui.pickers import Picker
from opale.ui.typed_dates import DayField, WhenField

OFF = "-"
CITED = '<cite lang="fr">{}</cite>'


def days_as_text(days: Sequence[Sequence[str]]) -> str:
    return "\n".join(" ".join(day) or OFF for day in days)


class DaysField(forms.CharField):
    """Hours of each day of a cycle, a line each; programs send a list of days."""

    body_type = Annotated[
        list[list[Annotated[str, Field(max_length=20, examples=["22:00-06:00"])]]],
        Field(min_length=1, max_length=366, description="The hours of each day of the cycle"),
    ]
    widget = forms.Textarea(attrs={"rows": 8})

    def prepare_value(self, value: Any) -> Any:
        return days_as_text(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Sequence[Sequence[str]]:
        if isinstance(value, list):
            return value
        lines = super().clean(value).strip().splitlines()
        return [[text for text in line.split() if text != OFF] for line in lines]


class PatternForm(ActorForm, forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=Duty.Kind.choices, initial=Duty.Kind.STAFFED.value
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=Duty.Role.choices, initial=Duty.Role.AGENT.value
    )
    time_zone = forms.CharField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("The hours below are in this time zone."),
    )
    first_day = DayField(
        label=gettext_lazy("First day of the cycle"),
    )
    last_day = DayField(
        label=gettext_lazy("Last day"),
        required=False,
    )
    days = DaysField(
        label=gettext_lazy("Days of the cycle"),
        help_text=gettext_lazy(
            "One line per day: 06:00-14:00, 22:00-06:00 for a night, 08:00-08:00+7 for a week,"
            " several separated by spaces, - for a day off."
        ),
    )
    repeats = forms.BooleanField(
        label=gettext_lazy("Repeat the cycle"), required=False, initial=True
    )
    layer = forms.IntegerField(
        label=gettext_lazy("Layer"),
        min_value=0,
        max_value=99,
        initial=0,
        help_text=gettext_lazy("A higher layer overrides the ones below."),
    )
    within = forms.ChoiceField(
        label=gettext_lazy("Hours"),
        choices=ShiftPattern.Within.choices,
        initial=ShiftPattern.Within.ALL.value,
    )
    calendar: "forms.ModelChoiceField[WorkingCalendar]" = forms.ModelChoiceField(
        None, label=gettext_lazy("Working calendar"), required=False
    )

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"calendar": calendars(seen_by=self.by)}

    def arguments(self) -> dict[str, PatternTerms]:
        return {"sheet": PatternTerms(**self.cleaned_data)}


class LineForm(ActorForm, forms.Form):
    person: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(
        None, label=gettext_lazy("Person"), widget=Picker("shifts_pick_person")
    )
    offset = forms.IntegerField(
        label=gettext_lazy("Offset in the cycle (days)"), min_value=0, max_value=366, initial=0
    )
    since = DayField(
        label=gettext_lazy("Valid from"),
    )
    until = DayField(
        label=gettext_lazy("Valid until"),
        required=False,
    )

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"person": people(seen_by=self.by)}


class PlannedForm(ActorForm, forms.Form):
    person: "forms.ModelChoiceField[Person]" = forms.ModelChoiceField(
        None, label=gettext_lazy("Person"), widget=Picker("shifts_pick_person")
    )
    starts = InstantField(label=gettext_lazy("Starts"))
    ends = InstantField(label=gettext_lazy("Ends"))

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"person": people(seen_by=self.by)}


class UntilForm(forms.Form):
    """The last day, inclusive."""

    until = DayField(
        label=gettext_lazy("Until (included)"),
    )

    def arguments(self) -> dict[str, datetime]:
        following = self.cleaned_data["until"] + timedelta(days=1)
        return {"until": datetime.combine(following, time(), timezone.get_current_timezone())}


class WithdrawalForm(UntilForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].label = _("Unpublish from")

    def arguments(self) -> dict[str, datetime]:
        return {"since": super().arguments()["until"]}


class PublicationForm(forms.Form):
    """Form of programs: the moment until which duties begin."""

    until = WhenField()


class NeedForm(ActorForm, forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=100,
        help_text=gettext_lazy("Shown when it is not met, such as “No English speaker”."),
    )
    minimum = forms.IntegerField(
        label=gettext_lazy("Minimum staff"), min_value=1, max_value=500, initial=1
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), required=False, choices=[("", "—"), *Duty.Kind.choices]
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), required=False, choices=[("", "—"), *Duty.Role.choices]
    )
    calendar: "forms.ModelChoiceField[WorkingCalendar]" = forms.ModelChoiceField(
        None,
        label=gettext_lazy("Working calendar"),
        required=False,
        empty_label=gettext_lazy("All hours"),
    )
    skill: "forms.ModelChoiceField[Skill]" = forms.ModelChoiceField(
        None, label=gettext_lazy("Skill"), required=False
    )
    level = forms.IntegerField(label=gettext_lazy("Level"), min_value=1, max_value=5, initial=1)
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), required=False, choices=[("", "—"), *Language.choices]
    )

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"calendar": calendars(seen_by=self.by), "skill": skills(seen_by=self.by)}

    def arguments(self) -> dict[str, NeedTerms]:
        return {"sheet": NeedTerms(**self.cleaned_data)}


STANDBY_WEEKS = 4


class RulesForm(ActorForm, forms.Form):
    """The limits of an agreement in hours; an empty one is no limit."""

    company: "forms.ModelChoiceField[Company]" = forms.ModelChoiceField(
        None, label=gettext_lazy("Company"), empty_label=None
    )
    name = forms.CharField(label=gettext_lazy("Agreement"), max_length=100)
    since = DayField(
        label=gettext_lazy("In force from"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        choose_among(self, "company", companies(seen_by=self.by))
        for code, label in RULES.items():
            if code in STANDBY_LIMITS:
                continue
            known = FRANCE.limits.get(code)
            fields[code] = forms.FloatField(
                label=str(label),
                required=False,
                min_value=0,
                max_value=168,
                initial=known.hours if known else None,
                help_text=self._help(code, known),
            )
        for code in sorted(STANDBY_LIMITS, reverse=True):
            fields[code] = forms.IntegerField(
                label=str(RULES[code]),
                required=False,
                min_value=1,
                max_value=366,
                help_text=_("In days: a week is 7, a night is 1. Leave empty for no limit."),
            )
        fields["standby_weeks"] = forms.IntegerField(
            label=_("Over how many weeks"),
            required=False,
            min_value=1,
            max_value=53,
            initial=STANDBY_WEEKS,
        )

    def record(self) -> dict[str, Any]:
        given = self.cleaned_data
        limits = {
            code: Limit(
                value * 24 if code in STANDBY_LIMITS else value,
                given["name"],
                _weeks(code) if code != "standby_days" else given["standby_weeks"] or STANDBY_WEEKS,
            )
            for code in RULES
            if (value := given.get(code))
        }
        return RuleSet(given["name"], limits, FRANCE.night).to_record()

    def _help(self, code: str, known: Limit | None) -> str:
        weeks = _weeks(code)
        if weeks > 1:
            return _("Hours, over any %(weeks)s weeks.") % {"weeks": weeks}
        return format_html(CITED, known.reference) if known else ""


def _weeks(code: str) -> int:
    known = FRANCE.limits.get(code)
    return known.weeks if known else 1 if code in STANDBY_LIMITS else 12


def initial_pattern(pattern: ShiftPattern) -> dict[str, object]:
    names = PatternTerms.__dataclass_fields__
    return {name: getattr(pattern, name) for name in names}


def initial_line(pattern: ShiftPattern, lines: Sequence[PatternLine]) -> dict[str, object]:
    """Return the next place in the cycle, from today or from the first day on."""
    today = timezone.localtime(clock.now()).date()
    step = lines[1].offset - lines[0].offset if len(lines) > 1 else 1
    ahead = lines[-1].offset + step if lines else 0
    return {"offset": ahead % len(pattern.days), "since": max(today, pattern.first_day)}
