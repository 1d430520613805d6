"""Endpoints of a ticket's files."""

from datetime import datetime

from django.http import FileResponse
from ninja import File, Router, Schema, UploadedFile
from ninja.responses import Status

from opale.endpoints.auth import may
from opale.endpoints.files import file_response
from opale.endpoints.http import ActorRequest
from opale.run.desk import rights
from opale.run.desk.actions import attachments
from opale.run.desk.models import Attachment
from opale.run.desk.queries import attachments as attachment_queries
from opale.run.desk.queries import tickets

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
def list_attachments(request: ActorRequest, number: int) -> list[Attachment]:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    return list(attachment_queries.attachments_of(ticket, seen_by=request.actor))


@router.post(
    "/tickets/{int:number}/attachments",
    response={201: AttachmentOut},
    auth=may(rights.WORK, rights.REQUEST),
)
def attach_file(request: ActorRequest, number: int, file: File[UploadedFile]) -> Status[Attachment]:
    """Keep a file with the ticket; name its id in `attachments` of the message that takes it."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    made = attachments.attach_file(ticket, file.name or "", file.chunks(), by=request.actor)
    return Status(201, made)


@router.delete(
    "/tickets/{int:number}/attachments/{int:attachment_id}",
    response={204: None},
    auth=may(rights.WORK, rights.REQUEST),
)
def withdraw_attachment(request: ActorRequest, number: int, attachment_id: int) -> Status[None]:
    """Take back a file that no message has taken yet: whoever attached it, and nobody else."""
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    works = request.actor.can(rights.WORK)
    reader = attachment_queries.get_attachment if works else attachment_queries.get_own_attachment
    found = reader(ticket, attachment_id, seen_by=request.actor)
    attachments.withdraw_attachment(found, by=request.actor)
    return Status(204, None)


@router.get("/tickets/{int:number}/attachments/{int:attachment_id}/content", auth=may(rights.READ))
def get_attachment(request: ActorRequest, number: int, attachment_id: int) -> FileResponse:
    ticket = tickets.get_ticket(number, seen_by=request.actor)
    file = attachment_queries.get_attachment(ticket, attachment_id, seen_by=request.actor)
    return file_response(file.key, name=file.name, media_type=file.media_type)
