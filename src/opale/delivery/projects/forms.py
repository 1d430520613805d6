"""Forms of projects. They parse input; the actions decide what is allowed."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, pgettext_lazy

from opale.delivery.projects.models import Party, Project, TechnicalNeed, WorkPackage
from opale.delivery.projects.queries import packages, workdays
from opale.infrastructure.models import CapacityPool, ConfigurationItem, Supplier
from opale.infrastructure.queries.items import items
from opale.organisation.models import Person, Skill, Team, WorkingCalendar
from opale.organisation.queries.people import people, skills
from opale.organisation.queries.reference import calendars
from opale.ui.forms import ActorForm, choose_among
from opale.ui.pickers import Picker
from opale.ui.typed_dates import DayField

Kind = WorkPackage.Kind
LONGEST_TEXT = 20_000


def day_field(
    label: Any, *, required: bool = True, help_text: Any = "", initial: Any = None
) -> DayField:
    return DayField(label=label, required=required, initial=initial, help_text=help_text)


def person_field(label: Any, *, required: bool = False, help_text: Any = "") -> Any:
    return forms.ModelChoiceField(
        Person.objects.none(),
        label=label,
        required=required,
        help_text=help_text,
        widget=Picker("organisation_people_pick"),
    )


class ProjectForm(ActorForm, forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    begins_on = day_field(pgettext_lazy("a project", "Start date"))
    wanted_on = day_field(
        pgettext_lazy("a project", "Wanted date"),
        required=False,
        help_text=gettext_lazy("The date that the customer wants; the order sets the first one."),
    )
    backward = forms.TypedChoiceField(
        label=gettext_lazy("Scheduling"),
        coerce=lambda said: said == "yes",
        choices=[
            ("no", gettext_lazy("Forward: as soon as possible")),
            ("yes", gettext_lazy("Backward from the wanted date: as late as possible")),
        ],
    )
    calendar = forms.ModelChoiceField(
        WorkingCalendar.objects.none(),
        label=gettext_lazy("Working calendar"),
        help_text=gettext_lazy(
            "For tasks without an assignee; an assigned task follows the person's calendar."
        ),
    )

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"calendar": calendars(seen_by=self.by)}


class ManagerForm(ActorForm, forms.Form):
    manager = person_field(gettext_lazy("Project manager"), required=True)
    exception_by = person_field(
        gettext_lazy("Exception granted by"),
        help_text=gettext_lazy("Only if the project requires another seniority."),
    )
    exception_reason = forms.CharField(
        label=gettext_lazy("Reason for the exception"), max_length=300, required=False
    )

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return dict.fromkeys(("manager", "exception_by"), people(seen_by=self.by))

    def arguments(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        return {"person": found.pop("manager"), **found}


class PackageForm(ActorForm, forms.Form):
    """A work package; its predecessors are chosen among those of the project."""

    name_fr = forms.CharField(label=gettext_lazy("French name"), max_length=200)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=200)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=Kind.choices, initial=Kind.WORK.value
    )
    party = forms.ChoiceField(
        label=pgettext_lazy("a work package", "Assigned to"),
        choices=Party.choices,
        initial=Party.US.value,
    )
    days = forms.IntegerField(
        label=gettext_lazy("Working days"),
        min_value=0,
        max_value=2000,
        initial=1,
        help_text=gettext_lazy("None for a milestone."),
    )
    hours = forms.DecimalField(
        label=pgettext_lazy("of work", "Hours"),
        min_value=0,
        max_value=10_000,
        decimal_places=2,
        required=False,
    )
    after = forms.ModelMultipleChoiceField(
        WorkPackage.objects.none(),
        label=gettext_lazy("Predecessors"),
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=gettext_lazy(
            "Hold Ctrl to select several. The task starts on the working day after the last one"
            " ends."
        ),
    )
    not_before = day_field(gettext_lazy("Start no earlier than"), required=False)
    role = forms.ChoiceField(
        label=gettext_lazy("Team"), choices=[("", "–"), *Team.Kind.choices], required=False
    )
    skill = forms.ModelChoiceField(
        Skill.objects.none(),
        label=gettext_lazy("Skill"),
        required=False,
        widget=Picker("organisation_skills_pick"),
    )
    level = forms.IntegerField(
        label=gettext_lazy("Level"), min_value=0, max_value=5, required=False
    )
    person = person_field(
        gettext_lazy("Person"),
        help_text=gettext_lazy("The task follows this person's calendar."),
    )

    def __init__(self, *args: Any, project: Project, **options: Any) -> None:
        super().__init__(*args, **options)
        choose_among(self, "after", packages.packages_of(project, seen_by=self.by))
        choose_among(self, "skill", skills(seen_by=self.by))
        choose_among(self, "person", people(seen_by=self.by))

    def arguments(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        numbers = {name: found[name] or 0 for name in ("hours", "level")}
        return found | numbers | {"after": [one.pk for one in found["after"]]}


class PackageChangeForm(PackageForm):
    """A changed work package, with the days after its predecessors and the cause of a later end."""

    lag = forms.IntegerField(
        label=gettext_lazy("Lag (working days)"), min_value=0, max_value=2000, required=False
    )
    cause = forms.ChoiceField(
        label=pgettext_lazy("a slip", "Cause, if it ends later than promised"),
        choices=[("", "–"), *Party.choices],
        required=False,
    )
    note = forms.CharField(
        label=pgettext_lazy("a slip", "What happened"), max_length=300, required=False
    )
    field_order = ("name_fr", "name_en", "kind", "party", "days", "hours", "after", "lag")

    def __init__(self, *args: Any, project: Project, package: WorkPackage, **options: Any) -> None:
        super().__init__(*args, project=project, **options)
        choose_among(
            self, "after", packages.packages_of(project, seen_by=self.by).exclude(pk=package.pk)
        )
        if project.promised_on is None:
            del self.fields["cause"], self.fields["note"]

    def arguments(self) -> dict[str, Any]:
        found = super().arguments()
        lag = found.pop("lag") or 0
        return found | {"after": dict.fromkeys(found["after"], lag)}


class PromiseForm(ActorForm, forms.Form):
    """A day that a carrier promised for its part."""

    promised_on = day_field(gettext_lazy("Promised for"))
    supplier = forms.ModelChoiceField(
        Supplier.objects.none(), label=gettext_lazy("Carrier"), required=False
    )
    reference = forms.CharField(
        label=gettext_lazy("Their reference"), max_length=100, required=False
    )
    note = forms.CharField(
        label=pgettext_lazy("a slip", "What happened"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Only if it is later than the customer date."),
    )

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"supplier": packages.carriers(seen_by=self.by)}


class BaselineForm(forms.Form):
    promised_on = day_field(
        gettext_lazy("Customer date"),
        help_text=gettext_lazy(
            "Proposed is the 80 % date of the design’s check, or the planned end if it is later."
        ),
    )
    note = forms.CharField(
        label=gettext_lazy("Comment"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Who was told, and where it is written."),
    )


class SlipForm(forms.Form):
    cause = forms.ChoiceField(label=pgettext_lazy("a slip", "Cause"), choices=Party.choices)
    note = forms.CharField(
        label=pgettext_lazy("a slip", "What happened"),
        max_length=300,
        help_text=gettext_lazy("The customer will ask."),
    )


class NeedsForm(ActorForm, forms.Form):
    """A pool for each need that nothing holds yet."""

    since = day_field(gettext_lazy("Reserved from"), initial=workdays.today)

    def __init__(self, *args: Any, project: Project, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = list(packages.needs_of(project, seen_by=self.by))
        rest, offered = packages.rest_of_needs(rows), packages.pools_for(rows)
        self.needs = [need for need in rows if rest[need.pk]]
        for need in self.needs:
            self.fields[f"need_{need.pk}"] = forms.ModelChoiceField(
                CapacityPool.objects.filter(pk__in=[pool.pk for pool in offered[need.pk]]),
                label=f"{need.title} · {rest[need.pk].normalize():f} {need.get_unit_display()}",
                required=False,
                initial=packages.default_pool(need, offered[need.pk]),
            )

    def arguments(self) -> dict[str, Any]:
        found = {need.pk: self.cleaned_data[f"need_{need.pk}"] for need in self.needs}
        pools = {pk: pool for pk, pool in found.items() if pool is not None}
        return {"pools": pools, "since": self.cleaned_data["since"]}


class UnitsForm(ActorForm, forms.Form):
    """The choice of units of an item; the action checks that they are free."""

    item = forms.ModelChoiceField(
        ConfigurationItem.objects.none(),
        label=gettext_lazy("Item"),
        widget=Picker("infrastructure_pick_item"),
    )
    units = forms.CharField(
        label=pgettext_lazy("of an item", "Units"),
        max_length=200,
        help_text=gettext_lazy("Such as U12 to U15, or 7."),
    )
    since = day_field(gettext_lazy("Reserved from"))

    def __init__(self, *args: Any, need: TechnicalNeed, **options: Any) -> None:
        super().__init__(*args, **options)
        kinds = packages.KINDS_OF.get(need.unit, ())
        choose_among(self, "item", items(seen_by=self.by).filter(kind__in=kinds))

    def arguments(self) -> dict[str, Any]:
        return {"since": workdays.today(), **self.cleaned_data}


class DeliverableForm(ActorForm, forms.Form):
    name_fr = forms.CharField(label=gettext_lazy("French name"), max_length=200)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=200)
    package = forms.ModelChoiceField(
        WorkPackage.objects.none(), label=gettext_lazy("Task"), required=False
    )

    def __init__(self, *args: Any, project: Project, **options: Any) -> None:
        super().__init__(*args, **options)
        choose_among(self, "package", packages.packages_of(project, seen_by=self.by))


class PlaceForm(forms.Form):
    place = forms.CharField(
        label=gettext_lazy("Location"),
        max_length=500,
        help_text=gettext_lazy("A URL, or a location in the document store."),
    )


class VersionForm(PlaceForm):
    note = forms.CharField(label=gettext_lazy("Changes"), max_length=500, required=False)


class RefusalForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The author reads it to correct the deliverable."),
    )


class RiskForm(ActorForm, forms.Form):
    title = forms.CharField(label=pgettext_lazy("a risk", "Description"), max_length=300)
    likelihood = forms.IntegerField(
        label=gettext_lazy("Likelihood"), min_value=1, max_value=5, initial=3
    )
    harm = forms.IntegerField(
        label=pgettext_lazy("a risk", "Impact"), min_value=1, max_value=5, initial=3
    )
    response = forms.CharField(
        label=pgettext_lazy("a risk", "Mitigation"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    owner = person_field(gettext_lazy("Owner"))

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"owner": people(seen_by=self.by)}


class RiskChangeForm(RiskForm):
    closed = forms.BooleanField(label=pgettext_lazy("a risk", "Closed"), required=False)


class ActionForm(ActorForm, forms.Form):
    title = forms.CharField(label=pgettext_lazy("an action", "Action"), max_length=300)
    owner = person_field(gettext_lazy("Owner"))
    due_on = day_field(pgettext_lazy("an action", "Due date"), required=False)

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"owner": people(seen_by=self.by)}


class DoneForm(forms.Form):
    done = forms.BooleanField(required=False, initial=True)


class MinutesForm(forms.Form):
    held_on = day_field(pgettext_lazy("a meeting", "Date"), initial=workdays.today)
    title = forms.CharField(label=pgettext_lazy("a meeting", "Subject"), max_length=200)
    present = forms.CharField(
        label=pgettext_lazy("a meeting", "Participants"), max_length=300, required=False
    )
    text = forms.CharField(
        label=pgettext_lazy("a meeting", "Minutes and decisions"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class StepForm(forms.Form):
    """One work package of a template."""

    fr = forms.CharField(label=gettext_lazy("French name"), max_length=200)
    en = forms.CharField(label=gettext_lazy("English name"), max_length=200)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    party = forms.ChoiceField(
        label=pgettext_lazy("a work package", "Assigned to"), choices=Party.choices
    )
    days = forms.IntegerField(label=gettext_lazy("Working days"), min_value=0, max_value=2000)
    hours = forms.FloatField(label=pgettext_lazy("of work", "Hours"), min_value=0, required=False)
    role = forms.ChoiceField(
        label=gettext_lazy("Team"), choices=[("", "–"), *Team.Kind.choices], required=False
    )
    skill = forms.CharField(label=gettext_lazy("Skill"), max_length=100, required=False)
    level = forms.IntegerField(
        label=gettext_lazy("Level"), min_value=0, max_value=5, required=False
    )
    after = forms.MultipleChoiceField(
        label=gettext_lazy("Predecessors"), required=False, widget=forms.CheckboxSelectMultiple
    )
    each = forms.BooleanField(label=gettext_lazy("Repeat per unit of the line"), required=False)

    def __init__(self, *args: Any, others: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["after"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = others
