"""Queries on customers and their contacts, as far as the actor may see them."""

from datetime import date
from typing import Literal, TypeVar

from django.db.models import Count, Exists, OuterRef, Q

from opale.customers import rights
from opale.customers.models import Contact, ContractedPlan, Customer, CustomersQuerySet
from opale.kernel.actor import Actor, Scope
from opale.kernel.errors import NotFound
from opale.kernel.trigrams import name_contains
from opale.organisation.models import User
from opale.organisation.ports import ContactIdentity
from opale.organisation.queries.identity import grants_of_contact

PEOPLE = "organisation.read"
"""Without it the names of the provider's people and their calendars are not read at all."""

T = TypeVar("T")
Presence = Literal["present", "left", "all"]


def customers(
    *,
    seen_by: Actor,
    text: str = "",
    language: str = "",
    manager_id: int | None = None,
    plan: str = "",
    on: date | None = None,
    standing: Presence = "present",
) -> CustomersQuerySet[Customer]:
    """Return customers by words of their name, code or mail domain, and by the filters."""
    found = Customer.objects.visible_to(seen_by)
    if seen_by.can(PEOPLE):
        found = found.select_related("architect", "service_manager", "calendar")
    for word in text.split():
        called = name_contains(word, "name", "code")
        # Only a word with a dot can be a domain; the others use the trigram index.
        found = found.filter(
            called | Q(domains__contains=[word.lower()]) if "." in word else called
        )
    if standing != "all":
        found = found.filter(left_on__isnull=standing == "present")
    if language:
        found = found.filter(language=language)
    if manager_id is not None:
        found = found.filter(Q(service_manager_id=manager_id) | Q(architect_id=manager_id))
    if plan:
        held = ContractedPlan.objects.filter(customer=OuterRef("pk"), plan__code=plan)
        found = found.filter(Exists(held.filter(period__contains=on) if on else held))
    return found


def with_counts(found: CustomersQuerySet[Customer]) -> CustomersQuerySet[Customer]:
    """Return each customer with `service_count`, the services that are not terminated."""
    running = ~Q(services__state="terminated") & Q(services__isnull=False)
    return found.annotate(service_count=Count("services", filter=running))


def get_customer(customer_id: int, *, seen_by: Actor) -> Customer:
    """Return a customer. Errors: NotFound, hidden and missing alike."""
    return _there(customers(seen_by=seen_by, standing="all").filter(pk=customer_id).first())


def exists(customer_id: int) -> bool:
    """Return whether there is a customer, whoever may see it."""
    return Customer.objects.filter(pk=customer_id).exists()


def get_customer_by_code(code: str, *, seen_by: Actor) -> Customer:
    """Return a customer by code. Errors: NotFound."""
    return _there(customers(seen_by=seen_by, standing="all").filter(code=code).first())


def contacts(
    *,
    seen_by: Actor,
    customer: Customer | None = None,
    text: str = "",
    authority: str = "",
    left: bool = False,
) -> CustomersQuerySet[Contact]:
    """Return contacts by customer and filters; `authority`: `open`, `order`, `approve`, `enter`."""
    found = Contact.objects.visible_to(seen_by).select_related("customer")
    if seen_by.can(PEOPLE):
        found = found.select_related("user")
    if customer is not None:
        found = found.filter(customer=customer)
    if not left:
        found = found.filter(left_on=None)
    for word in text.split():
        found = found.filter(name_contains(word, "name", "email"))
    return found.filter(**{f"may_{authority}": True}) if authority in AUTHORITIES else found


AUTHORITIES = ("open", "order", "approve", "enter")


def get_contact(contact_id: int, *, seen_by: Actor) -> Contact:
    """Return a contact. Errors: NotFound."""
    return _there(contacts(seen_by=seen_by, left=True).filter(pk=contact_id).first())


def identity_of(user: User) -> ContactIdentity | None:
    """Return the contact that a login stands for; None once the contact or the customer has left.

    Opening requests needs the authority for it; reading does not.
    """
    present = Contact.objects.filter(left_on=None, customer__left_on=None)
    contact = present.filter(user_id=user.pk).first()
    if contact is None:
        return None
    without = () if contact.may_open else ("desk.request",)
    grants: dict[str, Scope] = grants_of_contact(contact.customer_id, without=without)
    return ContactIdentity(contact.pk, contact.name, contact.customer_id, grants)


def may_edit(customer: Customer, actor: Actor) -> bool:
    return Customer.objects.filter(pk=customer.pk).within(actor, rights.EDIT).exists()


def may_edit_contacts(customer: Customer, actor: Actor) -> bool:
    return Customer.objects.filter(pk=customer.pk).within(actor, rights.EDIT_CONTACTS).exists()


def _there(found: T | None) -> T:
    if found is None:
        raise NotFound
    return found
