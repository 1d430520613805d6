"""Import and export of customers, contacts and services as files."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from opale.customers import rights
from opale.customers.actions.customers import (
    create_contact,
    create_customer,
    discard_contact,
    discard_customer,
    edit_contact,
    edit_customer,
)
from opale.customers.actions.services import create_service, discard_service, edit_service
from opale.customers.models import Contact, Customer, Service
from opale.customers.queries import customers as customer_queries
from opale.customers.queries import services
from opale.endpoints.exchange.tables import (
    CellError,
    Column,
    Key,
    Reference,
    Table,
    one_of,
    yes_no_text,
    yes_or_no,
)
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid
from opale.organisation.queries.people import people
from opale.organisation.queries.reference import calendars

LANGUAGE = one_of("fr", "en")


def within(right: str) -> Callable[[QuerySet[Any], Actor], QuerySet[Any]]:
    """Return a filter for the rows on which the actor holds the right of changing them."""

    def editable(rows: QuerySet[Any], by: Actor) -> QuerySet[Any]:
        return rows.filter(by.reach(right, rows.model))

    return editable


def day(cell: str) -> date | None:
    """Return the day in a cell. Errors: Wrong."""
    try:
        return date.fromisoformat(cell) if cell else None
    except ValueError:
        raise CellError(_("Enter a date as 2026-12-31.")) from None


def _text(name: str) -> Callable[[Any], str]:
    return lambda row: str(getattr(row, name) or "")


def _customers(actor: Actor) -> QuerySet[Any]:
    return customer_queries.customers(seen_by=actor, standing="all")


def _people(actor: Actor) -> QuerySet[Any]:
    return people(seen_by=actor)


def _calendars(actor: Actor) -> QuerySet[Any]:
    return calendars(seen_by=actor)


def _by(column: str, name: str) -> Callable[[QuerySet[Any], Collection[Key]], QuerySet[Any]]:
    """Return a filter for the rows whose column is among the keys."""

    def find(rows: QuerySet[Any], keys: Collection[Key]) -> QuerySet[Any]:
        return rows.filter(**{f"{column}__in": [key[0] for key in keys]})

    find.__name__ = f"find_by_{name}"
    return find


def _create_customer(values: Mapping[str, Any], by: Actor) -> Customer:
    return create_customer(by=by, **values)


def _change_customer(row: Customer, values: Mapping[str, Any], by: Actor) -> None:
    edit_customer(row, by=by, **values)


CUSTOMERS = Table(
    name="customers",
    label=gettext_lazy("Customers"),
    right=rights.EDIT,
    read_right=rights.READ,
    columns=(
        Column("code", gettext_lazy("Code"), _text("code"), required=True),
        Column("name", gettext_lazy("Name"), _text("name"), required=True),
        Column("language", gettext_lazy("Language"), _text("language"), LANGUAGE, required=True),
        Column("time_zone", gettext_lazy("Time zone"), _text("time_zone"), required=True),
        Column(
            "calendar",
            gettext_lazy("Business hours"),
            lambda row: row.calendar.name,
            reference=Reference(_calendars, "name"),
            required=True,
        ),
        Column(
            "service_manager",
            gettext_lazy("Service manager"),
            lambda row: row.service_manager.email if row.service_manager else "",
            reference=Reference(_people, "email"),
        ),
        Column(
            "architect",
            gettext_lazy("Solution architect"),
            lambda row: row.architect.email if row.architect else "",
            reference=Reference(_people, "email"),
        ),
        Column(
            "domains",
            gettext_lazy("Mail domains"),
            lambda row: " ".join(row.domains),
            lambda cell: sorted({word.lower() for word in cell.split()}),
            " ".join,
        ),
        Column("phone", gettext_lazy("Switchboard"), _text("phone")),
    ),
    identify=lambda texts: (texts.get("code", ""),),
    rows=_customers,
    find=_by("code", "code"),
    editable=within(rights.EDIT),
    create=_create_customer,
    change=_change_customer,
    discard=lambda row, by: discard_customer(row, by=by),
)


def _contacts(actor: Actor) -> QuerySet[Any]:
    return customer_queries.contacts(seen_by=actor).order_by("customer__code", "name", "id")


def _identify_contact(texts: Mapping[str, str]) -> Key:
    """Return the key of a contact: the mail address at its customer, or the name without one."""
    return (texts.get("customer", ""), texts.get("email") or texts.get("name", ""))


def _find_contacts(rows: QuerySet[Any], keys: Collection[Key]) -> QuerySet[Any]:
    customers, words = {key[0] for key in keys}, {key[1] for key in keys}
    named = Q(email__in=words) | Q(email="", name__in=words)
    return rows.filter(named, customer__code__in=customers)


def _create_contact(values: Mapping[str, Any], by: Actor) -> Contact:
    fields = dict(values)
    return create_contact(fields.pop("customer"), by=by, **fields)


def _change_contact(row: Contact, values: Mapping[str, Any], by: Actor) -> None:
    edit_contact(row, by=by, **values)


def _may(name: str, label: Any) -> Column:
    return Column(name, label, lambda row: yes_no_text(getattr(row, name)), yes_or_no, yes_no_text)


CONTACTS = Table(
    name="contacts",
    label=gettext_lazy("Contacts"),
    right=rights.EDIT_CONTACTS,
    read_right=rights.READ,
    columns=(
        Column(
            "customer",
            gettext_lazy("Customer"),
            lambda row: row.customer.code,
            reference=Reference(_customers, "code"),
            required=True,
        ),
        Column("email", gettext_lazy("Email address"), _text("email"), str.lower),
        Column("name", gettext_lazy("Name"), _text("name"), required=True),
        Column("phone", gettext_lazy("Telephone"), _text("phone")),
        Column("language", gettext_lazy("Language"), _text("language"), LANGUAGE, required=True),
        _may("may_open", gettext_lazy("May open requests")),
        _may("may_order", gettext_lazy("May order")),
        _may("may_approve", gettext_lazy("May approve")),
        _may("may_enter", gettext_lazy("May enter a datacentre")),
    ),
    identify=_identify_contact,
    rows=_contacts,
    find=_find_contacts,
    editable=within(rights.EDIT_CONTACTS),
    create=_create_contact,
    change=_change_contact,
    discard=lambda row, by: discard_contact(row, by=by),
)


def _services(actor: Actor) -> QuerySet[Any]:
    return services.services(seen_by=actor).select_related("parent").order_by("reference")


def _create_service(values: Mapping[str, Any], by: Actor) -> Service:
    fields = dict(values)
    fields["state"] = fields.get("state") or Service.State.DESIGNED
    return create_service(fields.pop("customer"), by=by, **fields)


def _change_service(row: Service, values: Mapping[str, Any], by: Actor) -> None:
    if "state" in values:
        raise Invalid(
            state=_("The state of an existing record is changed on its page, not by import.")
        )
    if "customer" in values:
        raise Invalid(customer=_("The customer of a service cannot be changed."))
    edit_service(row, by=by, **values)


SERVICES = Table(
    name="services",
    label=gettext_lazy("Services"),
    right=rights.EDIT,
    read_right=rights.READ,
    columns=(
        Column("reference", gettext_lazy("Service reference"), _text("reference"), required=True),
        Column(
            "customer",
            gettext_lazy("Customer"),
            lambda row: row.customer.code,
            reference=Reference(_customers, "code"),
            required=True,
        ),
        Column("name", gettext_lazy("Name"), _text("name"), required=True),
        Column(
            "offering",
            gettext_lazy("Offering"),
            lambda row: row.offering.code,
            reference=Reference(
                lambda actor: services.offerings(seen_by=actor, retired=True), "code"
            ),
            required=True,
        ),
        Column(
            "parent",
            gettext_lazy("Part of"),
            lambda row: row.parent.reference if row.parent else "",
            reference=Reference(_services, "reference", own=True),
        ),
        Column("state", gettext_lazy("State"), _text("state"), one_of("", *Service.State.values)),
        Column(
            "started_on",
            gettext_lazy("In service since"),
            _text("started_on"),
            day,
            lambda when: when.isoformat() if when else "",
        ),
    ),
    identify=lambda texts: (texts.get("reference", ""),),
    rows=_services,
    find=_by("reference", "reference"),
    editable=within(rights.EDIT),
    create=_create_service,
    change=_change_service,
    discard=lambda row, by: discard_service(row, by=by),
)
