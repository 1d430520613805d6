"""Endpoints of a ticket's messages."""

from functools import partial

from django.utils.translation import gettext as _
from ninja import Query, Router
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid
from opale.kernel.reference_cache import pinned
from opale.run.desk import rights
from opale.run.desk.actions import answers, messages, requester_messages
from opale.run.desk.models import Message, ProposedAnswer, Ticket
from opale.run.desk.queries import tickets
from opale.run.desk.shapes.answers import AnswerOut
from opale.run.desk.shapes.tickets import MessageIn, MessageOut, NoteIn

router = Router()


@router.get("/tickets/{int:number}/messages", response=Page[MessageOut], auth=may(rights.READ))
def list_messages(request: ActorRequest, number: int, window: Query[Window]) -> Slice[Message]:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return page(tickets.messages_of(ticket, seen_by=request.actor), window, "at", "id")


@router.post(
    "/tickets/{int:number}/messages",
    response={201: MessageOut, 202: AnswerOut},
    auth=may(rights.CONSOLE, rights.REQUEST),
)
def write_message(
    request: ActorRequest, number: int, body: MessageIn
) -> Status[Message | ProposedAnswer]:
    """201: it is sent. 202: somebody else owns the ticket, and sees it before the customer.

    Whoever asked writes to the desk: with `body` and `attachments` alone.
    """
    with pinned(request.revision):
        ticket = tickets.get_ticket_to_lock(number, seen_by=request.actor)
        if tickets.speaks_as_requester(ticket, request.actor):
            return Status(201, _said_by_requester(ticket, body, request.actor))
        write = partial(
            answers.answer_customer,
            ticket,
            body.body,
            by=request.actor,
            to=body.to,
            cc=body.cc,
            modules=body.modules,
            next_update_at=body.next_update_at,
            attachments=body.attachments,
            text_format=Message.Format(body.format),
        )
        if body.wait is None:
            written = write()
        else:
            written = answers.send_and_wait(write, by=request.actor, **body.wait.dict())
    sent = written.message if isinstance(written, ProposedAnswer) else written
    return Status(201, sent) if sent else Status(202, written)


def _said_by_requester(ticket: Ticket, body: MessageIn, by: Actor) -> Message:
    for field in ("to", "cc", "next_update_at", "format", "wait"):
        if getattr(body, field) not in (None, [], "plain"):
            raise Invalid(**{field: _("You can only write to the service desk.")})
    return requester_messages.write_as_requester(
        ticket, body.body, by=by, attachments=body.attachments
    )


@router.post("/tickets/{int:number}/notes", response={201: MessageOut}, auth=may(rights.WORK))
def write_note(request: ActorRequest, number: int, body: NoteIn) -> Status[Message]:
    ticket = tickets.get_ticket_to_lock(number, seen_by=request.actor)
    message = messages.write_note(
        ticket,
        body.body,
        by=request.actor,
        attachments=body.attachments,
        text_format=Message.Format(body.format),
    )
    return Status(201, message)
