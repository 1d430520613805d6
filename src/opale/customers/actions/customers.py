"""Actions on customers and their contacts."""

from collections.abc import Iterable
from datetime import date
from typing import Any, TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.core.validators import validate_domain_name, validate_email
from django.utils.translation import gettext as _

from opale.customers import rights
from opale.customers.facts import CustomerLeft
from opale.customers.models import Contact, Customer
from opale.customers.queries.parties import is_public_domain
from opale.kernel import live_topics
from opale.kernel.action_steps import (
    discard,
    lock_row,
    require_everywhere,
    require_on,
    update_changed,
)
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.clock import time_zones
from opale.kernel.constraints import translate_violations
from opale.kernel.errors import Conflict, Invalid
from opale.kernel.facts import announce
from opale.kernel.isolation import as_application
from opale.kernel.phone_numbers import e164
from opale.organisation.actions.access import change_login_email
from opale.organisation.models import Language, Person, WorkingCalendar
from opale.organisation.queries.identity import is_staff_address
from opale.organisation.queries.reference import home_country

LIST = "customers.customers"


class CustomerFields(TypedDict, total=False):
    code: str
    name: str
    language: str
    time_zone: str
    calendar: WorkingCalendar
    architect: Person | None
    service_manager: Person | None
    domains: Iterable[str]
    phone: str


class ContactFields(TypedDict, total=False):
    name: str
    email: str
    phone: str
    language: str
    may_open: bool
    may_order: bool
    may_approve: bool
    may_enter: bool


def create_customer(*, by: Actor, **fields: Unpack[CustomerFields]) -> Customer:
    """Create a customer. Errors: NotAllowed, Invalid."""
    require_everywhere(by, rights.EDIT)
    customer = Customer(**{"language": Language.FRENCH} | _checked_customer(dict(fields)))
    if not customer.code or not customer.name or customer.calendar_id is None:
        raise Invalid(_("Enter a code, a name and business hours."))
    with attributed(by), translate_violations(customers_customer_code_key=_code_taken()):
        customer.save(force_insert=True)
        publish_customer(customer)
    return customer


def edit_customer(customer: Customer, *, by: Actor, **fields: Unpack[CustomerFields]) -> None:
    """Change a customer. Errors: NotFound, NotAllowed, Invalid."""
    with attributed(by), translate_violations(customers_customer_code_key=_code_taken()):
        row = lock_row(Customer.objects.filter(pk=customer.pk), by, rights.EDIT)
        if update_changed(row, _checked_customer(dict(fields))):
            publish_customer(row)


def discard_customer(customer: Customer, *, by: Actor) -> None:
    """Delete a customer that was entered by mistake, while nothing refers to it.

    Errors: NotFound, NotAllowed, Conflict.
    """
    with attributed(by):
        row = lock_row(Customer.objects.filter(pk=customer.pk), by, rights.EDIT)
        publish_customer(row)
        discard(row)


def end_customer(customer: Customer, *, by: Actor, on: date) -> None:
    """Record that a customer leaves: no mail counts as its own, and its contacts lose their logins.

    Errors: NotFound, NotAllowed, Conflict (left already; services still run).
    """
    with attributed(by):
        row = lock_row(Customer.objects.filter(pk=customer.pk), by, rights.EDIT)
        if row.left_on is not None:
            raise Conflict(_("This customer is already inactive."))
        if row.services.filter(state="active").exists():
            raise Conflict(_("Terminate the active services of this customer first."))
        update_changed(row, {"left_on": on})
        announce(CustomerLeft(customer_id=row.pk, on=on), by=by)
        publish_customer(row)
        _end_streams(*row.contacts.exclude(user=None))


def reinstate_customer(customer: Customer, *, by: Actor) -> None:
    """Undo the leaving of a customer. Errors: NotFound, NotAllowed."""
    with attributed(by):
        row = lock_row(Customer.objects.filter(pk=customer.pk), by, rights.EDIT)
        update_changed(row, {"left_on": None})
        publish_customer(row)


def create_contact(customer: Customer, *, by: Actor, **fields: Unpack[ContactFields]) -> Contact:
    """Create a contact of a customer. Errors: NotAllowed, Invalid."""
    require_on(customer, by, rights.EDIT_CONTACTS)
    values = {"language": customer.language} | _checked_contact(dict(fields))
    contact = Contact(customer=customer, **values)
    if not contact.name:
        raise Invalid(name=_("Enter a name."))
    _refuse_staff_address(contact.email)
    with attributed(by), translate_violations(contact_email_once_per_customer=_email_taken()):
        contact.save(force_insert=True)
        publish_customer(customer, contact)
    return contact


def edit_contact(contact: Contact, *, by: Actor, **fields: Unpack[ContactFields]) -> None:
    """Change a contact; a new address is that of the login too.

    Errors: NotFound, NotAllowed, Invalid.
    """
    with attributed(by), translate_violations(contact_email_once_per_customer=_email_taken()):
        row = lock_row(Contact.objects.filter(pk=contact.pk), by, rights.EDIT_CONTACTS)
        changed = update_changed(row, _checked_contact(dict(fields)))
        if "email" in changed:
            _refuse_staff_address(row.email)
        if row.user_id and "email" in changed:
            if not row.email:
                raise Invalid(email=_("A contact with a login needs an email address."))
            change_login_email(row.user_id, row.email, by=by)
        if changed:
            publish_customer(row.customer, row)


def discard_contact(contact: Contact, *, by: Actor) -> None:
    """Delete a contact that was entered by mistake, while nothing refers to it.

    Errors: NotFound, NotAllowed, Conflict.
    """
    with attributed(by):
        row = lock_row(Contact.objects.filter(pk=contact.pk), by, rights.EDIT_CONTACTS)
        publish_customer(row.customer, row)
        discard(row)


def end_contact(contact: Contact, *, by: Actor, on: date) -> None:
    """Record that a contact leaves: mail from that address belongs to nobody.

    Errors: NotFound, NotAllowed, Conflict (left already).
    """
    with attributed(by):
        row = lock_row(Contact.objects.filter(pk=contact.pk), by, rights.EDIT_CONTACTS)
        if row.left_on is not None:
            raise Conflict(_("This contact is already inactive."))
        update_changed(row, {"left_on": on})
        publish_customer(row.customer, row)
        _end_streams(row)


def reinstate_contact(contact: Contact, *, by: Actor) -> None:
    """Undo the leaving of a contact.

    Errors: NotFound, NotAllowed, Invalid (the address is another contact's by now).
    """
    with attributed(by), translate_violations(contact_email_once_per_customer=_email_taken()):
        row = lock_row(Contact.objects.filter(pk=contact.pk), by, rights.EDIT_CONTACTS)
        update_changed(row, {"left_on": None})
        publish_customer(row.customer, row)


def publish_customer(customer: Customer, *rows: Contact) -> None:
    """Announce that the pages of a customer must be loaded again."""
    topics = [f"{row._meta.label_lower}:{row.pk}" for row in (customer, *rows)]
    live_topics.publish(*topics, customer_id=customer.pk)
    live_topics.publish(LIST)


def _end_streams(*contacts: Contact) -> None:
    """Let live streams check again who listens: contacts who left lose access."""
    for contact in contacts:
        if contact.user_id is not None:
            live_topics.publish(f"organisation.user:{contact.user_id}")


def _checked_customer(fields: dict[str, Any]) -> dict[str, Any]:
    wrong: dict[str, str] = {}
    for name in ("code", "name"):
        if name in fields:
            fields[name] = " ".join(fields[name].split())
            if not fields[name]:
                wrong[name] = _("Required.")
    if "code" in fields and "/" in fields["code"]:
        wrong["code"] = _("The code cannot contain a slash.")
    if "time_zone" in fields and fields["time_zone"] not in time_zones():
        wrong["time_zone"] = _("Unknown time zone.")
    if "domains" in fields:
        fields["domains"] = sorted({d.strip().lower() for d in fields["domains"] if d.strip()})
        if sentence := _wrong_domains(fields["domains"]):
            wrong["domains"] = sentence
    _read_phone(fields, wrong)
    _refuse_languages(fields, wrong)
    if wrong:
        raise Invalid(**wrong)
    return fields


def _read_phone(fields: dict[str, Any], wrong: dict[str, str]) -> None:
    """Read the number as it is compared, beside the number as typed."""
    if "phone" not in fields:
        return
    fields["phone"] = " ".join(fields["phone"].split())
    fields["phone_e164"] = e164(fields["phone"], home_country())
    if len(fields["phone"]) > 32:
        wrong["phone"] = _("A telephone number has at most 32 characters.")


def _wrong_domains(domains: list[str]) -> str:
    for domain in domains:
        if is_public_domain(domain):
            return _("%(domain)s is a public mail domain and cannot belong to one customer.") % {
                "domain": domain
            }
        try:
            validate_domain_name(domain)
        except ValidationError:
            return _("%(domain)s is not a mail domain.") % {"domain": domain}
    return ""


def _checked_contact(fields: dict[str, Any]) -> dict[str, Any]:
    wrong: dict[str, str] = {}
    if "name" in fields:
        fields["name"] = " ".join(fields["name"].split())
        if not fields["name"]:
            wrong["name"] = _("Enter a name.")
    if "email" in fields:
        fields["email"] = fields["email"].strip().lower()
        try:
            validate_email(fields["email"] or "nobody@opale.example")
        except ValidationError:
            wrong["email"] = _("Enter a valid email address.")
    _read_phone(fields, wrong)
    _refuse_languages(fields, wrong)
    if wrong:
        raise Invalid(**wrong)
    return fields


def _refuse_staff_address(email: str) -> None:
    """Refuse the address of somebody who works with Opale: mail from there would be a customer's,
    and no login could be given. Errors: Invalid.
    """
    with as_application():  # a customer's request reads no employees
        if email and is_staff_address(email):
            raise Invalid(email=_("This address belongs to an Opale user."))


def _refuse_languages(fields: dict[str, Any], wrong: dict[str, str]) -> None:
    if "language" in fields and fields["language"] not in ("fr", "en"):
        wrong["language"] = _("Choose French (fr) or English (en).")


def _code_taken() -> Invalid:
    return Invalid(code=_("Another customer has this code."))


def _email_taken() -> Invalid:
    return Invalid(email=_("Another contact of this customer has this address."))
