"""Files of a ticket."""

from datetime import datetime

from django.http import FileResponse
from ninja import File, Router, Schema, UploadedFile
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.files import handed_out
from opale.endpoints.http import AskedRequest
from opale.run.desk import actions, queries, rights
from opale.run.desk.models import Attachment

router = Router()


class AttachmentOut(Schema):
    """`message_id` is null while the file waits to be sent; `media_type` is what its bytes are."""

    id: int
    message_id: int | None
    visibility: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    at: datetime


@router.get(
    "/tickets/{int:number}/attachments", response=list[AttachmentOut], auth=may(rights.READ)
)
def list_attachments(request: AskedRequest, number: int) -> list[Attachment]:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    return list(queries.attachments_of(ticket, seen_by=request.actor))


@router.post(
    "/tickets/{int:number}/attachments",
    response={201: AttachmentOut},
    auth=may(rights.WORK, rights.REQUEST),
)
def attach_file(request: AskedRequest, number: int, file: File[UploadedFile]) -> Status[Attachment]:
    """Keep a file with the ticket; name its id in `attachments` of the message that takes it."""
    ticket = queries.get_ticket(number, seen_by=request.actor)
    made = actions.attach_file(ticket, file.name or "", file.chunks(), by=request.actor)
    return Status(201, made)


@router.delete(
    "/tickets/{int:number}/attachments/{int:attachment_id}",
    response={204: None},
    auth=may(rights.WORK, rights.REQUEST),
)
def withdraw_attachment(request: AskedRequest, number: int, attachment_id: int) -> Status[None]:
    """Take back a file that no message has taken yet: whoever attached it, and nobody else."""
    ticket = queries.get_ticket(number, seen_by=request.actor)
    works = request.actor.can(rights.WORK)
    reader = queries.get_attachment if works else queries.get_own_attachment
    found = reader(ticket, attachment_id, seen_by=request.actor)
    actions.withdraw_attachment(found, by=request.actor)
    return Status(204, None)


@router.get("/tickets/{int:number}/attachments/{int:attachment_id}/content", auth=may(rights.READ))
def get_attachment(request: AskedRequest, number: int, attachment_id: int) -> FileResponse:
    ticket = queries.get_ticket(number, seen_by=request.actor)
    file = queries.get_attachment(ticket, attachment_id, seen_by=request.actor)
    return handed_out(file.key, name=file.name, media_type=file.media_type)
