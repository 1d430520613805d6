"""What is filled in of comments, and the editor of one that is edited."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.discussions.actions import LONGEST
from opale.discussions.models import Comment, CommentFile
from opale.discussions.queries import files_to_choose
from opale.kernel.actor import Actor
from opale.kernel.files import SHOWN_INLINE
from opale.ui.components.editor import Editor, EditorFile
from opale.ui.edited_texts import EditedTextForm, edit_mark
from opale.ui.markdown_text import picture_as_markdown
from opale.ui.markup import EMPTY


def editor_of_edit(
    comment: Comment, *, seen_by: Actor, chosen: Collection[int], preview: SafeString = EMPTY
) -> Editor:
    """Return the editor of a comment that is edited: of its files those `chosen` stay."""
    files = list(files_to_choose(comment, seen_by=seen_by))
    of_record = [comment.record_type, comment.record_id]
    return Editor(
        topic=f"discussions.comment:{comment.pk}",
        label=gettext("Comment"),
        longest=LONGEST,
        preview_url=reverse("discussions_preview_edit", args=[comment.pk]),
        people_url=reverse("discussions_people", args=of_record),
        files_url=reverse("discussions_attach_edit", args=[comment.pk]),
        kept=[_kept(file, chosen) for file in files if file.comment_id],
        files=[waiting_file(file) for file in files if not file.comment_id],
        preview=preview,
    )


def _kept(file: CommentFile, chosen: Collection[int]) -> EditorFile:
    return EditorFile(
        id=file.pk,
        name=file.name,
        size_bytes=file.size_bytes,
        url=reverse("discussions_file", args=[file.pk]),
        chosen=file.pk in chosen,
    )


def waiting_file(file: CommentFile) -> EditorFile:
    """Return a file that waits, as the editor shows it."""
    return EditorFile(
        id=file.pk,
        name=file.name,
        size_bytes=file.size_bytes,
        url=reverse("discussions_file", args=[file.pk]),
        removal_url=reverse("discussions_remove_file", args=[file.pk]),
        markdown=picture_as_markdown(file.name, f"file:{file.pk}")
        if file.media_type in SHOWN_INLINE
        else "",
    )


class CommentForm(EditedTextForm):
    """Text and files of a comment."""

    text = forms.CharField(label=_("Comment"), max_length=LONGEST, required=False)

    def __init__(self, *args: Any, comment: Comment, **kwargs: Any) -> None:
        self.comment = comment
        super().__init__(*args, **kwargs)

    def querysets(self) -> dict[str, QuerySet[Any]]:
        return {"files": files_to_choose(self.comment, seen_by=self.by)}

    def editor(self, chosen: Collection[int], preview: SafeString) -> Editor:
        return editor_of_edit(self.comment, seen_by=self.by, chosen=chosen, preview=preview)

    @property
    def mark(self) -> str:
        return edit_mark(self.comment.text, self.comment.edited_at)


class CommentBody(CommentForm):
    """What programs send of a comment: they say by `If-Match` which one they read."""

    seen = None  # type: ignore[assignment]  # so a form leaves out a field of its base
