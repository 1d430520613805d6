"""Endpoints of incoming mail: the mails with their outcomes, and the mailboxes."""

from django.http import HttpResponse
from ninja import Query, Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.listings.endpoints import list_endpoint
from opale.messaging import rights
from opale.messaging.listeners import mailbox_check
from opale.messaging.listeners.mailbox_check import MailboxCheck
from opale.messaging.listings.incoming_mails import INCOMING_MAILS
from opale.messaging.models import IncomingMail, Mailbox
from opale.messaging.queries import incoming
from opale.messaging.shapes import InboundMailOut, MailboxOut, TrialOut, inbound_mails

router = Router(tags=["messaging"])


list_endpoint(
    router,
    "/mail/inbound",
    INCOMING_MAILS,
    InboundMailOut,
    name="list_inbound_mails",
    items=inbound_mails,
)


@router.get("/mail/inbound/{int:inbound_id}", response=InboundMailOut, auth=may(rights.READ))
def get_inbound_mail(request: ActorRequest, inbound_id: int) -> IncomingMail:
    return incoming.get_incoming_mail(inbound_id, seen_by=request.actor)


@router.get("/mail/inbound/{int:inbound_id}/original", auth=may(rights.READ))
def get_inbound_original(request: ActorRequest, inbound_id: int) -> HttpResponse:
    """The mail as it came, to the byte (message/rfc822)."""
    mail = incoming.get_incoming_mail(inbound_id, seen_by=request.actor)
    return original(mail, incoming.original_of(mail, seen_by=request.actor))


def original(mail: IncomingMail, raw: bytes) -> HttpResponse:
    """Return the raw mail as a download: the browser neither runs nor shows any of it."""
    response = HttpResponse(raw, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="mail-{mail.pk}.eml"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@router.get("/mail/mailboxes", response=Page[MailboxOut], auth=may(rights.READ))
def list_mailboxes(request: ActorRequest, window: Query[Window]) -> Slice[Mailbox]:
    return page(incoming.mailboxes(seen_by=request.actor), window, "address", "id")


@router.get("/mail/mailboxes/{int:mailbox_id}", response=MailboxOut, auth=may(rights.READ))
def get_mailbox(request: ActorRequest, mailbox_id: int) -> Mailbox:
    return incoming.get_mailbox(mailbox_id, seen_by=request.actor)


@router.post(
    "/mail/mailboxes/{int:mailbox_id}/trial", response=TrialOut, auth=may(rights.MAILBOXES)
)
def try_mailbox(request: ActorRequest, mailbox_id: int) -> MailboxCheck:
    """Connect, log in and open the folder, as fetching does. Nothing is taken or marked."""
    mailbox = incoming.get_mailbox(mailbox_id, seen_by=request.actor)
    return mailbox_check.check_mailbox(mailbox, by=request.actor)
