"""Validation of a request form against the customer's services, items and sites."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from opale.customers.models import Customer, Service
from opale.infrastructure.models import ConfigurationItem
from opale.infrastructure.queries.items import items_of_customer, provider_sites, sites_of_customer
from opale.kernel import clock
from opale.kernel.errors import Invalid
from opale.kernel.isolation import as_application
from opale.run.desk.domain.catalogue.form_fields import Field, parse_form
from opale.run.desk.domain.catalogue.routing import RouteDecision, decide_route, parse_rules
from opale.run.desk.domain.catalogue.validation import PickedRow, check_answers
from opale.run.desk.models import RequestType
from opale.run.desk.queries.requests import facts_for_rules


@dataclass(frozen=True, slots=True)
class RequestAnswers:
    """The stored values of a form, and the service and item that the ticket is about."""

    values: dict[str, Any]
    service: Service | None = None
    item: ConfigurationItem | None = None


def validate_answers(
    kind: RequestType,
    said: Mapping[str, Any],
    customer: Customer | None,
    *,
    fields: Sequence[Mapping[str, Any]] | None = None,
    service: Service | None = None,
) -> RequestAnswers:
    """Read the answers. `fields` is the form where it is not today's.

    Errors: Invalid, with one sentence for each field.
    """
    form = parse_form(kind.fields if fields is None else fields)
    picker = _Picker(customer)
    checked = check_answers(form, said, now=clock.now(), pick=picker.pick)
    if checked.errors:
        raise Invalid("", **checked.errors)
    return RequestAnswers(checked.values, service or picker.service, picker.item)


def preview_route(
    kind: RequestType,
    said: Mapping[str, Any],
    customer: Customer | None,
    *,
    service: Service | None = None,
) -> RouteDecision:
    """Return where a request would be routed by its answers so far; invalid ones are ignored.

    The caller checks that the asker may see the customer and the service.
    """
    picker = _Picker(customer)
    with as_application():
        checked = check_answers(parse_form(kind.fields), said, now=clock.now(), pick=picker.pick)
    facts = facts_for_rules(kind, checked.values, service or picker.service)
    return decide_route(parse_rules(kind.routes), facts)


class _Picker:
    """A look-up of the rows that answers name among the customer's own; keeps the first of each
    kind."""

    def __init__(self, customer: Customer | None) -> None:
        self.customer = customer
        self.service: Service | None = None
        self.item: ConfigurationItem | None = None

    def pick(self, field: Field, said: object) -> PickedRow:
        if self.customer is None:
            raise ValueError(_("Choose the requester first."))
        if field.kind == "service":
            return self._service(said, self.customer)
        if field.kind == "item":
            return self._item(said, self.customer)
        sites = sites_of_customer(self.customer)
        houses = provider_sites(sites) if field.kind == "datacentre" else sites
        site = _found(houses, said, "code")
        if site is None:
            raise ValueError(
                _("%(customer)s has nothing at this site, so access cannot be requested.")
                % {"customer": self.customer.name}
            )
        return PickedRow(site.pk, f"{site.code} {site.name}")

    def _service(self, said: object, customer: Customer) -> PickedRow:
        rows = Service.objects.filter(customer=customer).exclude(state=Service.State.TERMINATED)
        found = _found(rows.select_related("offering"), said, "reference")
        if found is None:
            raise ValueError(_("%(customer)s has no such service.") % {"customer": customer.name})
        self.service = self.service or found
        return PickedRow(found.pk, f"{found.reference} {found.name}")

    def _item(self, said: object, customer: Customer) -> PickedRow:
        found = _found(items_of_customer(customer), said, "name")
        if found is None:
            raise ValueError(_("%(customer)s has no such item.") % {"customer": customer.name})
        self.item = self.item or found
        return PickedRow(found.pk, found.name)


def _found(rows: "QuerySet[Any]", said: object, name: str) -> Any:
    """Return the row by its number, or by its name."""
    if isinstance(said, Mapping):
        said = said.get("id")
    if isinstance(said, Model):
        said = said.pk
    text = str(said).strip()
    if text.isdecimal() and len(text) < 19:
        return rows.filter(pk=int(text)).first()
    return rows.filter(**{name: text}).first()
