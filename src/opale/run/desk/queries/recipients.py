"""The recipients of a reply, identified: contact, colleague or stranger.

Source: docs/rules/replying.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from opale.customers.models import Contact
from opale.messaging.queries.suppressions import suppressed_among
from opale.organisation.models import Person
from opale.run.desk.models import Ticket

Standing = Literal["known", "colleague", "neighbour", "stranger", "foreign"]
AUTHORITIES = ("may_open", "may_order", "may_approve", "may_enter")
SUGGESTED = 50


@dataclass(frozen=True, slots=True)
class Recipient:
    """A recipient's address and identity.

    `known` is a contact of the ticket's customer, `neighbour` an unknown address where the customer
    has others, `stranger` one where it has none, `foreign` the contact of another customer.
    """

    email: str
    standing: Standing
    name: str = ""
    authorities: tuple[str, ...] = ()
    of: str = ""
    takes_none: bool = False
    """Its mail server rejected the address: a mail will hardly arrive."""

    @property
    def domain(self) -> str:
        return self.email.rpartition("@")[2]

    @property
    def alarming(self) -> bool:
        return self.standing in ("stranger", "foreign")


def identify_recipients(ticket: Ticket, emails: Sequence[str]) -> list[Recipient]:
    """Identify the recipients, in the order in which they were named."""
    wanted = [email.lower() for email in emails]
    if not wanted:
        return []
    contacts = Contact.objects.filter(email__in={*emails, *wanted}).select_related("customer")
    known: dict[str, Contact] = {}
    for contact in contacts:
        same = contact.customer_id == ticket.customer_id
        if same or contact.email.lower() not in known:
            known[contact.email.lower()] = contact
    colleagues = dict(
        Person.objects.filter(email__in={*emails, *wanted}).values_list("email", "name")
    )
    colleagues = {email.lower(): name for email, name in colleagues.items()}
    dead = suppressed_among(wanted)
    return [
        replace(_recipient(ticket, email, known, colleagues), takes_none=email.lower() in dead)
        for email in emails
    ]


def _recipient(
    ticket: Ticket, email: str, known: dict[str, Contact], colleagues: dict[str, str]
) -> Recipient:
    contact = known.get(email.lower())
    if contact is not None and contact.customer_id == ticket.customer_id:
        may = tuple(name for name in AUTHORITIES if getattr(contact, name))
        return Recipient(email, "known", contact.name, may)
    if email.lower() in colleagues:
        return Recipient(email, "colleague", colleagues[email.lower()])
    if contact is not None:
        return Recipient(email, "foreign", contact.name, of=contact.customer.name)
    domain = email.rpartition("@")[2]
    here = Contact.objects.filter(customer_id=ticket.customer_id or 0)
    near = bool(domain) and here.filter(email__iendswith=f"@{domain}").exists()
    return Recipient(email, "neighbour" if near else "stranger")


def suggested_recipients(ticket: Ticket) -> list[tuple[str, str]]:
    """Return addresses and names of the customer's contacts, to choose from."""
    if ticket.customer_id is None:
        return []
    rows = Contact.objects.filter(customer_id=ticket.customer_id, left_on=None)
    return list(rows.exclude(email="").order_by("name").values_list("email", "name")[:SUGGESTED])
