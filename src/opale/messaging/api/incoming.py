"""Endpoints of incoming mail: the mails with their outcomes, and the mailboxes."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from django.http import HttpResponse
from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.endpoints.preconditions import unless_changed
from opale.kernel.errors import Invalid
from opale.messaging import rights
from opale.messaging.actions import mailboxes, quarantine
from opale.messaging.listeners import mailbox_check
from opale.messaging.listeners.mailbox_check import MailboxCheck
from opale.messaging.models import IncomingMail, Mailbox
from opale.messaging.queries import incoming, visible_mails
from opale.messaging.states import IncomingState, Login, MailboxSource, Outcome, Security

router = Router(tags=["messaging"])

Text = Annotated[str, Field(max_length=600)]


class Asked(Schema):
    message_id: Annotated[str, Field(max_length=600, description="With or without brackets")] = ""
    outcome: Annotated[str, Field(max_length=20, description="What became of it")] = ""
    state: Annotated[str, Field(max_length=20, description="received, done, quarantined")] = ""
    mailbox: Annotated[str, Field(max_length=320, description="Address of the mailbox")] = ""
    sender: Annotated[str, Field(max_length=320, description="Address of From")] = ""


class InboundMailOut(Schema):
    id: int
    mailbox: str
    source: str
    message_id: str
    subject: str
    from_name: str
    from_address: str
    envelope_from: str
    envelope_to: list[str]
    size_bytes: int
    received_at: datetime
    processed_at: datetime | None
    state: str
    outcome: str
    reason: str
    origin: str
    ticket: Annotated[int | None, Field(description="Number of the ticket, if one may see it")]
    hidden: Annotated[bool, Field(description="The ticket is not for you, nor its words")]
    attempts: int
    findings: dict[str, Any]


@router.get("/mail/inbound", response=Page[InboundMailOut], auth=may(rights.READ))
def list_inbound_mails(
    request: ActorRequest, window: Query[Window], asked: Query[Asked]
) -> dict[str, object]:
    for name, values in (("outcome", Outcome.values), ("state", IncomingState.values)):
        if getattr(asked, name) not in ("", *values):
            raise Invalid(**{name: ", ".join(values)})
    rows = incoming.incoming_mails(seen_by=request.actor, **asked.dict())
    found = page(rows, window, "-received_at", "-id")
    told = visible_mails.visible_mails(found.items, seen_by=request.actor)
    return {"items": [_out(one) for one in told], "next": found.next}


@router.get("/mail/inbound/{int:inbound_id}", response=InboundMailOut, auth=may(rights.READ))
def get_inbound_mail(request: ActorRequest, inbound_id: int) -> dict[str, object]:
    return _shown(request, inbound_id)


@router.get("/mail/inbound/{int:inbound_id}/original", auth=may(rights.READ))
def get_inbound_original(request: ActorRequest, inbound_id: int) -> HttpResponse:
    """The mail as it came, to the byte (message/rfc822)."""
    mail = incoming.get_incoming_mail(inbound_id, seen_by=request.actor)
    return original(mail, incoming.original_of(mail, seen_by=request.actor))


@router.post(
    "/mail/inbound/{int:inbound_id}/replay", response=InboundMailOut, auth=may(rights.REPLAY)
)
def replay_inbound_mail(request: ActorRequest, inbound_id: int) -> dict[str, object]:
    mail = incoming.get_incoming_mail(inbound_id, seen_by=request.actor)
    quarantine.replay_mail(mail, by=request.actor)
    return _shown(request, inbound_id)


class Forgetting(Schema):
    reason: Annotated[str, Field(max_length=500)]


@router.post(
    "/mail/inbound/{int:inbound_id}/forget", response=InboundMailOut, auth=may(rights.REPLAY)
)
def forget_inbound_mail(
    request: ActorRequest, inbound_id: int, body: Forgetting
) -> dict[str, object]:
    mail = incoming.get_incoming_mail(inbound_id, seen_by=request.actor)
    quarantine.forget_mail(mail, by=request.actor, reason=body.reason)
    return _shown(request, inbound_id)


def original(mail: IncomingMail, raw: bytes) -> HttpResponse:
    """Return the raw mail as a download: the browser neither runs nor shows any of it."""
    response = HttpResponse(raw, content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="mail-{mail.pk}.eml"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _shown(request: ActorRequest, inbound_id: int) -> dict[str, object]:
    mail = incoming.get_incoming_mail(inbound_id, seen_by=request.actor)
    return _out(visible_mails.visible_mails([mail], seen_by=request.actor)[0])


def _out(one: visible_mails.VisibleMail[IncomingMail]) -> dict[str, object]:
    mail = one.mail
    shown = {
        name: getattr(mail, name)
        for name in InboundMailOut.model_fields
        if name not in ("mailbox", "ticket", "hidden")
    }
    shown |= {"mailbox": mail.mailbox.address, "hidden": one.is_hidden, "ticket": None}
    if one.thing is not None and mail.origin.startswith("desk.ticket:"):
        shown["ticket"] = one.thing.number
    if one.is_hidden:
        words = ("subject", "from_name", "from_address", "envelope_from", "reason", "origin")
        shown |= {**dict.fromkeys(words, ""), "envelope_to": [], "findings": {}}
    return shown


class MailboxOut(Schema):
    id: int
    address: str
    name: str
    language: str
    is_on: bool
    acknowledges: bool
    trusted_servers: list[str]
    source: str
    host: str
    port: int
    security: str
    login: str
    auth: str
    has_secret: bool
    token_url: str
    client_id: str
    has_refresh_token: bool
    folder: str
    done_folder: str
    connected_at: datetime | None
    last_success_at: datetime | None
    last_error: str
    last_error_at: datetime | None
    waiting: int
    lag: timedelta | None

    @staticmethod
    def resolve_has_secret(row: Mailbox) -> bool:
        return bool(row.secret)

    @staticmethod
    def resolve_has_refresh_token(row: Mailbox) -> bool:
        return bool(row.refresh_token)


class MailboxIn(Schema):
    address: Text = ""
    name: Annotated[str, Field(max_length=100)] = ""
    language: Annotated[str, Field(max_length=2)] = "en"
    is_on: bool = True
    acknowledges: bool = True
    trusted_servers: Annotated[
        list[Annotated[str, Field(max_length=255)]],
        Field(max_length=20, description="Names whose Authentication-Results are believed"),
    ] = []
    source: MailboxSource = MailboxSource.NONE
    host: Annotated[str, Field(max_length=255)] = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 993
    security: Security = Security.TLS
    login: Annotated[str, Field(max_length=320)] = ""
    auth: Login = Login.PASSWORD
    secret: Annotated[str, Field(max_length=5000, description="Never given back")] = ""
    token_url: Annotated[str, Field(max_length=500)] = ""
    client_id: Annotated[str, Field(max_length=255)] = ""
    refresh_token: Annotated[str, Field(max_length=5000, description="Never given back")] = ""
    folder: Annotated[str, Field(max_length=255)] = "INBOX"
    done_folder: Annotated[str, Field(max_length=255)] = ""


class NewMailbox(MailboxIn):
    address: Annotated[str, Field(max_length=320)]
    name: Annotated[str, Field(max_length=100)]


@router.get("/mail/mailboxes", response=Page[MailboxOut], auth=may(rights.READ))
def list_mailboxes(request: ActorRequest, window: Query[Window]) -> Slice[Mailbox]:
    return page(incoming.mailboxes(seen_by=request.actor), window, "address", "id")


@router.get("/mail/mailboxes/{int:mailbox_id}", response=MailboxOut, auth=may(rights.READ))
def get_mailbox(request: ActorRequest, mailbox_id: int) -> Mailbox:
    return incoming.get_mailbox(mailbox_id, seen_by=request.actor)


@router.post("/mail/mailboxes", response={201: MailboxOut}, auth=may(rights.MAILBOXES))
def create_mailbox(request: ActorRequest, body: NewMailbox) -> Status[Mailbox]:
    made = mailboxes.create_mailbox(by=request.actor, **body.dict())
    return Status(201, incoming.get_mailbox(made.pk, seen_by=request.actor))


@router.patch("/mail/mailboxes/{int:mailbox_id}", response=MailboxOut, auth=may(rights.MAILBOXES))
def edit_mailbox(request: ActorRequest, mailbox_id: int, body: MailboxIn) -> Mailbox:
    rows = incoming.mailboxes(seen_by=request.actor).filter(pk=mailbox_id)
    with unless_changed(request, rows, MailboxOut) as mailbox:
        mailboxes.edit_mailbox(mailbox, by=request.actor, **body.dict(exclude_unset=True))
    return incoming.get_mailbox(mailbox_id, seen_by=request.actor)


@router.delete("/mail/mailboxes/{int:mailbox_id}", response={204: None}, auth=may(rights.MAILBOXES))
def delete_mailbox(request: ActorRequest, mailbox_id: int) -> Status[None]:
    mailbox = incoming.get_mailbox(mailbox_id, seen_by=request.actor)
    mailboxes.delete_mailbox(mailbox, by=request.actor)
    return Status(204, None)


class StepOut(Schema):
    is_fine: Annotated[bool | None, Field(description="null where it works with a drawback")]
    said: str


class TrialOut(Schema):
    works: bool
    steps: list[StepOut]


@router.post(
    "/mail/mailboxes/{int:mailbox_id}/trial", response=TrialOut, auth=may(rights.MAILBOXES)
)
def try_mailbox(request: ActorRequest, mailbox_id: int) -> MailboxCheck:
    """Connect, log in and open the folder, as fetching does. Nothing is taken or marked."""
    mailbox = incoming.get_mailbox(mailbox_id, seen_by=request.actor)
    return mailbox_check.check_mailbox(mailbox, by=request.actor)
