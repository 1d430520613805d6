"""What programs read and send of discussions."""

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from opale.discussions.actions import FILES_AT_ONCE, LONGEST
from opale.discussions.models import TYPE_LENGTH, Comment
from opale.endpoints.shapes import RowOut

RecordType = Annotated[
    str, Field(max_length=TYPE_LENGTH, description="Kind of the record: `project`, `design`, …")
]
RecordId = Annotated[
    int, Field(ge=1, lt=2**63, description="Its `id`, not the number that people read")
]

FileId = Annotated[int, Field(ge=1, lt=2**63)]


class RecordRef(Schema):
    """The record that is discussed."""

    record_type: RecordType
    record_id: RecordId


class NewComment(RecordRef):
    """`text` is Markdown, with `@[Full Name](person:12)` for a mention; `files` wait for it."""

    text: Annotated[str, Field(max_length=LONGEST)] = ""
    files: Annotated[list[FileId], Field(max_length=FILES_AT_ONCE)] = []


class Watching(RecordRef):
    watching: bool


class CommentFileOut(RowOut):
    """`media_type` is what its bytes are; `comment_id` is null while the file waits."""

    id: int
    comment_id: int | None
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    created_at: datetime


class CommentOut(RowOut):
    """The text of a deleted comment is empty, and its files are gone."""

    id: int
    record_type: str
    record_id: int
    author_id: int
    author: str
    text: str
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    files: list[CommentFileOut]

    @staticmethod
    def resolve_author(comment: Comment) -> str:
        return comment.author.name

    @staticmethod
    def resolve_files(comment: Comment) -> list[CommentFileOut]:
        return [CommentFileOut.from_orm(file) for file in comment.files.all()]
