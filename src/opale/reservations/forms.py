"""Form of a reservation: its purpose, and lines of people, stock and units."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from opale.customers.models import Customer
from opale.customers.queries.customers import customers
from opale.infrastructure.queries.items import items
from opale.kernel.actor import Actor
from opale.organisation.models import Person
from opale.organisation.queries.people import people
from opale.reservations.actions.reservations import Line, NewReservation
from opale.reservations.models import ReservationLine
from opale.reservations.queries import reservations
from opale.reservations.rights import OVERBOOK
from opale.ui.forms import ActorForm, choose_among, only_when
from opale.ui.pickers import Picker
from opale.ui.typed_dates import DayField, WhenField

LINES: Final = 4
WHATS: Final = (
    ("", pgettext_lazy("line of a reservation", "Nothing")),
    ("person", pgettext_lazy("line of a reservation", "Hours of a person")),
    ("pool", pgettext_lazy("line of a reservation", "Quantity of stock")),
    ("unit", pgettext_lazy("line of a reservation", "Unit, such as U12 or port 4")),
)
FIELDS: Final = ("what", "person", "hours", "pool", "quantity", "item", "unit", "since", "last")
NEEDED: Final = {
    "person": ("person", "hours"),
    "pool": ("pool", "quantity"),
    "unit": ("item", "unit"),
}


class ReservationForm(ActorForm, forms.Form):
    purpose = forms.CharField(
        label=pgettext_lazy("a reservation", "Purpose"),
        max_length=200,
        help_text=gettext_lazy("What it is for, so that others understand it."),
    )
    customer = forms.ModelChoiceField(
        Customer.objects.none(),
        label=gettext_lazy("Customer"),
        required=False,
        widget=Picker("customers_pick"),
    )
    firm = forms.ChoiceField(
        label=pgettext_lazy("a reservation", "Status"),
        choices=[
            ("confirmed", pgettext_lazy("a reservation", "Confirmed")),
            ("tentative", pgettext_lazy("a reservation", "Tentative, to be confirmed")),
        ],
        widget=forms.RadioSelect,
        initial="confirmed",
    )
    probability = forms.IntegerField(
        label=gettext_lazy("Probability (%)"), min_value=0, max_value=100, required=False
    )
    expires_at = WhenField(
        label=gettext_lazy("Expires"),
        required=False,
        help_text=gettext_lazy("Released automatically if not confirmed by then."),
    )
    approver = forms.ModelChoiceField(
        Person.objects.none(),
        label=gettext_lazy("Approved by"),
        required=False,
        widget=Picker("organisation_people_pick"),
    )
    approval_reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300, required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        choose_among(self, "customer", customers(seen_by=self.by))
        choose_among(self, "approver", people(seen_by=self.by))
        if not self.by.can(OVERBOOK):
            del self.fields["approver"], self.fields["approval_reason"]
        only_when(self, "firm=tentative", "probability", "expires_at")
        for number in range(1, LINES + 1):
            self._add_line(number, self.by)

    def lines(self) -> Iterator[tuple[int, list[BoundField], bool]]:
        """Yield the number and fields of each line, and whether it is shown."""
        for number in range(1, LINES + 1):
            bound = [self[f"{name}_{number}"] for name in FIELDS]
            said = bound[0].value() or any(field.errors for field in bound)
            yield number, bound, number == 1 or bool(said)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("firm") == "tentative":
            for name in ("probability", "expires_at"):
                if said.get(name) is None and name not in self.errors:
                    self.add_error(
                        name,
                        _("Enter the probability and expiry of a tentative reservation."),
                    )
        for number in range(1, LINES + 1):
            what = said.get(f"what_{number}")
            for name in NEEDED.get(what or "", ()):
                field = f"{name}_{number}"
                if said.get(field) in (None, "") and field not in self.errors:
                    self.add_error(field, _("Required for the selection above."))
            if what and self._since(said, number) is None:
                self.add_error(f"since_{number}", _("Enter the first day."))
            if what == "person" and self._last(said, number) is None:
                self.add_error(f"last_{number}", _("Enter the last day for the hours of a person."))
        return said

    def asked(self) -> NewReservation:
        said = self.cleaned_data
        tentative = said["firm"] == "tentative"
        return NewReservation(
            purpose=said["purpose"],
            customer=said["customer"],
            probability=said["probability"] if tentative else None,
            expires_at=said["expires_at"] if tentative else None,
            approver=said.get("approver"),
            approval_reason=said.get("approval_reason") or "",
            lines=tuple(
                self._line(said, number) for number in range(1, LINES + 1) if said[f"what_{number}"]
            ),
        )

    def _line(self, said: dict[str, Any], number: int) -> Line:
        what = said[f"what_{number}"]
        since, last = self._since(said, number), self._last(said, number)
        if since is None:
            raise ValidationError(_("Enter the first day."))
        until = last + timedelta(days=1) if last else None
        if what == "person":
            hours: Decimal = said[f"hours_{number}"]
            return Line(since=since, until=until, person=said[f"person_{number}"], quantity=hours)
        if what == "pool":
            return Line(
                since=since,
                until=until,
                pool=said[f"pool_{number}"],
                quantity=said[f"quantity_{number}"],
            )
        return Line(
            since=since, until=until, item=said[f"item_{number}"], unit=said[f"unit_{number}"]
        )

    def _since(self, said: dict[str, Any], number: int) -> date | None:
        """Return the line's first day, else that of the first line."""
        found: date | None = said.get(f"since_{number}") or said.get("since_1")
        return found

    def _last(self, said: dict[str, Any], number: int) -> date | None:
        """Return the line's last day; for a line without any day, that of the first line."""
        own: date | None = said.get(f"last_{number}")
        inherits = own is None and not said.get(f"since_{number}")
        return said.get("last_1") if inherits else own

    def _add_line(self, number: int, by: Actor) -> None:
        added: dict[str, forms.Field] = {
            "what": forms.ChoiceField(
                label=pgettext_lazy("line of a reservation", "Resource"),
                choices=WHATS[1:] if number == 1 else WHATS,
                required=number == 1,
            ),
            "person": forms.ModelChoiceField(
                people(seen_by=by),
                label=gettext_lazy("Person"),
                required=False,
                widget=Picker("organisation_people_pick"),
            ),
            "hours": forms.DecimalField(
                label=gettext_lazy("Hours a day"),
                min_value=Decimal("0.25"),
                max_value=Decimal(24),
                decimal_places=2,
                required=False,
            ),
            "pool": forms.ModelChoiceField(
                reservations.pools(seen_by=by),
                label=gettext_lazy("Stock"),
                required=False,
                widget=Picker("reservations_pick_pool"),
            ),
            "quantity": forms.DecimalField(
                label=gettext_lazy("Quantity"),
                min_value=Decimal("0.01"),
                max_digits=12,
                decimal_places=2,
                required=False,
            ),
            "item": forms.ModelChoiceField(
                items(seen_by=by),
                label=gettext_lazy("Item"),
                required=False,
                widget=Picker("infrastructure_pick_item"),
            ),
            "unit": forms.CharField(
                label=pgettext_lazy("an item", "Unit"), max_length=40, required=False
            ),
            "since": DayField(label=pgettext_lazy("days", "From"), required=False),
            "last": DayField(label=gettext_lazy("Last day"), required=False),
        }
        for name, field in added.items():
            self.fields[f"{name}_{number}"] = field
        if number == 1:
            self.fields["since_1"].required = True
            self.fields["last_1"].help_text = gettext_lazy(
                "Without a last day, stock and units stay reserved until released."
            )
        else:
            self.fields[f"last_{number}"].help_text = gettext_lazy(
                "Leave empty to use the days of the first line."
            )
        for what, names in NEEDED.items():
            only_when(self, f"what_{number}={what}", *(f"{name}_{number}" for name in names))


class EditForm(ActorForm, forms.Form):
    """What a reservation is for, and whose it is."""

    purpose = forms.CharField(label=pgettext_lazy("a reservation", "Purpose"), max_length=200)
    holder = forms.ModelChoiceField(
        Person.objects.none(),
        label=pgettext_lazy("a reservation", "Reserved by"),
        widget=Picker("organisation_people_pick"),
    )
    customer = forms.ModelChoiceField(
        Customer.objects.none(),
        label=gettext_lazy("Customer"),
        required=False,
        widget=Picker("customers_pick"),
    )

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"holder": people(seen_by=self.by), "customer": customers(seen_by=self.by)}


class LineForm(forms.Form):
    """The days and the quantity of a line."""

    since = DayField(label=pgettext_lazy("days", "From"))
    last = DayField(label=gettext_lazy("Last day"), required=False)
    quantity = forms.DecimalField(
        label=gettext_lazy("Quantity"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2
    )

    def __init__(self, *args: Any, reservation_line: ReservationLine, **options: Any) -> None:
        super().__init__(*args, **options)
        if reservation_line.person_id is not None:
            self.fields["last"].required = True
            self.fields["quantity"].label = gettext_lazy("Hours a day")
        else:
            self.fields["last"].help_text = gettext_lazy(
                "Without a last day, stock and units stay reserved until released."
            )
        if reservation_line.item_id is not None:
            self.fields["quantity"].disabled = True
            self.fields["quantity"].widget = forms.HiddenInput()
