"""Forms of catalogue requests, and the desk's own questions beside them."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.forms.utils import ErrorDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from opale.customers.forms.fields import ContactField, ServiceField
from opale.customers.queries.customers import contacts, customers
from opale.customers.queries.services import services
from opale.infrastructure.queries.items import items, sites
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid
from opale.organisation.queries.people import people
from opale.run.desk.domain.catalogue.form_fields import Field, in_language
from opale.run.desk.domain.catalogue.validation import PickedRow, check_answers
from opale.run.desk.models import RequestType, Source
from opale.ui.forms import ActorForm
from opale.ui.pickers import Picker
from opale.ui.typed_dates import WhenField

BLANK_ROWS = 3
PERSON = ("name", "company", "identity")
SOURCES = [(s.value, s.label) for s in (Source.PHONE, Source.MAIL, Source.AGENT)]
PICKS: dict[str, tuple[str, Callable[..., QuerySet[Any]]]] = {
    "service": ("customers_pick_service", services),
    "site": ("infrastructure_pick_site", sites),
    "datacentre": ("infrastructure_pick_datacentre", sites),
    "item": ("infrastructure_pick_item", items),
}


class PeopleInput(forms.Widget):
    """A table of people; empty rows are ignored."""

    template_name = "desk/requests/_people.html"

    def __init__(self, *, identity: bool, most: int | None) -> None:
        super().__init__()
        self.identity = identity
        self.most = most
        self.rows = BLANK_ROWS
        self.extra = 0

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> list[dict[str, str]]:
        part = re.compile(rf"{re.escape(name)}-(\d+)-({'|'.join(PERSON)})")
        found: dict[int, dict[str, str]] = {}
        for key in data:
            if matched := part.fullmatch(key):
                found.setdefault(int(matched[1]), {})[matched[2]] = str(data[key])
        self.rows = max(len(found), BLANK_ROWS) + self.extra
        return [found[number] for number in sorted(found)]

    def value_omitted_from_data(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> bool:
        return False

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        refused = bool(attrs and attrs.get("aria-invalid"))
        told = list(value or [])
        # One row is always free to type in; a refused form that has one is given no other.
        free = 0 if told and not any(told[-1].values()) else 1
        rows = max(self.rows, len(told) + free)
        rows = min(rows, self.most) if self.most else rows
        told += [{} for _row in range(rows - len(told))]
        context["widget"] |= {
            "rows": [
                {key: f"{name}-{number}-{key}" for key in PERSON}
                | {"person": person, "n": number, "missing": self.missing(person, refused=refused)}
                for number, person in enumerate(told)
            ],
            "identity": self.identity,
            "full": bool(self.most and rows >= self.most),
        }
        return context

    def missing(self, person: Mapping[str, str], *, refused: bool) -> list[str]:
        """Return what a person who was begun lacks, in a table that was refused."""
        needed = PERSON if self.identity else PERSON[:2]
        begun = refused and any(person.values())
        return [key for key in needed if not person.get(key)] if begun else []

    def _render(self, template_name: str, context: dict[str, Any], _renderer: Any = None) -> str:
        """Render with the pages' texts and icons, which the renderer of forms does not know."""
        return mark_safe(render_to_string(template_name, context))  # noqa: S308  # a template


class PeopleField(forms.Field):
    def __init__(self, *, identity: bool, most: int | None, **kwargs: Any) -> None:
        super().__init__(widget=PeopleInput(identity=identity, most=most), **kwargs)


class FilledForm(ActorForm, forms.Form):
    """The fields of a request type. The catalogue words the errors."""

    use_required_attribute = False

    def __init__(self, *args: Any, asked: Sequence[Field], more: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for one in asked:
            self.fields[one.name] = _drawn(one, self.by)
        if more in self.fields:
            self.untried(more)

    def untried(self, more: str) -> None:
        """Add one more row, without errors for what is still missing."""
        self._errors = ErrorDict()
        self.cleaned_data: dict[str, Any] = {}
        widget = self.fields[more].widget
        if isinstance(widget, PeopleInput):
            widget.extra = 1

    def _clean_fields(self) -> None:
        """Leave required fields to the catalogue: its error comes with all the others."""
        needed = {name: field.required for name, field in self.fields.items()}
        for one in self.asked:
            self.fields[one.name].required = False
        super()._clean_fields()  # type: ignore[misc]  # of the class, not of its stubs
        for name, field in self.fields.items():
            field.required = needed[name]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        checked = check_answers(self.asked, self.values(), now=clock.now(), pick=_as_said)
        for name, sentence in checked.errors.items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, sentence)
        return said

    def values(self) -> dict[str, Any]:
        """Return the answers as the catalogue reads them, without empty ones."""
        found = {}
        for one in self.asked:
            value = self.cleaned_data.get(one.name)
            if value not in (None, "", []):
                found[one.name] = value.pk if hasattr(value, "pk") else value
        return found

    def refuse(self, refusal: Invalid) -> None:
        for name, sentence in (refusal.fields or {"": refusal.sentence}).items():
            self.add_error(name if name in self.fields else None, sentence)


class DeskRequestForm(FilledForm):
    """A request at the desk, with its requester and source."""

    def __init__(self, *args: Any, kind: RequestType, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = list(self.fields)
        if kind.audience == RequestType.Audience.EMPLOYEES:
            who: dict[str, forms.Field] = {
                "employee": forms.ModelChoiceField(
                    label=_("Employee"),
                    queryset=people(seen_by=self.by),
                    widget=Picker("organisation_people_pick"),
                )
            }
        else:
            who = {
                "contact": ContactField(
                    label=_("Contact"), queryset=contacts(seen_by=self.by), required=False
                ),
                "customer": forms.ModelChoiceField(
                    label=_("Customer"),
                    queryset=customers(seen_by=self.by),
                    required=False,
                    widget=Picker("customers_pick"),
                    help_text=_("Only if the contact is unknown."),
                ),
            }
        self.who = list(who)
        self.fields |= who
        self.fields["source"] = forms.ChoiceField(label=_("Channel"), choices=SOURCES)
        self.fields["body"] = forms.CharField(
            label=_("Additional details"), required=False, widget=forms.Textarea
        )
        self.order_fields([*who, *asked, "source", "body"])

    @property
    def about(self) -> list[Any]:
        return [self[name] for name in self.who]

    @property
    def questions(self) -> list[Any]:
        return [self[one.name] for one in self.asked]


class OwnRequestForm(FilledForm):
    """An employee's own request."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"] = forms.CharField(
            label=_("Additional details"), required=False, widget=forms.Textarea
        )

    @property
    def questions(self) -> list[Any]:
        return [self[one.name] for one in self.asked]


def initial_values(asked: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return stored values as the form shows them."""
    found = {}
    for one in asked:
        value = values.get(one.name)
        if value is None:
            continue
        if one.kind in PICKS:
            value = value["id"]
        elif one.kind == "date":
            value = date.fromisoformat(value).isoformat()
        elif one.kind == "datetime":
            value = timezone.localtime(datetime.fromisoformat(value))
        elif one.kind == "yes_no":
            value = "yes" if value else "no"
        found[one.name] = value
    return found


def _drawn(one: Field, actor: Actor) -> forms.Field:
    """Return the form's field of one question; rows are those that the actor may see."""
    if one.kind not in PICKS:
        return drawn_field(one)
    url, rows = PICKS[one.kind]
    field = ServiceField if one.kind == "service" else forms.ModelChoiceField
    picker = Picker(url, within=("contact", "customer"))
    return field(queryset=rows(seen_by=actor), widget=picker, **_said_of(one))


def drawn_field(one: Field) -> forms.Field:
    """Return the form's field of a question that picks no row."""
    common = _said_of(one)
    if one.kind in ("date", "datetime"):
        return WhenField(**common)
    if one.kind == "people":
        return PeopleField(identity=one.identity, most=one.most, **common)
    if one.kind in ("choice", "yes_no"):
        told = [(o.value, in_language(o.label_en, o.label_fr)) for o in one.options]
        if one.kind == "yes_no":
            told = [("yes", _("yes")), ("no", _("no"))]  # type: ignore[list-item]  # lazy words
        return forms.ChoiceField(choices=[("", ""), *told], **common)
    widget = {"long_text": forms.Textarea()}.get(one.kind, forms.TextInput())
    if one.kind == "number":
        widget.attrs["inputmode"] = "decimal"
    return forms.CharField(widget=widget, **common)


def _said_of(one: Field) -> dict[str, Any]:
    return {"label": one.label(), "help_text": one.help(), "required": one.required}


def _as_said(_field: Field, said: object) -> PickedRow:
    """Return the picked id unchecked: the action looks it up among what the customer has."""
    return PickedRow(0, str(said))
