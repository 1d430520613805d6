"""Forms of customers and what they buy."""

import re
from datetime import timedelta
from typing import Annotated, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from pydantic import Field

from opale.customers.actions.contracts import CommitmentTerms
from opale.customers.forms.fields import OfferingField, ServiceField
from opale.customers.models import (
    Contact,
    Contract,
    ContractOption,
    Coverage,
    Customer,
    Measure,
    Service,
    SupportPlan,
)
from opale.customers.models.contracts import LONGEST_NOTICE
from opale.customers.queries import customers, plans, services
from opale.customers.queries.dates import today
from opale.customers.states import SERVICE_MOVES
from opale.organisation.queries.people import people
from opale.organisation.queries.reference import calendars
from opale.ui.forms import ActorForm, RowForm, choose_among
from opale.ui.list_field import ListField
from opale.ui.pickers import Picker, narrow_pickers
from opale.ui.typed_dates import DayField, WhenField

SECONDS = {"s": 1, "min": 60, "m": 60, "h": 3_600, "d": 86_400, "j": 86_400, "": 3_600}
_PIECE = re.compile(r"(\d+)\s*(min|m|h|d|j|s|)\s*")


class LengthField(forms.Field):
    """A field for a length of time as people write it: "4 h", "30 min", "2 h 30", "1 d".

    Programs send seconds.
    """

    body_type: ClassVar[Any] = Annotated[int, Field(gt=0, lt=10**9)]
    widget = forms.TextInput(attrs={"maxlength": 20})

    def to_python(self, value: Any) -> Any:
        if isinstance(value, int):
            return timedelta(seconds=value)
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
        raise ValidationError(_("Enter a duration such as 4 h, 30 min or 2 h 30."))
    return timedelta(seconds=seconds)


def written(length: timedelta) -> str:
    """Return a length as the text that `length_of` reads."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    pieces = [f"{hours} h"] if hours else []
    pieces += [f"{minutes} min"] if minutes else []
    pieces += [f"{seconds} s"] if seconds else []
    return " ".join(pieces)


class CustomerForm(ActorForm, RowForm):
    domains = ListField(
        joint="\n",
        widget=forms.Textarea(attrs={"rows": 2}),
        label=gettext_lazy("Mail domains"),
        required=False,
        initial=[],
        help_text=gettext_lazy(
            "One per line. Mail from these domains is attributed to this customer."
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
        choose_among(self, "calendar", calendars(seen_by=self.by))
        for name in ("service_manager", "architect"):
            choose_among(self, name, people(seen_by=self.by, left=True))


class OfCustomerForm(ActorForm, forms.Form):
    """Programs name the customer in the body, pages in their address."""

    customer = forms.ModelChoiceField(Customer.objects.none(), label=gettext_lazy("Customer"))

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"customer": customers.customers(seen_by=self.by, standing="all")}


class DepartureForm(forms.Form):
    """The day on which somebody leaves, by default today."""

    on = DayField(label=gettext_lazy("Left on"), required=False)

    def clean_on(self) -> Any:
        return self.cleaned_data["on"] or today()


class ContactForm(RowForm):
    class Meta:
        model = Contact
        fields = (
            "name", "email", "phone", "language",
            "may_open", "may_order", "may_approve", "may_enter",
        )  # fmt: skip


class NewContactForm(OfCustomerForm, ContactForm):
    pass


class ServiceForm(ActorForm, RowForm):
    class Meta:
        model = Service
        fields = ("name", "reference", "offering", "parent", "started_on")
        field_classes = {
            "offering": OfferingField, "started_on": DayField, "parent": ServiceField,
        }  # fmt: skip

    def __init__(self, *args: Any, customer: Customer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parents = services.services(seen_by=self.by)
        if owner_id := customer.pk if customer else self.instance.customer_id:
            parents = parents.filter(customer_id=owner_id)
        choose_among(self, "offering", services.offerings(seen_by=self.by, retired=True))
        choose_among(self, "parent", parents)
        narrow_pickers(self, customer=owner_id)


class NewServiceForm(OfCustomerForm, ServiceForm):
    pass


class ServiceMoveForm(forms.Form):
    """A move of a service and when it was, by default now."""

    move = forms.ChoiceField(choices=[(move.name, move.label) for move in SERVICE_MOVES])
    at = WhenField(required=False)

    def arguments(self) -> dict[str, Any]:
        moves = {move.name: move for move in SERVICE_MOVES}
        return self.cleaned_data | {"move": moves[self.cleaned_data["move"]]}


class ContractForm(forms.Form):
    number = forms.CharField(label=gettext_lazy("Number"), max_length=40)
    signed_on = DayField(label=gettext_lazy("Signed on"))
    starts = DayField(label=gettext_lazy("In force from"))
    ends = DayField(
        label=gettext_lazy("End (excluded)"),
        required=False,
        help_text=gettext_lazy("Leave empty if open-ended."),
    )
    notice_months = forms.IntegerField(
        label=pgettext_lazy("of a contract", "Notice in months"),
        required=False,
        min_value=0,
        max_value=LONGEST_NOTICE,
        help_text=gettext_lazy("Before the end date. Leave empty if none was agreed."),
    )


class NewContractForm(OfCustomerForm, ContractForm):
    pass


class ContractItemForm(ActorForm, forms.Form):
    """A form for what a contract gives to one of its services, or to all, from a day on."""

    service = forms.ModelChoiceField(
        label=gettext_lazy("Service"),
        queryset=Service.objects.none(),
        required=False,
        help_text=gettext_lazy("Leave empty for everything under the contract."),
    )
    starts = DayField(label=gettext_lazy("From"))
    ends = DayField(label=gettext_lazy("End (excluded)"), required=False)

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = services.services(seen_by=self.by, customer=contract.customer)
        found = found.exclude(state="terminated")
        choose_among(self, "service", found.order_by("name"))


class PlanChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # it takes none at run time
    def label_from_instance(self, obj: SupportPlan) -> str:
        return plans.plan_name(obj)


class PlanByCode(PlanChoice):
    body_type: ClassVar[Any] = str


class PlanAssignmentForm(ContractItemForm):
    plan = PlanChoice(label=gettext_lazy("Support plan"), queryset=SupportPlan.objects.none())

    field_order = ("service", "plan", "starts", "ends")

    def __init__(self, *args: Any, contract: Contract, **kwargs: Any) -> None:
        super().__init__(*args, contract=contract, **kwargs)
        choose_among(self, "plan", services.plans(seen_by=self.by))
        self.fields["service"].required = True
        self.fields["service"].help_text = ""


class PlanByCodeForm(PlanAssignmentForm):
    """The same for programs, which name the plan by its code."""

    service = forms.ModelChoiceField(Service.objects.none())
    plan = PlanByCode(
        SupportPlan.objects.none(),
        to_field_name="code",
        error_messages={"invalid_choice": gettext_lazy("No support plan has this code.")},
    )


class PlanPreviewForm(PlanByCodeForm):
    def arguments(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("service", "plan", "starts")}


class OptionForm(ContractItemForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("Option"),
        choices=ContractOption.Kind.choices,
        initial=ContractOption.Kind.PREMIUM,
    )

    field_order = ("kind", "service", "starts", "ends")


class PenaltyTermsField(forms.CharField):
    """A field for penalty terms as people write them; programs send them as they are stored.

    The action validates them.
    """

    body_type: ClassVar[Any] = dict[str, Any]

    def prepare_value(self, value: Any) -> Any:
        return value or ""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, dict):
            return value
        terms: dict[str, Any] = {}
        for part in filter(None, map(str.strip, str(value or "").split(";"))):
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
                    _("“%(part)s” is not valid: enter 99.9: 5, 2/h or max 20."),
                    params={"part": part},
                )
        return terms


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
    penalty_terms = PenaltyTermsField(
        label=gettext_lazy("Penalty, computed"),
        max_length=200,
        required=False,
        initial={},
        help_text=gettext_lazy(
            "Percentage of the monthly fee: 99.9: 5; 99.5: 10; max 20 for availability, 2/h; max "
            "20 for each hour started beyond a time."
        ),
    )

    field_order = (
        "measure", "target", "percent", "service", "priority", "coverage", "penalty",
        "penalty_terms", "starts",
    )  # fmt: skip

    def arguments(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        dates = {name: said.pop(name) for name in ("starts", "ends")}
        measure, coverage = Measure(said.pop("measure")), Coverage(said.pop("coverage"))
        return {"sold": CommitmentTerms(measure=measure, coverage=coverage, **said), **dates}


class EndForm(forms.Form):
    on = DayField(label=gettext_lazy("End (excluded)"))


class PlanForm(RowForm):
    class Meta:
        model = SupportPlan
        fields = ("code", "name_en", "name_fr")
        help_texts = {"code": gettext_lazy("Short name for files and programs, such as gold.")}
