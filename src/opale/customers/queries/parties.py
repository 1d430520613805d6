"""Who wrote or called: the party behind a mail address or a telephone number."""

import re
from dataclasses import dataclass

from opale.customers.models import PHONE_DIGITS, Contact, Customer, CustomersQuerySet, last_digits

# fmt: off
PUBLIC_DOMAINS = frozenset((
    "aol.com", "bbox.fr", "free.fr", "gmail.com", "gmx.com", "gmx.de", "gmx.fr",
    "googlemail.com", "hotmail.co.uk", "hotmail.com", "hotmail.fr", "icloud.com", "laposte.net",
    "libero.it", "live.com", "live.fr", "mac.com", "mail.com", "me.com", "msn.com", "neuf.fr",
    "numericable.fr", "orange.fr", "outlook.com", "outlook.fr", "pm.me", "proton.me",
    "protonmail.com", "sfr.fr", "sky.com", "t-online.de", "tutanota.com", "virginmedia.com",
    "wanadoo.fr", "web.de", "yahoo.co.uk", "yahoo.com", "yahoo.fr", "ymail.com", "zoho.com",
))
# fmt: on
"""Mail domains of everybody: such an address says nothing about a customer."""

_NOT_DIGITS = re.compile(r"\D")


@dataclass(frozen=True, slots=True)
class Party:
    """The customer of an address, with the contact when it is that of a known one.

    Without `customer`, nobody is known, or several customers could be meant: `candidates` then
    names them, and a person decides.
    """

    customer: Customer | None = None
    contact: Contact | None = None
    candidates: tuple[Customer, ...] = ()


UNKNOWN = Party()


def party_of(address: str) -> Party:
    """Whoever writes from this mail address, or calls from this number.

    A contact that still is one wins over the domain; a domain counts when customers say it is
    theirs, subdomains included, and never when it is a public one.
    """
    address = address.strip()
    if "@" in address:
        return _by_mail(address.lower())
    digits = _NOT_DIGITS.sub("", address)[-PHONE_DIGITS:]
    return _by_phone(digits) if len(digits) == PHONE_DIGITS else UNKNOWN


def is_public_domain(domain: str) -> bool:
    return domain.strip().lower() in PUBLIC_DOMAINS


def _by_mail(address: str) -> Party:
    known = _one(list(_present().filter(email=address)[:10]))
    return known if known is not UNKNOWN else _by_domain(address.rpartition("@")[2])


def _by_phone(digits: str) -> Party:
    rows = _present().annotate(digits=last_digits("phone")).filter(digits=digits)
    return _one(list(rows[:10]))


def _present() -> CustomersQuerySet[Contact]:
    return (
        Contact.objects.filter(left_on=None, customer__left_on=None)
        .select_related("customer")
        .order_by("id")
    )


def _one(contacts: list[Contact]) -> Party:
    """The contact when it is only one, the customer when all are of one, else the candidates."""
    customers = {contact.customer_id: contact.customer for contact in contacts}
    if not customers:
        return UNKNOWN
    if len(customers) > 1:
        return Party(candidates=tuple(customers.values()))
    return Party(contacts[0].customer, contacts[0] if len(contacts) == 1 else None)


def _by_domain(domain: str) -> Party:
    """The nearest domain that a customer owns: `mail.acme.example`, then `acme.example`."""
    while "." in domain:
        if not is_public_domain(domain):
            owners = list(Customer.objects.filter(left_on=None, domains__contains=[domain])[:10])
            if owners:
                return Party(owners[0]) if len(owners) == 1 else Party(candidates=tuple(owners))
        domain = domain.partition(".")[2]
    return UNKNOWN
