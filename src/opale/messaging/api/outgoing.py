"""Endpoints of outgoing mail."""

from typing import Annotated, Literal

from ninja import Query, Router
from pydantic import Field

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, SearchText, Slice, Window, page
from opale.messaging import rights
from opale.messaging.models import OutgoingMail, Suppression
from opale.messaging.queries import outgoing as outgoing_queries
from opale.messaging.queries import suppressions as suppression_queries
from opale.messaging.queries import visible_mails
from opale.messaging.shapes import OutgoingMailOut, SuppressionOut, outgoing_mail

router = Router(tags=["messaging"])

StateName = Annotated[
    Literal["", "queued", "sent", "failed"], Field(description="Only mails in this state")
]


@router.get("/mail/outgoing", response=Page[OutgoingMailOut], auth=may(rights.READ))
def list_outgoing_mails(
    request: ActorRequest, window: Query[Window], state: StateName = ""
) -> dict[str, object]:
    rows = outgoing_queries.outgoing_mails(seen_by=request.actor, state=state)
    found = page(rows, window, "-created_at", "-id")
    told = visible_mails.visible_mails(found.items, seen_by=request.actor)
    return {"items": [outgoing_mail(one) for one in told], "next": found.next}


@router.get("/mail/outgoing/{int:mail_id}", response=OutgoingMailOut, auth=may(rights.READ))
def get_outgoing_mail(request: ActorRequest, mail_id: int) -> OutgoingMail:
    return outgoing_queries.get_outgoing_mail(mail_id, seen_by=request.actor)


@router.get("/mail/suppressed", response=Page[SuppressionOut], auth=may(rights.READ))
def list_suppressed_addresses(
    request: ActorRequest, window: Query[Window], q: SearchText = ""
) -> Slice[Suppression]:
    rows = suppression_queries.suppressions(seen_by=request.actor, text=q)
    return page(rows, window, "-since", "-id")
