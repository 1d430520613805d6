"""What is done to a comment by its author, or by an administrator."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Place, Subject, change, remove
from opale.discussions import actions, queries
from opale.discussions.forms import CommentBody, CommentForm
from opale.discussions.models import Comment
from opale.discussions.ports import record_kinds
from opale.discussions.queries import Record
from opale.discussions.rights import MODERATE, WRITE
from opale.discussions.shapes import CommentOut


def place_of_comment(comment: Comment) -> Place:
    """Return the comment's place on the page of its record."""
    kind = record_kinds()[comment.record_type]
    model: Any = kind.subject.model
    record = Record(kind, model._default_manager.get(pk=comment.record_id))
    return queries.url_of_comment(comment.pk, record), record.label


def region_of_comment(comment: Comment) -> str:
    return reverse("discussions_show", args=[comment.record_type, comment.record_id])


COMMENT = Subject(
    name="comment", model=Comment, get=queries.get_comment, shape=CommentOut,
    rows=queries.comments, page="comments/<int:comment_id>/",
    endpoint="/comments/{int:comment_id}", home=place_of_comment, region=region_of_comment,
)  # fmt: skip

ACTS = (
    change(
        COMMENT, actions.edit_comment, "edit_comment", WRITE, CommentForm, body=CommentBody,
        title=_("Edit comment"), label=_("Edit comment"), said=_("Comment saved."),
        initial=lambda comment, _by: {
            "text": comment.text, "files": [file.pk for file in comment.files.all()],
        },
    ),
    remove(
        COMMENT, actions.delete_comment, "delete_comment", WRITE, page="delete",
        label=_("Delete comment"), said=_("Comment deleted."), others=(MODERATE,),
    ),
)  # fmt: skip
