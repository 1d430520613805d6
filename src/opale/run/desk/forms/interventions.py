"""Form of an intervention outside the hours of the plan."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opale.customers.models import Contact
from opale.customers.queries.customers import contacts
from opale.kernel.actor import Actor
from opale.run.desk.models import Ticket
from opale.ui.typed_dates import WhenField


class InterventionForm(forms.Form):
    agreed_by: "forms.ModelChoiceField[Contact]" = forms.ModelChoiceField(
        label=gettext_lazy("Who agreed"), queryset=None
    )
    price = forms.DecimalField(
        label=gettext_lazy("Agreed price"), max_digits=12, decimal_places=2, min_value=0
    )
    currency = forms.ChoiceField(
        label=gettext_lazy("Currency"), choices=[(c, c) for c in ("EUR", "GBP", "CHF", "USD")]
    )
    ends = WhenField(label=gettext_lazy("Until, if said"), required=False)

    def __init__(self, *args: Any, ticket: Ticket, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        entitled = contacts(seen_by=actor, customer=ticket.customer, authority="order")
        chosen = cast("forms.ModelChoiceField[Contact]", self.fields["agreed_by"])
        chosen.queryset = entitled.order_by("name")
        chosen.help_text = _("Contacts of the customer who may order.")
