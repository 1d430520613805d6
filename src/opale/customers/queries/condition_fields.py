"""Fields of conditions that name customers and their services, by code and by reference."""

from collections.abc import Callable, Collection, Mapping

from django.utils.translation import gettext_lazy as _

from opale.conditions.declarations import Field, Kind, Label
from opale.customers.queries import lookups


def label_by(names: Callable[[Collection[str]], Mapping[str, str]]) -> Callable[[str], str]:
    """Return how a stored code is shown: by its name, "" if there is no such row."""
    return lambda code: names([code]).get(code, "")


def code_by(codes: Callable[[Collection[int]], Mapping[int, str]]) -> Callable[[str], str]:
    """Return how the number that a picker posts becomes the code that conditions compare."""
    return lambda picked: codes([int(picked)]).get(int(picked), "") if picked.isdecimal() else ""


def _customer(code: str) -> str:
    return str(lookups.customers_by_codes([code]).get(code, ""))


def _service(reference: str) -> str:
    found = lookups.services_by_references([reference]).get(reference)
    return str(found.service_id) if found else ""


def customer_field(group: Label) -> Field:
    return Field(
        name="customer", label=_("Customer"), kind=Kind.RECORD, group=group, blank=True,
        picker="customers_pick", label_of=label_by(lookups.names_of_customers),
        value_of=code_by(lookups.codes_of_customers), picked_of=_customer,
    )  # fmt: skip


def service_field(group: Label) -> Field:
    return Field(
        name="service", label=_("Service"), kind=Kind.RECORD, group=group, blank=True,
        picker="customers_pick_service", label_of=label_by(lookups.names_of_services),
        value_of=code_by(lookups.references_of_services), picked_of=_service,
    )  # fmt: skip
