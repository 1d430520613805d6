"""Endpoints of messaging."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.http import AskedRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.messaging import actions, queries, rights
from opale.messaging.models import OutgoingMail

router = Router(tags=["messaging"])

StateName = Annotated[
    Literal["", "queued", "sent", "failed"], Field(description="Only mails in this state")
]


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
    attempts: int
    last_error: str
    refused: list[str]
    created_at: datetime
    next_attempt_at: datetime
    sent_at: datetime | None


@router.get("/mail/outgoing", response=Page[OutgoingMailOut], auth=may(rights.READ))
def list_outgoing_mails(
    request: AskedRequest, window: Query[Window], state: StateName = ""
) -> Slice[OutgoingMail]:
    rows = queries.outgoing_mails(seen_by=request.actor, state=state)
    return page(rows, window, "-created_at", "-id")


@router.get("/mail/outgoing/{int:mail_id}", response=OutgoingMailOut, auth=may(rights.READ))
def get_outgoing_mail(request: AskedRequest, mail_id: int) -> OutgoingMail:
    return queries.get_outgoing_mail(mail_id, seen_by=request.actor)


@router.post("/mail/outgoing/{int:mail_id}/retry", response=OutgoingMailOut, auth=may(rights.RETRY))
def retry_outgoing_mail(request: AskedRequest, mail_id: int) -> OutgoingMail:
    mail = queries.get_outgoing_mail(mail_id, seen_by=request.actor)
    actions.retry_mail(mail, by=request.actor)
    return queries.get_outgoing_mail(mail_id, seen_by=request.actor)
