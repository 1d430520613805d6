"""What is drawn of the discussion of a record."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from opale.discussions import queries
from opale.discussions.actions import LONGEST
from opale.discussions.forms import waiting_file
from opale.discussions.models import Comment, CommentFile
from opale.discussions.queries import SHOWN, Record
from opale.discussions.rights import MODERATE, WRITE
from opale.kernel.actor import Actor
from opale.kernel.files import SHOWN_INLINE
from opale.ui.components.editor import Editor
from opale.ui.markdown import render_markdown
from opale.ui.markup import EMPTY

MOST_SHOWN = 1_000


@dataclass(frozen=True)
class ShownComment:
    """A comment as its reader sees it: with what the reader may do to it."""

    comment: Comment
    mine: bool
    may_delete: bool

    @cached_property
    def files(self) -> list[CommentFile]:
        return list(self.comment.files.all())

    @cached_property
    def pictures(self) -> dict[str, str]:
        return {
            f"file:{file.pk}": reverse("discussions_file", args=[file.pk])
            for file in self.files
            if file.media_type in SHOWN_INLINE
        }

    @cached_property
    def html(self) -> SafeString:
        return render_markdown(self.comment.text, self.pictures)

    @cached_property
    def inline(self) -> list[CommentFile]:
        """Pictures that the text does not show by itself."""
        return [
            file
            for file in self.files
            if f"file:{file.pk}" in self.pictures and f"(file:{file.pk})" not in self.comment.text
        ]

    @cached_property
    def linked(self) -> list[CommentFile]:
        return [file for file in self.files if f"file:{file.pk}" not in self.pictures]


def count_of(asked: str) -> int:
    """Return how many comments are shown, by the page's parameter."""
    count = int(asked) if asked.isdecimal() and len(asked) < 6 else SHOWN
    return min(max(count, SHOWN), MOST_SHOWN)


def list_context(record: Record, actor: Actor, *, count: int = SHOWN) -> dict[str, Any]:
    """Return the context of the list of comments."""
    watching, has_waiting = queries.own_state(record, seen_by=actor)
    found, more = queries.latest_comments(record, seen_by=actor, count=count)
    url = reverse("discussions_show", args=[record.type, record.id])
    return {
        "record": record,
        "shown": [
            ShownComment(
                one, one.author_id == actor.person_id and actor.can(WRITE), actor.can(MODERATE)
            )
            for one in found
        ],
        "list_url": url if count == SHOWN else f"{url}?count={count}",
        "earlier_url": f"{url}?count={count + SHOWN}" if more and count < MOST_SHOWN else "",
        "too_many": more and count >= MOST_SHOWN,
        "may_write": actor.can(WRITE) and actor.person_id is not None,
        "watching": watching,
        "has_waiting": has_waiting,
    }


def discussion_context(
    record: Record,
    actor: Actor,
    *,
    count: int = SHOWN,
    text: str = "",
    error: str = "",
    preview: SafeString = EMPTY,
) -> dict[str, Any]:
    """Return the context of the list of comments with its editor."""
    context = list_context(record, actor, count=count)
    files = queries.waiting_files(record, seen_by=actor) if context["has_waiting"] else []
    return context | {"editor": editor_of(record, files, text=text, error=error, preview=preview)}


def editor_of(
    record: Record,
    waiting: Iterable[CommentFile],
    *,
    text: str = "",
    error: str = "",
    preview: SafeString = EMPTY,
) -> Editor:
    """Return the editor of a new comment, with the files that wait for it."""
    of_record = [record.type, record.id]
    return Editor(
        topic=record.topic,
        label=_("Comment"),
        placeholder=_("Write a comment; @ mentions a colleague"),
        longest=LONGEST,
        draft=f"discussion-{record.type}-{record.id}",
        preview_url=reverse("discussions_preview", args=of_record),
        people_url=reverse("discussions_people", args=of_record),
        files_url=reverse("discussions_attach", args=of_record),
        text=text,
        error=error,
        files=[waiting_file(file) for file in waiting],
        preview=preview,
    )
