"""Tickets and messages of requesters."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from opale.customers.models import Contact, Service
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import IllegalMove, Invalid, NotAllowed
from opale.kernel.facts import announce
from opale.kernel.isolation import as_application
from opale.kernel.text_limits import refuse_long
from opale.organisation.models import Person
from opale.run.desk.actions.attachments import attach_file, attach_to_message
from opale.run.desk.actions.commitments import refresh_commitments
from opale.run.desk.actions.pauses import end_pause
from opale.run.desk.actions.ticket_creation import NewTicket, receive_ticket
from opale.run.desk.actions.ticket_locks import (
    change_ticket,
    lock_current_ticket,
    record_ticket_moves,
)
from opale.run.desk.facts import MessageReceived
from opale.run.desk.models import Kind, Message, Source, Ticket
from opale.run.desk.queries.requests import awaited_approval
from opale.run.desk.rights import REQUEST
from opale.run.desk.states import ENDED_STATES, RESUME, TicketState


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that comes with a message: its name, and its bytes in pieces."""

    name: str
    chunks: Iterable[bytes]


def report_trouble(
    subject: str,
    *,
    by: Actor,
    body: str = "",
    kind: Kind = Kind.REQUEST,
    service: Service | None = None,
    language: str = "",
    source: Source = Source.API,
    files: Sequence[Upload] = (),
) -> Ticket:
    """Open a ticket for the requester: a contact for its customer, an employee for oneself.

    No authority is needed to report; the desk decides how much it matters.
    Errors: NotAllowed (nobody), Invalid (no subject, a service of another customer, a file that is
    refused).
    """
    if not by.can(REQUEST) or (by.contact_id is None and by.person_id is None):
        raise NotAllowed
    with as_application(), attributed(by):
        contact = Contact.objects.select_related("customer").filter(pk=by.contact_id or 0).first()
        new = NewTicket(
            subject=subject,
            body="" if files else body,
            kind=kind,
            source=source,
            customer=contact.customer if contact else None,
            contact=contact,
            employee=None if contact else Person.objects.get(pk=by.person_id or 0),
            service=service,
            language=language,
        )
        ticket = receive_ticket(new, by=by)
        if files:
            write_with_files(ticket, body, files, by=by)
        return ticket


def write_with_files(ticket: Ticket, body: str, files: Sequence[Upload], *, by: Actor) -> Message:
    """Add a message of the requester with files; without words, it names them.

    Errors: as `write_as_requester`, and Invalid of a file, under `files`.
    """
    with as_application(), attributed(by):
        attached: list[int] = []
        for file in files:
            try:
                attached.append(attach_file(ticket, file.name, file.chunks, by=by).pk)
            except Invalid as refusal:
                said = " ".join(map(str, refusal.fields.values()))
                raise Invalid(files=f"{file.name}: {said}") from refusal
        names = ", ".join(file.name for file in files)
        return write_as_requester(ticket, body.strip() or names, by=by, attachments=attached)


def write_as_requester(
    ticket: Ticket, body: str, *, by: Actor, attachments: Sequence[int] = ()
) -> Message:
    """Add a message to a ticket of one's own, and resume work that awaited the customer.

    On a merged ticket, it goes to the survivor.

    Errors: NotFound, NotAllowed, IllegalMove (an ended ticket), Invalid (nothing said, or a file
    that is gone).
    """
    if not body.strip():
        raise Invalid(body=_("Write a message first."))
    refuse_long(body=body)
    with as_application(), attributed(by):
        held = lock_current_ticket(ticket, by=by, right=REQUEST)
        if held.state in ENDED_STATES:
            raise IllegalMove("write", {held.pk: held.state})
        at = clock.now()
        message = Message.objects.create(
            ticket=held,
            customer_id=held.customer_id,
            direction=Message.Direction.RECEIVED,
            visibility=Message.Visibility.PUBLIC,
            author=by.signature,
            person_id=by.person_id,
            contact_id=by.contact_id,
            body=body,
            language=held.language,
            at=at,
        )
        attach_to_message(message, attachments, by=by)
        record_requester_reply(held, message, by=by)
    return message


def record_requester_reply(held: Ticket, message: Message, *, by: Actor) -> None:
    """Record a reply of the requester's side and resume work that awaited it. Inside the
    transaction that holds the ticket."""
    at = message.at
    if held.state == TicketState.PENDING and not awaited_approval(held):
        end_pause(held, at=at)
        record_ticket_moves(RESUME.name, {held.pk: held.state}, RESUME.target, by=by, at=at)
        change_ticket(held, state=RESUME.target)
    else:
        change_ticket(held)
    refresh_commitments(held)
    announce(MessageReceived(ticket_id=held.pk, message_id=message.pk, at=at), by=by)
