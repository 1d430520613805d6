"""Creation of tickets: number, first owner and clocks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from opale.customers.models import Contact, Customer, Service
from opale.customers.queries.plans import plan_in_force, priority_of
from opale.infrastructure.models import ConfigurationItem
from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Invalid, NotAllowed
from opale.kernel.facts import announce
from opale.kernel.prepared_statements import fetch_rows
from opale.kernel.reference_cache import pinned
from opale.kernel.text_limits import refuse_long
from opale.organisation.models import Person
from opale.run.desk.actions.classifications import classification_of
from opale.run.desk.actions.commitments import announce_early_breaches, first_commitments
from opale.run.desk.actions.ownership import first_ownership
from opale.run.desk.actions.ticket_locks import QUEUE
from opale.run.desk.facts import TicketReceived
from opale.run.desk.models import Commitment, Grade, Kind, Message, RequestType, Source, Ticket
from opale.run.desk.rights import REQUEST, WORK
from opale.run.shifts.queries.duties import answerable, service_desk

AGENT_SOURCES = frozenset({Source.PHONE, Source.MAIL, Source.AGENT, Source.EVENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTicket:
    """The data of a new ticket. `body` becomes its first message; `stream` is that of tickets
    without a plan; `wanted` returns the date of the request from the unsaved ticket."""

    subject: str
    source: Source
    body: str = ""
    kind: Kind = Kind.REQUEST
    customer: Customer | None = None
    contact: Contact | None = None
    employee: Person | None = None
    service: Service | None = None
    item: ConfigurationItem | None = None
    impact: Grade = Grade.LOW
    urgency: Grade = Grade.LOW
    language: str = ""
    author: str = ""
    stream: str = ""
    request_type: RequestType | None = None
    wanted: Callable[[Ticket], datetime | None] | None = None


def receive_ticket(new: NewTicket, *, by: Actor, at: datetime | None = None) -> Ticket:
    """Record a ticket as received at `at` (by default now; earlier if it waited elsewhere first).

    Errors: NotAllowed, Invalid (no subject, or a service or contact of another customer).
    """
    if not (by.can(WORK) or by.can(REQUEST)):
        raise NotAllowed
    _refuse_contradictions(new)
    refuse_long(body=new.body)
    received_at = at or clock.now()
    with pinned(), attributed(by):
        desk = service_desk()
        owner = answerable(desk, received_at)
        ticket = _new_ticket(new, owner.person, received_at, _triaged_at(new, by), _next_number())
        ticket.wanted_at = new.wanted(ticket) if new.wanted else None
        commitments = first_commitments(ticket)
        ticket.save(force_insert=True)
        first_ownership(ticket, owner, by=by).save(force_insert=True)
        classification_of(ticket, by=by, at=received_at, reason="").save(force_insert=True)
        if new.body:
            _first_message(new, ticket, by).save(force_insert=True)
        Commitment.objects.bulk_create(commitments)
        live_topics.publish(ticket.live_topic, QUEUE, customer_id=ticket.customer_id)
        announce_early_breaches(commitments)
        announce(TicketReceived(ticket_id=ticket.pk, at=received_at), by=by)
    return ticket


def preview_ticket(new: NewTicket, *, by: Actor) -> tuple[Ticket, list[Commitment]]:
    """Return the ticket that would be received now, with its commitments: nothing is written.

    Errors: NotAllowed, Invalid.
    """
    if not by.can(WORK):
        raise NotAllowed
    _refuse_contradictions(new)
    at = clock.now()
    owner = answerable(service_desk(), at)
    ticket = _new_ticket(new, owner.person, at, _triaged_at(new, by), 0)
    ticket.wanted_at = new.wanted(ticket) if new.wanted else None
    return ticket, first_commitments(ticket)


def _first_message(new: NewTicket, ticket: Ticket, by: Actor) -> Message:
    return Message(
        ticket=ticket,
        customer_id=ticket.customer_id,
        direction=Message.Direction.RECEIVED,
        visibility=Message.Visibility.PUBLIC,
        author=new.author or (new.contact.name if new.contact else by.signature),
        contact=new.contact,
        person=new.employee,
        body=new.body,
        language=ticket.language,
        at=ticket.received_at,
    )


def _triaged_at(new: NewTicket, by: Actor) -> datetime | None:
    """Return the time of triage: a ticket that a person entered at the desk has been looked at."""
    entered = new.source in AGENT_SOURCES and by.at_work and by.can(WORK)
    return clock.now() if entered else None


def _new_ticket(
    new: NewTicket,
    owner: Person,
    received_at: datetime,
    triaged_at: datetime | None,
    number: int,
) -> Ticket:
    plan = plan_in_force(new.customer, new.service, on=received_at.date()) if new.customer else None
    language = new.language or _language_of(new)
    return Ticket(
        number=number,
        kind=new.kind,
        stream=plan.version.stream if plan else new.stream,
        source=new.source,
        subject=" ".join(new.subject.split())[:300],
        language=language,
        customer=new.customer,
        contact=new.contact,
        employee=new.employee,
        service=new.service,
        item=new.item,
        request_type=new.request_type,
        promised_within=new.request_type.target if new.request_type else None,
        promised_coverage=new.request_type.coverage if new.request_type else "",
        plan_version=plan.version if plan else None,
        premium=plan.premium if plan else False,
        impact=new.impact,
        urgency=new.urgency,
        priority=priority_of(plan, new.impact, new.urgency).priority,
        owner=owner,
        received_at=received_at,
        triaged_at=triaged_at,
        updated_at=clock.now(),
    )


def _language_of(new: NewTicket) -> str:
    """Return the language of the requester, else of the customer."""
    if new.contact:
        return new.contact.language
    if new.employee:
        login = new.employee.user
        return login.language if login else new.employee.company.language
    return new.customer.language if new.customer else "fr"


def _refuse_contradictions(new: NewTicket) -> None:
    if not new.subject.strip():
        raise Invalid(subject=_("Enter a subject."))
    if new.employee and new.contact:
        raise Invalid(employee=_("Choose a contact or an employee, not both."))
    customer_id = new.customer.pk if new.customer else None
    if new.contact and new.contact.customer_id != customer_id:
        raise Invalid(contact=_("This contact belongs to another customer."))
    if new.service and new.service.customer_id != customer_id:
        raise Invalid(service=_("This service belongs to another customer."))


def _next_number() -> int:
    """Return the number for life of a new ticket."""
    ((number,),) = fetch_rows("SELECT nextval('desk_ticket_number')")
    return int(number)
