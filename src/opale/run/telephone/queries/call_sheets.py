"""Data of the call sheet: the likely caller, services, open tickets and incidents."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Final

from django.utils.translation import gettext as _

from opale.customers.models import Contact, Customer, Service
from opale.customers.queries.customers import get_contact, get_customer
from opale.customers.queries.parties import callers_of
from opale.customers.queries.services import services
from opale.infrastructure.queries.customer_items import items_under_customer
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.run.desk.models import Kind, OfficialSentence, Ticket, TicketLink
from opale.run.desk.queries.official_sentences import (
    LocalizedSentence,
    find_name_in,
    identifying_names_of,
    localize_sentence,
    sentences_for,
)
from opale.run.desk.states import OPEN_STATES, TicketState
from opale.run.telephone.models import Call

SERVICES: Final = 12
INCIDENTS: Final = 6
TICKETS: Final = 5
READ: Final = 20


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller, as far as known. `others` are further candidates, none of them assumed until
    somebody says so; `maybe` are customers with a similar number.
    """

    contact: Contact | None = None
    customer: Customer | None = None
    others: tuple[Contact, ...] = ()
    maybe: tuple[Customer, ...] = ()

    @property
    def authority(self) -> list[tuple[str, bool]]:
        """The contact's authority, in words: what may be asked for, and what not."""
        contact = self.contact
        if contact is None:
            return []
        return [
            (_("open requests"), contact.may_open),
            (_("order"), contact.may_order),
            (_("approve"), contact.may_approve),
            (_("enter a datacentre"), contact.may_enter),
        ]

    @property
    def known(self) -> bool:
        return self.customer is not None


@dataclass(frozen=True, slots=True)
class AffectingIncident:
    """An incident that affects the caller: the customer's own (`own`), or of something that a
    service of the customer depends on. `said` is the official sentence, to be read out.
    """

    ticket: Ticket
    service_id: int | None
    own: bool
    said: LocalizedSentence | None = None


def get_caller(
    call: Call | None, *, seen_by: Actor, contact_id: int | None, customer_id: int | None
) -> Caller:
    """Return the caller whom the agent named; else the one found for the call. Errors: NotFound."""
    if contact_id is not None:
        contact = get_contact(contact_id, seen_by=seen_by)
        return Caller(contact, contact.customer)
    if customer_id is not None:
        return Caller(customer=get_customer(customer_id, seen_by=seen_by))
    if call is None:
        return Caller()
    if call.contact is not None:
        return Caller(call.contact, call.contact.customer)
    found = callers_of(call.number_e164)
    return Caller(None, call.customer, found.contacts, found.maybe)


def is_unknown_number(call: Call | None, caller: Caller) -> bool:
    """Whether the named contact calls from a number that belongs to nobody."""
    if call is None or caller.contact is None or not call.number_e164:
        return False
    found = callers_of(call.number_e164)
    return not found.contacts and not found.customers


def services_of(customer: Customer, *, seen_by: Actor) -> list[Service]:
    """Return the services in use, by name; at most one more than SERVICES."""
    rows = services(seen_by=seen_by, customer=customer, state=Service.State.ACTIVE)
    return list(rows.order_by("name", "id")[: SERVICES + 1])


def open_tickets_of(caller: Caller, *, besides: Collection[int], seen_by: Actor) -> list[Ticket]:
    """Return the open tickets of the caller, else of the customer, which the call may be about."""
    if caller.customer is None:
        return []
    rows = Ticket.objects.visible_to(seen_by).filter(
        customer=caller.customer, state__in=[*OPEN_STATES, TicketState.RESOLVED]
    )
    rows = rows.exclude(pk__in=besides)
    newest = list(rows.select_related("owner").order_by("-received_at", "-id")[:50])
    if caller.contact is None:
        return newest[:TICKETS]
    own = caller.contact.pk
    return sorted(newest, key=lambda ticket: ticket.contact_id != own)[:TICKETS]


def incidents_affecting(
    customer: Customer, *, seen_by: Actor, language: str = ""
) -> list[AffectingIncident]:
    """Return the running incidents that affect the customer, most urgent first, with the
    official sentence in the caller's language.

    Of a family with a ticket of this customer, only that ticket; else the head of the family.
    """
    running = Ticket.objects.visible_to(seen_by).filter(kind=Kind.INCIDENT, state__in=OPEN_STATES)
    running = running.select_related("service", "item", "customer").order_by(
        "priority", "received_at", "id"
    )
    own = list(running.filter(customer=customer)[:READ])
    beneath = items_under_customer(customer.pk)
    shared: list[Ticket] = []
    if beneath:
        elsewhere = running.exclude(customer=customer).exclude(confidential=True)
        shared = list(elsewhere.filter(item__in=list(beneath))[:READ])
    heads = _heads([*own, *shared])
    known = {heads[ticket.pk].pk for ticket in own if ticket.pk in heads}
    found = {ticket.pk: AffectingIncident(ticket, ticket.service_id, own=True) for ticket in own}
    for ticket in shared:
        head = heads.get(ticket.pk, ticket)
        if head.pk not in known and head.pk not in found:
            service_id = beneath.get(ticket.item_id) if ticket.item_id else None
            found[head.pk] = AffectingIncident(head, service_id, own=False)
    order = sorted(found.values(), key=lambda one: (one.ticket.priority, one.ticket.received_at))
    return _with_sentences(order[:INCIDENTS], language or customer.language)


def _with_sentences(felt: list[AffectingIncident], language: str) -> list[AffectingIncident]:
    """Add the official sentences, except those that name another customer."""
    rows = sentences_for([one.ticket for one in felt]) if felt else {}
    return [
        replace(one, said=localize_sentence(row, language))
        if (row := rows.get(one.ticket.pk)) is not None and (one.own or _names_nobody(row))
        else one
        for one in felt
    ]


def _names_nobody(row: OfficialSentence) -> bool:
    return find_name_in(f"{row.french}\n{row.english}", identifying_names_of(row.ticket)) is None


def _heads(tickets: list[Ticket]) -> dict[int, Ticket]:
    """Return the running parent of each incident that has one."""
    links = TicketLink.objects.filter(
        ticket__in=tickets, kind=TicketLink.Kind.CHILD_OF, other__state__in=OPEN_STATES
    )
    return {link.ticket_id: link.other for link in links.select_related("other__customer")}


def get_affecting_incident(customer: Customer, number: int, *, seen_by: Actor) -> AffectingIncident:
    """Return one of the incidents that affect the customer. Errors: NotFound."""
    felt = incidents_affecting(customer, seen_by=seen_by)
    found = next((one for one in felt if one.ticket.number == number), None)
    if found is None:
        raise NotFound
    return found
