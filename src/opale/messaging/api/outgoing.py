"""Endpoints of outgoing mail."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, SearchText, Slice, Window, page
from opale.messaging import rights
from opale.messaging.actions import outgoing, suppressions
from opale.messaging.models import OutgoingMail, Suppression
from opale.messaging.queries import outgoing as outgoing_queries
from opale.messaging.queries import suppressions as suppression_queries
from opale.messaging.queries import visible_mails

router = Router(tags=["messaging"])

StateName = Annotated[
    Literal["", "queued", "sent", "failed"], Field(description="Only mails in this state")
]


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


class NewSuppression(Schema):
    address: str


class OtherAddress(Schema):
    address: str


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


@router.get("/mail/outgoing", response=Page[OutgoingMailOut], auth=may(rights.READ))
def list_outgoing_mails(
    request: ActorRequest, window: Query[Window], state: StateName = ""
) -> dict[str, object]:
    rows = outgoing_queries.outgoing_mails(seen_by=request.actor, state=state)
    found = page(rows, window, "-created_at", "-id")
    told = visible_mails.visible_mails(found.items, seen_by=request.actor)
    return {"items": [_out(one) for one in told], "next": found.next}


@router.get("/mail/outgoing/{int:mail_id}", response=OutgoingMailOut, auth=may(rights.READ))
def get_outgoing_mail(request: ActorRequest, mail_id: int) -> dict[str, object]:
    return _shown(request, mail_id)


@router.post("/mail/outgoing/{int:mail_id}/retry", response=OutgoingMailOut, auth=may(rights.RETRY))
def retry_outgoing_mail(request: ActorRequest, mail_id: int) -> dict[str, object]:
    mail = outgoing_queries.get_outgoing_mail(mail_id, seen_by=request.actor)
    outgoing.retry_mail(mail, by=request.actor)
    return _shown(request, mail_id)


@router.post(
    "/mail/outgoing/{int:mail_id}/copy", response={201: OutgoingMailOut}, auth=may(rights.RETRY)
)
def send_mail_elsewhere(
    request: ActorRequest, mail_id: int, body: OtherAddress
) -> Status[dict[str, object]]:
    mail = outgoing_queries.get_outgoing_mail(mail_id, seen_by=request.actor)
    again = outgoing.send_elsewhere(mail, body.address, by=request.actor)
    return Status(201, _shown(request, again.pk))


def _shown(request: ActorRequest, mail_id: int) -> dict[str, object]:
    mail = outgoing_queries.get_outgoing_mail(mail_id, seen_by=request.actor)
    return _out(visible_mails.visible_mails([mail], seen_by=request.actor)[0])


def _out(one: visible_mails.VisibleMail[OutgoingMail]) -> dict[str, object]:
    shown = {
        name: getattr(one.mail, name) for name in OutgoingMailOut.model_fields if name != "hidden"
    }
    shown["hidden"] = one.is_hidden
    if one.is_hidden:
        for name in ("to", "cc", "refused", "bounced", "delivered"):
            shown[name] = []
        shown |= dict.fromkeys(("subject", "last_error", "origin"), "")
    return shown


@router.get("/mail/suppressed", response=Page[SuppressionOut], auth=may(rights.READ))
def list_suppressed_addresses(
    request: ActorRequest, window: Query[Window], q: SearchText = ""
) -> Slice[Suppression]:
    rows = suppression_queries.suppressions(seen_by=request.actor, text=q)
    return page(rows, window, "-since", "-id")


@router.post("/mail/suppressed", response={201: SuppressionOut}, auth=may(rights.RETRY))
def suppress_mail_address(request: ActorRequest, body: NewSuppression) -> Status[Suppression]:
    return Status(201, suppressions.suppress_address(body.address, by=request.actor))


@router.delete(
    "/mail/suppressed/{int:suppression_id}", response={204: None}, auth=may(rights.RETRY)
)
def release_mail_address(request: ActorRequest, suppression_id: int) -> Status[None]:
    row = suppression_queries.get_suppression(suppression_id, seen_by=request.actor)
    suppressions.release_address(row, by=request.actor)
    return Status(204, None)
