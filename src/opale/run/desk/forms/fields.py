"""Fields that several forms of the desk have."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from opale.customers.models import Service
from opale.customers.queries.services import service_label
from opale.kernel.actor import Actor
from opale.run.desk.rights import ADMINISTER, WORK


class ServiceChoiceField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A service of the customer, with the reference that tells twins apart."""

    def label_from_instance(self, service: Service) -> str:
        return service_label(service)


class AffectedServicesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """The services that an incident took down, among those that it may have."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **options: Any) -> None:
        self.with_customer = False
        super().__init__(
            queryset=Service.objects.none(),
            help_text=_("With none ticked, the ticket's own service."),
            **options,
        )

    def offer(self, found: Iterable[Service], *, with_customer: bool) -> None:
        self.with_customer = with_customer
        keys = [one.pk for one in found]
        rows = Service.objects.filter(pk__in=keys).select_related("customer")
        self.queryset = rows.order_by("name", "reference")

    def label_from_instance(self, service: Service) -> str:
        label = service_label(service)
        return f"{label} · {service.customer.name}" if self.with_customer else label


def fix_personal(form: forms.Form, row: Any, by: Actor, *, editable: bool) -> bool | None:
    """Remove the choice whether a row is one's own where the actor has none; return what it is.

    Only leads may edit shared ones, everybody their own.
    """
    fixed = None
    if (row is not None and row.person_id is None) or not by.can(WORK) or by.person_id is None:
        fixed = False
    elif not by.can(ADMINISTER):
        fixed = True
    if fixed is not None:
        del form.fields["personal"]
    for field in form.fields.values():
        field.disabled = not editable
    return fixed
