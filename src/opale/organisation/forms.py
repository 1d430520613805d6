"""Forms of the organisation; the actions validate and check rights."""

from itertools import groupby
from typing import Annotated, Any, ClassVar, cast
from zoneinfo import available_timezones

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from opale.kernel.calendars import WEEKDAYS
from opale.organisation.models import (
    Absence,
    Company,
    Language,
    Membership,
    Person,
    Skill,
    Team,
    WorkingCalendar,
)
from opale.organisation.queries import access, people, reference
from opale.organisation.rights import EDIT, Function
from opale.ui.forms import ActorForm
from opale.ui.navigation import Area, entries_for
from opale.ui.pickers import Picker
from opale.ui.typed_dates import DayField, WhenField

RoomName = Annotated[str, Field(max_length=60)]


def _zones() -> list[tuple[str, str]]:
    return [(name, name.replace("_", " ")) for name in sorted(available_timezones())]


class ZoneField(forms.ChoiceField):
    """A time zone; the action says of another text that it is none."""

    body_type: ClassVar[Any] = Annotated[str, Field(max_length=64)]

    def __init__(self, **options: Any) -> None:
        super().__init__(label=_("Time zone"), choices=_zones, initial="Europe/Paris", **options)

    def valid_value(self, _value: object) -> bool:
        return True


class CompanyForm(ActorForm, forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)
    country = forms.CharField(
        label=_("Country"),
        min_length=2,
        max_length=2,
        help_text=_("Two letters, such as FR."),
    )
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    time_zone = ZoneField()
    calendar = forms.ModelChoiceField(
        WorkingCalendar.objects.none(),
        label=_("Working calendar"),
        help_text=_("Used for its people who have no calendar of their own."),
    )
    operates = forms.BooleanField(
        label=_("Operates the service"),
        required=False,
        help_text=_("Only one company of the group."),
    )

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"calendar": reference.calendars(seen_by=self.by)}


class TeamForm(ActorForm, forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(label=_("Function of the team"), choices=Team.Kind.choices)
    manager = forms.ModelChoiceField(
        Person.objects.none(),
        label=_("Manager"),
        widget=Picker("organisation_people_pick"),
        help_text=_("Accountable for the team."),
    )
    virtual = forms.BooleanField(
        label=_("Virtual team of the group"),
        required=False,
        help_text=_("Brings together people from several companies."),
    )
    company = forms.ModelChoiceField(
        Company.objects.none(),
        label=_("Company"),
        required=False,
        help_text=_("Leave empty for a virtual team."),
    )
    purpose = forms.CharField(label=_("Purpose"), max_length=300, required=False)

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {
            "manager": people.people(seen_by=self.by),
            "company": reference.companies(seen_by=self.by),
        }


class MembershipForm(forms.Form):
    function = forms.ChoiceField(
        label=_("Function"),
        choices=[c for c in Function.choices if c[0] != Function.CUSTOMER_CONTACT],
        help_text=_("Gives the rights of this function."),
    )
    role = forms.ChoiceField(
        label=_("Role"), choices=Membership.Role.choices, initial=Membership.Role.MEMBER
    )
    share_percent = forms.IntegerField(
        label=_("Share of working time (%)"), min_value=1, max_value=100, initial=100
    )


class NewMemberForm(ActorForm, MembershipForm):
    person = forms.ModelChoiceField(
        Person.objects.none(), label=_("Person"), widget=Picker("organisation_people_pick")
    )
    starts = WhenField(label=_("Starts"), required=False)
    ends = WhenField(label=_("Ends"), required=False)

    field_order = ("person", "function", "role", "share_percent", "starts", "ends")

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"person": people.people(seen_by=self.by)}


class OwnPersonForm(forms.Form):
    """A form for what every person may change of their own data."""

    phone = forms.CharField(label=_("Telephone"), max_length=32, required=False)
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=Language.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    time_zone = ZoneField()


class PersonForm(ActorForm, OwnPersonForm):
    name = forms.CharField(label=_("Name"), max_length=100)
    email = forms.EmailField(label=_("Email address"))
    company = forms.ModelChoiceField(Company.objects.none(), label=_("Company"))
    job_title = forms.CharField(label=_("Job title"), max_length=100, required=False)
    seniority = forms.ChoiceField(
        label=_("Seniority"),
        choices=Person.Seniority.choices,
        initial=Person.Seniority.CONFIRMED,
    )
    calendar = forms.ModelChoiceField(
        WorkingCalendar.objects.none(),
        label=_("Working calendar"),
        required=False,
        empty_label=_("Company default"),
    )

    field_order = (
        "name",
        "email",
        "phone",
        "company",
        "job_title",
        "seniority",
        "languages",
        "time_zone",
        "calendar",
    )

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {
            "company": reference.companies(seen_by=self.by),
            "calendar": reference.calendars(seen_by=self.by),
        }


class EditPersonForm(PersonForm):
    """The whole form for those who edit people, else that of one's own data."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not self.by.can(EDIT):
            for name in set(self.fields) - set(OwnPersonForm.base_fields):
                del self.fields[name]


class LevelForm(forms.Form):
    level = forms.IntegerField(label=_("Level (1 to 5)"), min_value=1, max_value=5)
    valid_until = DayField(
        label=_("Certified until"),
        required=False,
    )


class PersonSkillForm(ActorForm, LevelForm):
    skill = forms.ModelChoiceField(
        Skill.objects.none(), label=_("Skill"), widget=Picker("organisation_skills_pick")
    )

    field_order = ("skill", "level", "valid_until")

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"skill": people.skills(seen_by=self.by)}


class AbsenceForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=Absence.Kind.choices,
        initial=Absence.Kind.LEAVE,
        help_text=_("Visible only to the person and to administrators."),
    )
    starts = WhenField(label=_("Starts"))
    ends = WhenField(label=_("Ends"))


class DayForm(forms.Form):
    on = DayField(label=_("Day"), required=False)


class EndForm(forms.Form):
    at = WhenField(label=_("Ends"), required=False)


class SkillForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)
    family = forms.CharField(label=_("Family"), max_length=100, required=False)


class RecordField(forms.JSONField):
    body_type: ClassVar[Any] = dict[str, Any]


class RecordForm(forms.Form):
    """A calendar as programs send it."""

    name = forms.CharField(max_length=100)
    record = RecordField()


class CalendarForm(forms.Form):
    """A form for a calendar: a line a day, holidays by country, a line an exception."""

    name = forms.CharField(label=_("Name"), max_length=100)
    time_zone = ZoneField()
    country = forms.CharField(
        label=_("Public holidays of"),
        max_length=2,
        required=False,
        help_text=_("Two letters of the country, such as FR; empty for none."),
    )
    subdivision = forms.CharField(label=_("Region"), max_length=10, required=False)
    monday = forms.CharField(label=_("Monday"), required=False, help_text="08:00-12:00 14:00-18:00")
    tuesday = forms.CharField(label=_("Tuesday"), required=False)
    wednesday = forms.CharField(label=_("Wednesday"), required=False)
    thursday = forms.CharField(label=_("Thursday"), required=False)
    friday = forms.CharField(label=_("Friday"), required=False)
    saturday = forms.CharField(label=_("Saturday"), required=False)
    sunday = forms.CharField(label=_("Sunday"), required=False)
    exceptions = forms.CharField(
        label=_("Exceptions"),
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("One per line, such as 2026-12-24 closing 12:00-24:00 (or opening)."),
    )

    def __init__(self, *args: Any, calendar: WorkingCalendar | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.calendar = calendar

    @staticmethod
    def of(calendar: WorkingCalendar) -> dict[str, str]:
        record = calendar.record
        exceptions = [
            f"{e['day']} {e['kind']} {' '.join(e['hours'])}" for e in record.get("exceptions", ())
        ]
        return {
            "name": calendar.name,
            "time_zone": record["time_zone"],
            "country": record.get("country", ""),
            "subdivision": record.get("subdivision", ""),
            "exceptions": "\n".join(exceptions),
            **{day: " ".join(record["weekly"].get(day, ())) for day in WEEKDAYS},
        }

    def arguments(self) -> dict[str, Any]:
        """Return the name and the record; values that the form does not show stay."""
        typed = self.cleaned_data
        record = {
            **(self.calendar.record if self.calendar else {}),
            "time_zone": typed["time_zone"],
            "country": typed["country"].upper(),
            "subdivision": typed["subdivision"],
            "weekly": {day: typed[day].split() for day in WEEKDAYS},
            "exceptions": [_exception(line) for line in typed["exceptions"].splitlines() if line],
        }
        return {"name": typed["name"], "record": record}


def _exception(line: str) -> dict[str, Any]:
    day, kind, *hours = [*line.split(), "", ""]
    return {"day": day, "kind": kind, "hours": [h for h in hours if h] or ["00:00-24:00"]}


class LifetimeField(forms.TypedChoiceField):
    """How many days a token lasts: a few for people to choose from, any number for programs."""

    body_type: ClassVar[Any] = Annotated[int, Field(ge=1, le=366)]

    def valid_value(self, value: object) -> bool:
        text = str(value)  # of few digits: what is too long for a token is said by the action
        return text.isdecimal() and len(text) <= 6


class ScopesField(forms.MultipleChoiceField):
    """Rights of the actor; the action says of another that it is not held."""

    body_type: ClassVar[Any] = Annotated[list[str], Field(max_length=50)]

    def valid_value(self, _value: object) -> bool:
        return True


class TokenForm(ActorForm, forms.Form):
    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("The program that will use it.")
    )
    days = LifetimeField(
        label=_("Valid for"),
        coerce=int,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("One year"))],
        initial=90,
    )
    scopes = ScopesField(
        label=_("Rights"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Leave empty for all of your rights, as they are when the token is used."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        scopes = cast(ScopesField, self.fields["scopes"])
        scopes.choices = [(right, access.right_label(right)) for right in sorted(self.by.grants)]


class RevokeTokenForm(forms.Form):
    """The question before a token ends, which nothing brings back."""


class PreferencesForm(forms.Form):
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=_zones)


class PersonFiguresForm(forms.Form):
    """A decision whether lists and reports may be counted by person."""

    allowed = forms.BooleanField(label=_("Allow figures by person"), required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        help_text=_("For example the agreement with the works council, and its date."),
    )


class RoomsField(forms.MultipleChoiceField):
    """Rooms of the menu, by name; the action says of another that there is none."""

    body_type: ClassVar[Any] = Annotated[list[RoomName], Field(max_length=200)]

    def valid_value(self, _value: object) -> bool:
        return True


class MenuForm(ActorForm, forms.Form):
    rooms = RoomsField(
        label=_("Menu entries"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("All others are under “More” and in the search (Ctrl K)."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rooms = [e for e in entries_for(self.by, Area.ROOM) if not e.always]
        field = cast(RoomsField, self.fields["rooms"])
        field.choices = [
            (heading, [(entry.url_name, entry.label) for entry in own])
            for heading, own in groupby(rooms, key=lambda entry: entry.group)
        ]
