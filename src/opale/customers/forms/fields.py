"""Fields that choose an offering, a service or a contact."""

from typing import Any

from django import forms

from opale.customers.models import Contact, Offering, Service
from opale.customers.queries.plan_tables import offering_name
from opale.customers.queries.services import service_label
from opale.ui.pickers import Picker


class OfferingField(forms.ModelChoiceField):  # type: ignore[type-arg]  # it takes none at run time
    """A choice of offerings by their names."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", Picker("customers_pick_offering"))
        super().__init__(kwargs.pop("queryset", Offering.objects.none()), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return offering_name(obj)


class ServiceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # it takes none at run time
    """A choice of services with their references; those of the form's customer come first."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", Picker("customers_pick_service", within=("customer", "contact"))
        )
        super().__init__(kwargs.pop("queryset", Service.objects.none()), **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return service_label(obj)


class ContactField(forms.ModelChoiceField):  # type: ignore[type-arg]  # it takes none at run time
    """A choice of contacts; those of the form's customer come first."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault(
            "widget", Picker("customers_pick_contact", within=("customer", "service"))
        )
        super().__init__(kwargs.pop("queryset", Contact.objects.none()), **kwargs)
