"""Comments on records, their files, and who watches a record."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.discussions.rights import READ
from opale.kernel.clock import now
from opale.kernel.fulltext import SearchWords
from opale.kernel.history import tracked
from opale.kernel.owned import M, OwnedQuerySet
from opale.kernel.stored_files import StoredFileRow
from opale.organisation.models import Person

TYPE_LENGTH = 40


class DiscussionsQuerySet(OwnedQuerySet[M]):
    read_right = READ


@tracked(creation=True)
class Comment(models.Model):
    """A comment of an employee on a record, in Markdown. Its former texts are its history.

    Who may see it is who may see the record: queries look the record up first. The text of a
    deleted comment is empty.
    """

    reach_paths: ClassVar[dict[str, str]] = {"person": "author_id"}

    record_type = models.CharField(max_length=TYPE_LENGTH)
    record_id = models.BigIntegerField()
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("Comment"))
    created_at = models.DateTimeField(default=now)
    edited_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)

    objects = DiscussionsQuerySet["Comment"].as_manager()

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=["record_type", "record_id", "-id"], name="comment_of_record"),
            GinIndex(SearchWords("text"), name="comment_words", fastupdate=False),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(deleted_at=None) | Q(text=""), name="deleted_comment_is_empty"
            ),
        )

    def __str__(self) -> str:
        return f"{self.record_type} {self.record_id}: {self.pk}"


@tracked(creation=True, exclude=("key",))
class CommentFile(StoredFileRow):
    """A file on a comment, or one that waits for the comment that its uploader writes, or for the
    comment that its uploader edits. Its history does not keep its bytes.
    """

    reach_paths: ClassVar[dict[str, str]] = {"person": "uploader_id"}

    record_type = models.CharField(max_length=TYPE_LENGTH)
    record_id = models.BigIntegerField()
    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, null=True, related_name="files")
    edited_comment = models.ForeignKey(
        Comment, on_delete=models.PROTECT, null=True, related_name="+"
    )
    uploader = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=now)

    objects = DiscussionsQuerySet["CommentFile"].as_manager()

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=["record_type", "record_id", "uploader"], name="file_of_record"),
        )


@tracked(creation=True)
class Watcher(models.Model):
    """A person who is told of new comments on a record, unless it is muted."""

    reach_paths: ClassVar[dict[str, str]] = {"person": "person_id"}

    record_type = models.CharField(max_length=TYPE_LENGTH)
    record_id = models.BigIntegerField()
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    muted = models.BooleanField(default=False)

    objects = DiscussionsQuerySet["Watcher"].as_manager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=["record_type", "record_id", "person"], name="watches_record_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.record_type} {self.record_id}: {self.person_id}"
