"""Endpoints of outgoing mail."""

from ninja import Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.listings.endpoints import list_endpoint
from opale.messaging import rights
from opale.messaging.listings.outgoing_mails import OUTGOING_MAILS
from opale.messaging.listings.suppressions import SUPPRESSED_ADDRESSES
from opale.messaging.models import OutgoingMail
from opale.messaging.queries import outgoing as outgoing_queries
from opale.messaging.shapes import OutgoingMailOut, SuppressionOut, outgoing_mails

router = Router(tags=["messaging"])

list_endpoint(
    router,
    "/mail/outgoing",
    OUTGOING_MAILS,
    OutgoingMailOut,
    name="list_outgoing_mails",
    items=outgoing_mails,
)
list_endpoint(
    router,
    "/mail/suppressed",
    SUPPRESSED_ADDRESSES,
    SuppressionOut,
    name="list_suppressed_addresses",
)


@router.get("/mail/outgoing/{int:mail_id}", response=OutgoingMailOut, auth=may(rights.READ))
def get_outgoing_mail(request: ActorRequest, mail_id: int) -> OutgoingMail:
    return outgoing_queries.get_outgoing_mail(mail_id, seen_by=request.actor)
