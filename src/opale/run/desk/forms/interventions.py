"""Form of an intervention outside the hours of the plan."""

import re
from typing import Annotated, Any, ClassVar, Final, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from opale.customers.models import Contact
from opale.customers.queries.customers import contacts
from opale.run.desk.models import Ticket
from opale.ui.forms import ActorForm
from opale.ui.typed_dates import WhenField

CURRENCY: Final = re.compile("[A-Z]{3}")


class CurrencyField(forms.ChoiceField):
    """A currency: people choose a usual one, programs send any."""

    body_type: ClassVar[Any] = Annotated[str, Field(pattern=f"^{CURRENCY.pattern}$")]

    def valid_value(self, value: object) -> bool:
        return CURRENCY.fullmatch(str(value)) is not None


class InterventionForm(ActorForm, forms.Form):
    agreed_by: "forms.ModelChoiceField[Contact]" = forms.ModelChoiceField(
        label=gettext_lazy("Agreed by"), queryset=None
    )
    price = forms.DecimalField(
        label=gettext_lazy("Agreed price"), max_digits=12, decimal_places=2, min_value=0
    )
    currency = CurrencyField(
        label=gettext_lazy("Currency"),
        choices=[(c, c) for c in ("EUR", "GBP", "CHF", "USD")],
        initial="EUR",
    )
    ends = WhenField(label=gettext_lazy("Until (optional)"), required=False)

    def __init__(self, *args: Any, ticket: Ticket, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entitled = contacts(seen_by=self.by, customer=ticket.customer, authority="order")
        chosen = cast("forms.ModelChoiceField[Any]", self.fields["agreed_by"])
        chosen.queryset = contacts(seen_by=self.by, left=True)  # the action says who may not order
        offered = [(one.pk, str(one)) for one in entitled.order_by("name")]
        chosen.widget.choices = [("", chosen.empty_label), *offered]
        chosen.help_text = _("Only contacts who may order are listed.")
