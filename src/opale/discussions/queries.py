"""Queries of discussions: the record is looked up first, as the actor sees it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.urls import reverse

from opale.discussions.models import Comment, CommentFile, DiscussionsQuerySet, Watcher
from opale.discussions.ports import RecordKind, kind_of_record, record_kinds
from opale.discussions.rights import READ
from opale.kernel import history
from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed, NotFound
from opale.kernel.fulltext import IN_ORDER, SearchQuery
from opale.kernel.history import FormerText
from opale.notifications.domain.things import rows_of
from opale.organisation.models import Person
from opale.organisation.queries.mentions import Audience

SHOWN = 50
"""Comments that a page shows at first, and by how many more it shows earlier ones."""
LOOKED_AT = 200
"""Comments that hold the words of a search, looked at in one step."""
PARTS = 5
"""Steps of one page of a search, where few of the comments are on records that one may open."""


@dataclass(frozen=True, slots=True)
class Record:
    """A record that an actor may see, with its kind."""

    kind: RecordKind
    row: Any

    @property
    def type(self) -> str:
        return self.kind.record_type

    @property
    def id(self) -> int:
        return int(self.row.pk)

    @property
    def url(self) -> str:
        """The page on which the record is discussed."""
        if self.kind.own_page:
            return reverse("discussions_show", args=[self.type, self.id])
        return self.home

    @property
    def home(self) -> str:
        """The page that shows the record."""
        return self.kind.subject.home(self.row)[0]

    @property
    def label(self) -> str:
        if self.kind.title is not None:
            return self.kind.title(self.row)
        return str(self.kind.subject.home(self.row)[1])

    @property
    def topic(self) -> str:
        return f"{self.kind.topic_name}:{self.id}"

    @property
    def customer_id(self) -> int | None:
        """The customer that the record is or belongs to, if any."""
        path = self.row.reach_paths.get("customers")
        return attrgetter(path.replace("__", "."))(self.row) if path else None


@dataclass(frozen=True, slots=True)
class FoundComment:
    """A comment that search found, and the record that it is on."""

    comment: Comment
    record: Record

    @property
    def url(self) -> str:
        return url_of_comment(self.comment.pk, self.record)


@dataclass(frozen=True, slots=True)
class FoundComments:
    """A page of found comments; `further` is where the next one goes on, None at the end."""

    found: list[FoundComment]
    further: int | None


def url_of_comment(comment_id: int, record: Record) -> str:
    return f"{record.url.partition('#')[0]}#comment-{comment_id}"


def record_of(row: Model) -> Record:
    """Return the record of a row that has been looked up for its reader already."""
    return Record(kind_of_record(row), row)


def get_record(record_type: str, record_id: int, *, seen_by: Actor) -> Record:
    """Return a record that the actor may see. Errors: NotFound."""
    kind = record_kinds().get(record_type)
    if kind is None or not seen_by.can(READ):
        raise NotFound
    subject = kind.subject
    if subject.get_by_id is not None:
        return Record(kind, subject.get_by_id(record_id, seen_by=seen_by))
    if subject.get is None or subject.model is None:
        raise NotFound
    key = record_id
    if subject.column != "pk":
        rows = subject.model._default_manager.filter(pk=record_id)
        key = rows.values_list(subject.column, flat=True).first()
        if key is None:
            raise NotFound
    return Record(kind, subject.get(key, seen_by=seen_by))


def visible_records(record_type: str, ids: Iterable[int], actor: Actor) -> list[int]:
    """Return which of these records an actor may see now."""
    kind = record_kinds().get(record_type)
    if kind is None or kind.subject.model is None or not actor.can(READ):
        return []
    return list(rows_of(kind.subject.model)(list(ids), actor))


def visible_comments(ids: Collection[int], actor: Actor) -> list[int]:
    """Return which of these comments are on records that an actor may see now."""
    rows = Comment.objects.visible_to(actor).filter(pk__in=ids)
    on: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for pk, record_type, record_id in rows.values_list("pk", "record_type", "record_id"):
        on[record_type][record_id].append(pk)
    return [
        pk
        for record_type, records in on.items()
        for record_id in visible_records(record_type, records, actor)
        for pk in records[record_id]
    ]


def comments_of(record: Record, *, seen_by: Actor) -> DiscussionsQuerySet[Comment]:
    """Return the comments on a record, with authors and files, oldest first."""
    found = Comment.objects.visible_to(seen_by)
    found = found.filter(record_type=record.type, record_id=record.id)
    return found.select_related("author").prefetch_related("files").order_by("id")


def latest_comments(
    record: Record, *, seen_by: Actor, count: int = SHOWN
) -> tuple[list[Comment], bool]:
    """Return the latest comments on a record, oldest first, and whether there are earlier ones."""
    found = list(comments_of(record, seen_by=seen_by).order_by("-id")[: count + 1])
    return found[:count][::-1], len(found) > count


def search_comments(
    asked: SearchQuery, *, seen_by: Actor, limit: int, before: int | None = None
) -> FoundComments:
    """Return comments that hold the words, on records that the actor may see now, newest first.

    Search walks back by `LOOKED_AT` comments at a time; `before` is `further` of the page before.
    """
    if not asked or not seen_by.can(READ) or limit < 1:
        return FoundComments([], None)
    holding = _holding(Comment.objects.visible_to(seen_by).filter(deleted_at=None), asked)
    found: list[FoundComment] = []
    for _part in range(PARTS):
        part = holding if before is None else holding.filter(pk__lt=before)
        rows = list(part.select_related("author").order_by("-id")[:LOOKED_AT])
        for comment, record in _on_visible_records(rows, seen_by):
            found.append(FoundComment(comment, record))
            if len(found) == limit:
                return FoundComments(found, comment.pk)
        if len(rows) < LOOKED_AT:
            return FoundComments(found, None)
        before = rows[-1].pk
    return FoundComments(found, before)


def _holding(comments: DiscussionsQuerySet[Comment], asked: SearchQuery) -> QuerySet[Comment]:
    """Return the comments that hold the words of a query, and its phrases in their order."""
    found = comments.extra(  # the words are parameters
        where=["kernel_words(discussions_comment.text) @@ %s::tsquery"],
        params=[asked.loose or asked.tsquery],
    )
    if not asked.french:
        return found
    in_order = IN_ORDER.format(text="discussions_comment.text")
    return found.extra(where=[f"({in_order})"], params=[asked.french, asked.english])  # noqa: S610


def _on_visible_records(
    comments: Iterable[Comment], actor: Actor
) -> Iterator[tuple[Comment, Record]]:
    """Give the comments whose records an actor may see now, with the records."""
    rows = list(comments)
    asked: dict[str, set[int]] = defaultdict(set)
    for one in rows:
        asked[one.record_type].add(one.record_id)
    near = {  # many at once, before each one that is shown is looked up as its page does
        (kind.record_type, pk)
        for kind in record_kinds().values()
        if kind.subject.model is not None and asked[kind.record_type]
        for pk in rows_of(kind.subject.model)(asked[kind.record_type], actor)
    }
    known: dict[tuple[str, int], Record | None] = {}
    for one in rows:
        key = one.record_type, one.record_id
        if key in near and key not in known:
            try:
                known[key] = get_record(*key, seen_by=actor)
            except (NotFound, NotAllowed):
                known[key] = None
        if (record := known.get(key)) is not None:
            yield one, record


def get_comment(comment_id: int, *, seen_by: Actor) -> Comment:
    """Return a comment on a record that the actor may see. Errors: NotFound."""
    found = Comment.objects.visible_to(seen_by).select_related("author")
    comment = found.prefetch_related("files").filter(pk=comment_id).first()
    if comment is None:
        raise NotFound
    get_record(comment.record_type, comment.record_id, seen_by=seen_by)
    return comment


def former_texts(comment: Comment) -> list[FormerText]:
    """Return the texts that a comment, which its reader may see, had before its edits, the latest
    first. Errors: NotFound (it is deleted: what it said is taken back)."""
    if comment.deleted_at is not None:
        raise NotFound
    return history.former_texts(comment, "text")


def comments(*, seen_by: Actor) -> DiscussionsQuerySet[Comment]:
    """Return comments to change one of; the action looks up its record."""
    return Comment.objects.visible_to(seen_by)


def get_file(file_id: int, *, seen_by: Actor) -> CommentFile:
    """Return a file of a comment, or one's own that waits for one. Errors: NotFound."""
    file = CommentFile.objects.visible_to(seen_by).filter(pk=file_id).first()
    if file is None or (file.comment_id is None and file.uploader_id != seen_by.person_id):
        raise NotFound
    get_record(file.record_type, file.record_id, seen_by=seen_by)
    return file


def waiting_files(
    record: Record, *, seen_by: Actor, edited: Comment | None = None
) -> list[CommentFile]:
    """Return the actor's own files that wait for a new comment on a record, or for an edit."""
    found = CommentFile.objects.visible_to(seen_by).filter(comment=None, edited_comment=edited)
    mine = found.filter(uploader=seen_by.person_id)
    return list(mine.filter(record_type=record.type, record_id=record.id))


def files_to_choose(comment: Comment, *, seen_by: Actor) -> QuerySet[CommentFile]:
    """Return the files of a comment, and the actor's own that wait for its edit."""
    found = CommentFile.objects.visible_to(seen_by)
    waiting = Q(comment=None, edited_comment=comment, uploader=seen_by.person_id)
    return found.filter(Q(comment=comment) | waiting)


def own_state(record: Record, *, seen_by: Actor) -> tuple[bool, bool]:
    """Return whether the actor watches a record, and whether files of theirs wait for a comment."""
    if seen_by.person_id is None:
        return False, False
    of_record = {"record_type": record.type, "record_id": record.id}
    watching = Watcher.objects.filter(person=OuterRef("pk"), muted=False, **of_record)
    files = CommentFile.objects.filter(comment=None, edited_comment=None, **of_record)
    waiting = files.filter(uploader=OuterRef("pk"))
    found = Person.objects.filter(pk=seen_by.person_id)
    asked = found.annotate(watching=Exists(watching), waiting=Exists(waiting))
    return asked.values_list("watching", "waiting").first() or (False, False)


def audience_of(record: Record) -> Audience:
    """Return who may be mentioned in a comment on a record, and told of it."""
    return Audience(record.row, (READ,), record.kind.cannot_open)


def watchers_of(record: Record) -> list[Person]:
    """Return the people who watch a record and did not mute it, whatever they may see."""
    watching = Watcher.objects.filter(record_type=record.type, record_id=record.id, muted=False)
    found = Person.objects.filter(pk__in=watching.values("person"), left_on=None)
    return list(found.select_related("user"))
