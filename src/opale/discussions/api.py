"""Endpoints of discussions; acts add the change and the deletion of a comment."""

from django.http import FileResponse
from ninja import File, Query, Router, UploadedFile
from ninja.responses import Status

from opale.discussions import actions, queries
from opale.discussions.models import Comment, CommentFile
from opale.discussions.rights import READ, WRITE
from opale.discussions.shapes import (
    CommentFileOut,
    CommentOut,
    NewComment,
    RecordRef,
    Watching,
)
from opale.endpoints.auth import may
from opale.endpoints.files import file_response
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.endpoints.shapes import FormerTextOut
from opale.kernel.history import FormerText

router = Router(tags=["discussions"])


@router.get("/comments", response=Page[CommentOut], auth=may(READ))
def list_comments(
    request: ActorRequest, record: Query[RecordRef], window: Query[Window]
) -> Slice[Comment]:
    """The comments on a record, oldest first."""
    found = queries.get_record(record.record_type, record.record_id, seen_by=request.actor)
    return page(queries.comments_of(found, seen_by=request.actor), window, "id")


@router.post("/comments", response={201: CommentOut}, auth=may(WRITE))
def add_comment(request: ActorRequest, body: NewComment) -> Status[Comment]:
    """Comment on a record. A mention of somebody who may not see it is refused."""
    record = queries.get_record(body.record_type, body.record_id, seen_by=request.actor)
    made = actions.add_comment(record, body.text, by=request.actor, file_ids=body.files)
    return Status(201, queries.get_comment(made.pk, seen_by=request.actor))


@router.post("/comments/files", response={201: CommentFileOut}, auth=may(WRITE))
def attach_comment_file(
    request: ActorRequest, record: Query[RecordRef], file: File[UploadedFile]
) -> Status[CommentFile]:
    """Keep a file that waits for a comment: name its id in `files` of the comment."""
    found = queries.get_record(record.record_type, record.record_id, seen_by=request.actor)
    made = actions.attach_file(found, file.name or "", file.chunks(), by=request.actor)
    return Status(201, made)


@router.get("/comments/files/{int:comment_file_id}/content", auth=may(READ))
def get_comment_file(request: ActorRequest, comment_file_id: int) -> FileResponse:
    file = queries.get_file(comment_file_id, seen_by=request.actor)
    return file_response(file.key, name=file.name, media_type=file.media_type)


@router.put("/comments/watching", response=Watching, auth=may(WRITE))
def watch_record(request: ActorRequest, body: Watching) -> Watching:
    """Be told of new comments on a record, or no longer."""
    record = queries.get_record(body.record_type, body.record_id, seen_by=request.actor)
    actions.set_watching(record, by=request.actor, watching=body.watching)
    return body


@router.get("/comments/{int:comment_id}", response=CommentOut, auth=may(READ))
def get_comment(request: ActorRequest, comment_id: int) -> Comment:
    return queries.get_comment(comment_id, seen_by=request.actor)


@router.get("/comments/{int:comment_id}/history", response=list[FormerTextOut], auth=may(READ))
def list_former_texts(request: ActorRequest, comment_id: int) -> list[FormerText]:
    """The texts that a comment had before its edits, the latest first."""
    comment = queries.get_comment(comment_id, seen_by=request.actor)
    return queries.former_texts(comment)
