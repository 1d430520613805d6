"""Fields that choose a service or a contact."""

from typing import Any

from django import forms

from opale.customers.models import Contact, Service
from opale.customers.queries.services import service_label
from opale.ui.pickers import Picker


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
