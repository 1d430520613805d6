"""Forms of customers and what they buy."""

import re
from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from opale.customers.models import (
    Contact,
    ContractOption,
    Coverage,
    Customer,
    Measure,
    Offering,
    Service,
    SupportPlan,
)
from opale.customers.models.contracts import LONGEST_NOTICE
from opale.customers.queries import plans, services
from opale.kernel.actor import Actor
from opale.ui.pickers import Picker

SECONDS = {"s": 1, "min": 60, "m": 60, "h": 3_600, "d": 86_400, "j": 86_400, "": 3_600}
WRITTEN_OPTION = re.compile(
    r"(?P<key>[^:]+?)\s*:\s*(?P<name_en>[^()]+?)(\s+/\s+(?P<name_fr>[^()]+?))?"
    r"(\s*\((?P<unit>[^()]*)\))?"
)
_PIECE = re.compile(r"(\d+)\s*(min|m|h|d|j|s|)\s*")


def choose_among(form: forms.BaseForm, name: str, rows: QuerySet[Any]) -> None:
    """Offer the rows that the actor may choose from."""
    field = form.fields[name]
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = rows


class DayField(forms.DateField):
    """A date field with the browser's own calendar."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, **options)


class LengthField(forms.Field):
    """A field for a length of time as people write it: "4 h", "30 min", "2 h 30", "1 d"."""

    widget = forms.TextInput(attrs={"maxlength": 20})

    def to_python(self, value: Any) -> Any:
        text = str(value or "").strip().lower()
        return length_of(text) if text else None

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, timedelta) else value


def length_of(text: str) -> timedelta:
    """Return the length that a text means. Errors: ValidationError."""
    seconds, place, unit = 0, 0, ""
    for piece in _PIECE.finditer(text):
        if piece.start() != place or not piece[0]:
            break
        # "2 h 30": a number without a unit after the hours means minutes.
        factor = 60 if unit == "h" and not piece[2] else SECONDS[piece[2]]
        seconds, place, unit = seconds + int(piece[1]) * factor, piece.end(), piece[2]
    if place != len(text) or not 0 < seconds < 60_000_000:
        raise ValidationError(_("Write a length of time such as 4 h, 30 min or 2 h 30."))
    return timedelta(seconds=seconds)


def written(length: timedelta) -> str:
    """Return a length as the text that `length_of` reads."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    pieces = [f"{hours} h"] if hours else []
    pieces += [f"{minutes} min"] if minutes else []
    pieces += [f"{seconds} s"] if seconds else []
    return " ".join(pieces)


class CustomerForm(forms.ModelForm):  # type: ignore[type-arg]  # it takes none at run time
    domains = forms.CharField(
        label=gettext_lazy("Mail domains"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "One a line. Whoever writes from there is taken as being of this customer."
        ),
    )

    class Meta:
        model = Customer
        fields = (
            "name", "code", "phone", "language", "time_zone", "calendar", "service_manager",
            "architect",
        )  # fmt: skip
        widgets = {
            "service_manager": Picker("customers_pick_person"),
            "architect": Picker("customers_pick_person"),
        }

    field_order = (
        "name", "code", "domains", "phone", "language", "time_zone", "calendar", "service_manager",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("domains", "\n".join(self.instance.domains))

    def clean_domains(self) -> list[str]:
        return str(self.cleaned_data["domains"]).replace(",", " ").split()


class ContactForm(forms.ModelForm):  # type: ignore[type-arg]  # it takes none at run time
    class Meta:
        model = Contact
        fields = (
            "name", "email", "phone", "language",
            "may_open", "may_order", "may_approve", "may_enter",
        )  # fmt: skip


class OptionsField(forms.CharField):
    """A field for an offering's options, one a line: `power_kw: Power / Puissance (kW)`.

    A single name is used for both languages.
    """

    def __init__(self, **said: Any) -> None:
        for name in ("encoder", "decoder"):
            said.pop(name, None)
        super().__init__(**said | {"widget": forms.Textarea(attrs={"rows": 4})})

    def to_python(self, value: Any) -> Any:
        return [self._option(line) for line in str(value or "").splitlines() if line.strip()]

    def _option(self, line: str) -> dict[str, str]:
        found = WRITTEN_OPTION.fullmatch(line.strip())
        if found is None:
            raise ValidationError(_("Write one a line, as power_kw: Power / Puissance (kW)."))
        said = {name: (text or "").strip() for name, text in found.groupdict().items()}
        return said | {"name_fr": said["name_fr"] or said["name_en"]}

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return "\n".join(
            f"{one['key']}: {one['name_en']} / {one['name_fr']}"
            + (f" ({one['unit']})" if one["unit"] else "")
            for one in value
        )


class OfferingForm(forms.ModelForm):  # type: ignore[type-arg]  # it takes none at run time
    class Meta:
        model = Offering
        fields = ("code", "family", "name_en", "name_fr", "options", "retired_on")
        field_classes = {"retired_on": DayField, "options": OptionsField}
        help_texts = {
            "options": gettext_lazy("One a line, as power_kw: Power / Puissance (kW)."),
        }


class ServiceForm(forms.ModelForm):  # type: ignore[type-arg]  # it takes none at run time
    class Meta:
        model = Service
        fields = ("name", "reference", "offering", "parent", "started_on")
        field_classes = {"started_on": DayField}
        widgets = {
            "offering": Picker("customers_pick_offering"),
            "parent": Picker("customers_pick_service"),
        }

    def __init__(self, *args: Any, customer: Customer, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choose_among(self, "parent", services.services(seen_by=actor, customer=customer))


class ContractForm(forms.Form):
    number = forms.CharField(label=gettext_lazy("Number"), max_length=40)
    signed_on = DayField(label=gettext_lazy("Signed on"))
    starts = DayField(label=gettext_lazy("In force from"))
    ends = DayField(
        label=gettext_lazy("First day without it"),
        required=False,
        help_text=gettext_lazy("Empty while it is not known."),
    )
    notice_months = forms.IntegerField(
        label=pgettext_lazy("of a contract", "Notice in months"),
        required=False,
        min_value=0,
        max_value=LONGEST_NOTICE,
        help_text=gettext_lazy("Before its end; empty where none was agreed."),
    )


class ContractItemForm(forms.Form):
    """A form for what a contract gives to one of its services, or to all, from a day on."""

    service = forms.ModelChoiceField(
        label=gettext_lazy("Service"),
        queryset=Service.objects.none(),
        required=False,
        help_text=gettext_lazy("Empty for everything under the contract."),
    )
    starts = DayField(label=gettext_lazy("From"))
    ends = DayField(label=gettext_lazy("First day without it"), required=False)

    def __init__(self, *args: Any, customer: Customer, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = services.services(seen_by=actor, customer=customer).exclude(state="terminated")
        choose_among(self, "service", found.order_by("name"))


class PlanChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # it takes none at run time
    def label_from_instance(self, obj: SupportPlan) -> str:
        return plans.plan_name(obj)


class PlanAssignmentForm(ContractItemForm):
    plan = PlanChoice(label=gettext_lazy("Support plan"), queryset=SupportPlan.objects.none())

    field_order = ("service", "plan", "starts", "ends")

    def __init__(self, *args: Any, customer: Customer, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, customer=customer, actor=actor, **kwargs)
        choose_among(self, "plan", services.plans(seen_by=actor))
        self.fields["service"].required = True
        self.fields["service"].help_text = ""


class OptionForm(ContractItemForm):
    kind = forms.ChoiceField(label=gettext_lazy("Option"), choices=ContractOption.Kind.choices)

    field_order = ("kind", "service", "starts", "ends")


class CommitmentForm(ContractItemForm):
    measure = forms.ChoiceField(label=gettext_lazy("Measure"), choices=Measure.choices)
    target = LengthField(
        label=gettext_lazy("Time promised"),
        required=False,
        help_text=gettext_lazy("Such as 4 h or 30 min; for GTI and GTR."),
    )
    percent = forms.DecimalField(
        label=gettext_lazy("Availability (%)"), required=False, max_digits=6, decimal_places=3
    )
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"),
        choices=[("", gettext_lazy("All priorities")), *((n, f"P{n}") for n in range(1, 6))],
        coerce=int,
        empty_value=None,
        required=False,
    )
    coverage = forms.ChoiceField(label=gettext_lazy("Coverage"), choices=Coverage.choices)
    penalty = forms.CharField(label=gettext_lazy("Penalty"), max_length=300, required=False)
    penalty_terms = forms.CharField(
        label=gettext_lazy("Penalty, computed"),
        max_length=200,
        required=False,
        help_text=gettext_lazy(
            "In percent of the monthly fee: 99.9: 5; 99.5: 10; max 20 for an availability, "
            "2/h; max 20 for each hour begun beyond a time."
        ),
    )

    field_order = (
        "measure", "target", "percent", "service", "priority", "coverage", "penalty",
        "penalty_terms", "starts",
    )  # fmt: skip

    def clean_penalty_terms(self) -> dict[str, Any]:
        """Return the terms as they are stored; the action validates them."""
        terms: dict[str, Any] = {}
        for part in filter(None, map(str.strip, self.cleaned_data["penalty_terms"].split(";"))):
            said = part.replace(",", ".").replace("%", "").replace(" ", "").lower()
            below, colon, percent = said.partition(":")
            if colon:
                terms.setdefault("steps", []).append({"below": below, "percent": percent})
            elif said.startswith("max"):
                terms["cap"] = said.removeprefix("max")
            elif said.endswith("/h"):
                terms["per_hour"] = said.removesuffix("/h")
            else:
                raise forms.ValidationError(
                    _("“%(part)s” is not understood: write 99.9: 5, 2/h or max 20."),
                    params={"part": part},
                )
        return terms


class EndForm(forms.Form):
    on = DayField(label=gettext_lazy("First day without it"))
