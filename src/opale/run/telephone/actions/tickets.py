"""Tickets from calls, owned by the agent.

Source: docs/rules/telephone.md, "From the call to the ticket".
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from opale.customers.models import Contact, Customer, Service
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed
from opale.run.desk.actions.links import link_tickets
from opale.run.desk.actions.ownership import take_ticket
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.actions.ticket_locks import lock_current_ticket, touch_ticket
from opale.run.desk.models import Grade, Kind, Source, Ticket, TicketLink
from opale.run.desk.states import ENDED_STATES
from opale.run.telephone.actions.call_locks import change_call, lock_call
from opale.run.telephone.actions.missed_calls import settle_missed_calls
from opale.run.telephone.models import Call
from opale.run.telephone.queries.call_sheets import AffectingIncident
from opale.run.telephone.queries.calls import visible_ticket
from opale.run.telephone.rights import WORK
from opale.run.telephone.states import CallState, Direction, FollowUp


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSheet:
    """The input of a call sheet. `began_at` is when a sheet without a call of a telephone
    system was opened.
    """

    subject: str
    body: str = ""
    kind: Kind = Kind.REQUEST
    customer: Customer | None = None
    contact: Contact | None = None
    service: Service | None = None
    impact: Grade = Grade.LOW
    urgency: Grade = Grade.LOW
    began_at: datetime | None = None


def open_ticket(sheet: CallSheet, *, call: Call | None = None, by: Actor) -> Ticket:
    """Open a ticket of the caller, owned by the agent at once, and link the call to it.

    Errors: NotFound, NotAllowed (no person), Conflict (the call is on a ticket), Invalid.
    """
    _require_agent(by)
    with attributed(by):
        held = _free(call, by) if call else None
        ticket = receive_ticket(
            NewTicket(
                subject=sheet.subject,
                body=sheet.body,
                source=Source.PHONE,
                kind=sheet.kind,
                customer=sheet.customer,
                contact=sheet.contact,
                service=sheet.service,
                impact=sheet.impact,
                urgency=sheet.urgency,
            ),
            by=by,
            at=_received_at(held, sheet.began_at),
        )
        ticket = take_ticket(ticket, by=by)
        _put(held or _by_hand(sheet.began_at), ticket, sheet.customer, sheet.contact, by=by)
    return ticket


def link_call_to_ticket(
    call: Call, ticket: Ticket, *, by: Actor, contact: Contact | None = None
) -> Ticket:
    """Link the call to an existing ticket, with its length.

    Errors: NotFound, NotAllowed, Conflict (the call is on another ticket), Invalid (the ticket is
    of another customer than the contact).
    """
    with attributed(by):
        held = _free(call, by, ticket)
        present = lock_current_ticket(ticket, by=by)
        if contact is not None and contact.customer_id != present.customer_id:
            raise Invalid(ticket=_("This ticket belongs to another customer."))
        _put(held, present, present.customer, contact, by=by)
    return present


def add_affected_caller(
    felt: AffectingIncident,
    *,
    customer: Customer,
    contact: Contact | None,
    by: Actor,
    call: Call | None = None,
    began_at: datetime | None = None,
) -> Ticket:
    """Add the caller to a running incident, whose updates the caller gets from now on.

    For an incident of the same customer the call is put on it; for one of something shared, a
    child is opened that says nothing of other customers, owned by the agent. A customer has one
    child at most.
    Errors: NotFound, NotAllowed (no person), Conflict (the call is on a ticket; it ended).
    """
    _require_agent(by)
    with attributed(by):
        held = _free(call, by) if call else None
        incident = lock_current_ticket(felt.ticket, by=by)
        if incident.state in ENDED_STATES:
            raise Conflict(_("This incident has ended."))
        target = incident
        if incident.customer_id != customer.pk:
            target = _child_of(incident, customer) or _new_child(
                incident, felt, customer, contact, by=by, at=_received_at(held, began_at)
            )
        _put(held or _by_hand(began_at), target, customer, contact, by=by)
    return target


def _child_of(incident: Ticket, customer: Customer) -> Ticket | None:
    links = TicketLink.objects.filter(
        kind=TicketLink.Kind.CHILD_OF, other=incident, ticket__customer=customer
    )
    links = links.exclude(ticket__state__in=ENDED_STATES).select_related("ticket")
    found = links.order_by("pk").first()
    return found.ticket if found else None


def _new_child(
    incident: Ticket,
    felt: AffectingIncident,
    customer: Customer,
    contact: Contact | None,
    *,
    by: Actor,
    at: datetime,
) -> Ticket:
    services = Service.objects.filter(customer=customer)
    service = services.filter(pk=felt.service_id).first() if felt.service_id else None
    language = contact.language if contact else customer.language
    child = receive_ticket(
        NewTicket(
            subject=_neutral_subject(service, language),
            source=Source.PHONE,
            kind=Kind.INCIDENT,
            customer=customer,
            contact=contact,
            service=service,
            impact=Grade(incident.impact),
            urgency=Grade(incident.urgency),
        ),
        by=by,
        at=at,
    )
    child = take_ticket(child, by=by)
    link_tickets(child, TicketLink.Kind.CHILD_OF, incident, by=by)
    return child


def _neutral_subject(service: Service | None, language: str) -> str:
    """Return a subject for the customer: the incident's own may name other customers."""
    with translation.override(language):
        if service is None:
            return _("Issue reported by phone")
        return _("Issue with %(service)s") % {"service": service.name}


def _free(call: Call, by: Actor, ticket: Ticket | None = None) -> Call:
    """Return the call, locked, if it is on no other ticket."""
    held = lock_call(call, by=by)
    if held.ticket is not None and (ticket is None or held.ticket_id != ticket.pk):
        if visible_ticket(held, seen_by=by) is None:
            raise Conflict(_("This call is linked to a confidential ticket."))
        raise Conflict(
            _("This call is already linked to %(number)s.") % {"number": held.ticket.reference}
        )
    return held


def _by_hand(began_at: datetime | None) -> Call:
    """Create a call that no telephone system reported."""
    at = _in_the_past(began_at)
    call = Call(
        direction=Direction.IN, state=CallState.ENDED, began_at=at, answered_at=at, ended_at=at
    )
    call.save(force_insert=True)
    return call


def _received_at(call: Call | None, began_at: datetime | None) -> datetime:
    """Return when the ticket is received: when somebody answers, not at an earlier missed call."""
    if call is None:
        return _in_the_past(began_at)
    spoke = call.state in (CallState.ANSWERED, CallState.ENDED) and call.answered_at is not None
    return _in_the_past(call.began_at if spoke else None)


def _in_the_past(at: datetime | None) -> datetime:
    now = clock.now()
    return min(at, now) if at else now


def _put(
    call: Call, ticket: Ticket, customer: Customer | None, contact: Contact | None, *, by: Actor
) -> None:
    fields: dict[str, Any] = {"ticket_id": ticket.pk}
    if customer is not None:
        fields |= {"customer_id": customer.pk, "contact_id": contact.pk if contact else None}
    if call.agent_id is None:
        fields["agent_id"] = by.person_id
    if call.follow_up != FollowUp.NONE:
        fields |= {
            "follow_up": FollowUp.DONE,
            "dismissal": "",
            "followed_by_id": by.person_id,
            "followed_at": clock.now(),
        }
    change_call(call, **fields)
    settle_missed_calls(call)
    touch_ticket(ticket)


def _require_agent(by: Actor) -> None:
    if by.person_id is None or not by.can(WORK):
        raise NotAllowed
