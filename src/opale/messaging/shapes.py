"""API shapes of messaging."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from ninja import Schema
from pydantic import Field, ModelWrapValidatorHandler, ValidationInfo, model_validator

from opale.kernel.actor import Actor
from opale.messaging.models import IncomingMail, Mailbox, OutgoingMail
from opale.messaging.queries.visible_mails import VisibleMail, visible_mails


class ChannelOut(Schema):
    id: int
    name: str
    scheme: str
    is_on: bool


class LetterheadOut(Schema):
    """A version of the letterhead; `logo_type` is "" where it has no logo."""

    id: int | None
    company: str
    footer_fr: str
    footer_en: str
    logo_type: str
    logo_width: int
    logo_height: int
    actor_name: str
    at: datetime


class ChannelMessageOut(Schema):
    """`answer` is what was said of it last."""

    id: int
    origin: str
    title: str
    body: str
    state: str
    attempts: int
    answer: str
    created_at: datetime
    next_attempt_at: datetime
    sent_at: datetime | None


class ReturnOut(Schema):
    address: str
    answer: str
    final: bool
    at: datetime


class DeliveryOut(Schema):
    address: str
    at: datetime


class SuppressionOut(Schema):
    id: int
    address: str
    answer: str
    since: datetime


class OutgoingMailOut(Schema):
    id: int
    origin: str
    sender: str
    to: list[str]
    cc: list[str]
    subject: str
    language: str
    message_id: str
    state: str
    hidden: Annotated[bool, Field(description="What it is about is not for you, nor its words")]
    attempts: int
    last_error: str
    refused: list[str]
    automatic: bool
    bounced: list[ReturnOut] = Field(description="What came back after it was sent")
    delivered: list[DeliveryOut] = Field(description="Whom it reached, as a provider told")
    created_at: datetime
    next_attempt_at: datetime
    sent_at: datetime | None

    @model_validator(mode="wrap")
    @classmethod
    def _for_reader(
        cls, mail: Any, handler: ModelWrapValidatorHandler["OutgoingMailOut"], info: ValidationInfo
    ) -> "OutgoingMailOut":
        if isinstance(mail, OutgoingMail):
            mail = outgoing_mail(_seen(mail, info))
        return handler(mail)


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

    @model_validator(mode="wrap")
    @classmethod
    def _for_reader(
        cls, mail: Any, handler: ModelWrapValidatorHandler["InboundMailOut"], info: ValidationInfo
    ) -> "InboundMailOut":
        if isinstance(mail, IncomingMail):
            mail = inbound_mail(_seen(mail, info))
        return handler(mail)


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


class StepOut(Schema):
    is_fine: Annotated[bool | None, Field(description="null where it works with a drawback")]
    said: str


class TrialOut(Schema):
    works: bool
    steps: list[StepOut]


def outgoing_mail(one: VisibleMail[OutgoingMail]) -> dict[str, object]:
    """Return an outgoing mail as its reader may see it."""
    shown = {
        name: getattr(one.mail, name) for name in OutgoingMailOut.model_fields if name != "hidden"
    }
    shown["hidden"] = one.is_hidden
    if one.is_hidden:
        for name in ("to", "cc", "refused", "bounced", "delivered"):
            shown[name] = []
        shown |= dict.fromkeys(("subject", "last_error", "origin"), "")
    return shown


def inbound_mail(one: VisibleMail[IncomingMail]) -> dict[str, object]:
    """Return an incoming mail as its reader may see it."""
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


def outgoing_mails(rows: Sequence[OutgoingMail], actor: Actor) -> list[dict[str, object]]:
    """Return outgoing mails as their reader may see them."""
    return [outgoing_mail(one) for one in visible_mails(rows, seen_by=actor)]


def inbound_mails(rows: Sequence[IncomingMail], actor: Actor) -> list[dict[str, object]]:
    """Return incoming mails as their reader may see them."""
    return [inbound_mail(one) for one in visible_mails(rows, seen_by=actor)]


def _seen(mail: Any, info: ValidationInfo) -> Any:
    """Return the mail as whoever asked the endpoint may see it."""
    actor = (info.context or {})["request"].actor
    return visible_mails([mail], seen_by=actor)[0]
