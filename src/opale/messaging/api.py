"""Endpoints of messaging."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Query, Router, Schema
from ninja.responses import Status
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.http import AskedRequest
from opale.endpoints.paging import Page, SearchText, Slice, Window, page
from opale.messaging import actions, queries, rights
from opale.messaging.models import OutgoingMail, Suppression

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
    request: AskedRequest, window: Query[Window], state: StateName = ""
) -> dict[str, object]:
    rows = queries.outgoing_mails(seen_by=request.actor, state=state)
    found = page(rows, window, "-created_at", "-id")
    told = queries.told(found.items, seen_by=request.actor)
    return {"items": [_out(one) for one in told], "next": found.next}


@router.get("/mail/outgoing/{int:mail_id}", response=OutgoingMailOut, auth=may(rights.READ))
def get_outgoing_mail(request: AskedRequest, mail_id: int) -> dict[str, object]:
    return _shown(request, mail_id)


@router.post("/mail/outgoing/{int:mail_id}/retry", response=OutgoingMailOut, auth=may(rights.RETRY))
def retry_outgoing_mail(request: AskedRequest, mail_id: int) -> dict[str, object]:
    mail = queries.get_outgoing_mail(mail_id, seen_by=request.actor)
    actions.retry_mail(mail, by=request.actor)
    return _shown(request, mail_id)


@router.post(
    "/mail/outgoing/{int:mail_id}/copy", response={201: OutgoingMailOut}, auth=may(rights.RETRY)
)
def send_mail_elsewhere(
    request: AskedRequest, mail_id: int, body: OtherAddress
) -> Status[dict[str, object]]:
    mail = queries.get_outgoing_mail(mail_id, seen_by=request.actor)
    again = actions.send_elsewhere(mail, body.address, by=request.actor)
    return Status(201, _shown(request, again.pk))


def _shown(request: AskedRequest, mail_id: int) -> dict[str, object]:
    mail = queries.get_outgoing_mail(mail_id, seen_by=request.actor)
    return _out(queries.told([mail], seen_by=request.actor)[0])


def _out(one: queries.Told[OutgoingMail]) -> dict[str, object]:
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
    request: AskedRequest, window: Query[Window], q: SearchText = ""
) -> Slice[Suppression]:
    rows = queries.suppressions(seen_by=request.actor, text=q)
    return page(rows, window, "-since", "-id")


@router.post("/mail/suppressed", response={201: SuppressionOut}, auth=may(rights.RETRY))
def suppress_mail_address(request: AskedRequest, body: NewSuppression) -> Status[Suppression]:
    return Status(201, actions.suppress_address(body.address, by=request.actor))


@router.delete(
    "/mail/suppressed/{int:suppression_id}", response={204: None}, auth=may(rights.RETRY)
)
def release_mail_address(request: AskedRequest, suppression_id: int) -> Status[None]:
    row = queries.get_suppression(suppression_id, seen_by=request.actor)
    actions.release_address(row, by=request.actor)
    return Status(204, None)
