"""Comments on records, their files, and watching a record.

Source: docs/rules/discussions.md.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.utils import translation
from django.utils.translation import gettext as _

from opale.discussions import queries
from opale.discussions.models import Comment, CommentFile, Watcher
from opale.discussions.notification_kinds import COMMENTED, MENTIONED
from opale.discussions.queries import Record, get_record
from opale.discussions.rights import MODERATE, WRITE
from opale.kernel import clock, live_topics
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.kernel.stored_files import WAITING_KEPT, stored_columns
from opale.notifications.actions.notify import News, notify_each, reword, withdraw
from opale.organisation.models import Person
from opale.organisation.queries.mentions import mentioned_people
from opale.ui.edited_texts import refuse_edited_elsewhere
from opale.ui.markdown import mentioned_ids, with_names
from opale.ui.markdown_text import markdown_as_line

LONGEST = 20_000
"""Characters of one comment."""
FILES_AT_ONCE = 20
"""Files of one comment."""


def add_comment(record: Record, text: str, *, by: Actor, file_ids: Sequence[int] = ()) -> Comment:
    """Add a comment with waiting files; its author and who it mentions become watchers.

    Errors: NotFound, NotAllowed, Invalid (empty, too long, or who is mentioned may not see the
    record; a file that is gone).
    """
    author_id = _require_person(by, WRITE)
    get_record(record.type, record.id, seen_by=by)
    mentioned = mentioned_people(text[:LONGEST], queries.audience_of(record))
    with attributed(by):
        waiting = _lock_waiting_files(record, file_ids, author_id, edited=None)
        comment = Comment.objects.create(
            record_type=record.type,
            record_id=record.id,
            author_id=author_id,
            text=_checked(with_names(text, mentioned), has_files=bool(waiting)),
        )
        CommentFile.objects.filter(pk__in=[file.pk for file in waiting]).update(comment=comment)
        _start_watching(record, [author_id, *mentioned])
        live_topics.publish(record.topic, customer_id=record.customer_id)
        _notify(comment, record, mentioned.values(), queries.watchers_of(record), by=by)
    return comment


def edit_comment(
    comment: Comment,
    *,
    by: Actor,
    text: str | None = None,
    files: Iterable[CommentFile] | None = None,
    seen: str = "",
) -> None:
    """Change one's own comment: its text, and which files it has: of its own those that are named,
    and those that wait for this edit. Its former text stays in its history. `seen` is the mark
    (`edit_mark`) of the comment that the author had before them.

    Errors: NotFound, NotAllowed (of somebody else), Conflict (deleted, or edited since), Invalid.
    """
    author_id = _require_person(by, WRITE)
    record = get_record(comment.record_type, comment.record_id, seen_by=by)
    with attributed(by):
        held = _lock_comment(comment)
        if held.author_id != author_id:
            raise NotAllowed(_("Only its author can edit a comment."))
        refuse_edited_elsewhere(seen, held.text, held.edited_at)
        changed = files is not None and _change_files(held, record, files, author_id)
        before = set(mentioned_ids(held.text))
        typed = held.text if text is None else text
        mentioned = mentioned_people(typed[:LONGEST], queries.audience_of(record), known=before)
        new = _checked(with_names(typed, mentioned), has_files=held.files.exists())
        if new == held.text and not changed:
            return
        held.text, held.edited_at = new, clock.now()
        held.save(update_fields=["text", "edited_at"])
        _start_watching(record, mentioned)
        live_topics.publish(record.topic, customer_id=record.customer_id)
        withdraw(_thing(held), by=by, keeping=mentioned.values())
        reword(_thing(held), {"text": markdown_as_line(held.text)}, by=by)
        named = tuple(person for pk, person in mentioned.items() if pk not in before)
        _notify(held, record, named, (), by=by)


def delete_comment(comment: Comment, *, by: Actor) -> None:
    """Delete a comment with its files; that there was one stays. Its text stays in its history.

    Errors: NotFound, NotAllowed (neither its author nor an administrator), Conflict (deleted).
    """
    if not by.can(WRITE) and not by.can(MODERATE):
        raise NotAllowed
    record = get_record(comment.record_type, comment.record_id, seen_by=by)
    with attributed(by):
        held = _lock_comment(comment)
        if held.author_id != by.person_id and not by.can(MODERATE):
            raise NotAllowed(_("Only its author or an administrator can delete a comment."))
        held.text, held.deleted_at = "", clock.now()
        held.save(update_fields=["text", "deleted_at"])
        CommentFile.objects.filter(Q(comment=held) | Q(edited_comment=held)).delete()
        withdraw(_thing(held), by=by)
        live_topics.publish(record.topic, customer_id=record.customer_id)


def attach_file(
    record: Record,
    name: str,
    chunks: Iterable[bytes],
    *,
    by: Actor,
    edited: Comment | None = None,
) -> CommentFile:
    """Store a file that waits for a comment of whoever attached it, or for the edit of their own.

    Errors: NotFound, NotAllowed, Invalid (too large, empty, or a program), TooMany.
    """
    uploader_id = _require_person(by, WRITE)
    get_record(record.type, record.id, seen_by=by)
    if edited is not None and edited.author_id != uploader_id:
        raise NotAllowed(_("Only its author can edit a comment."))
    if len(queries.waiting_files(record, seen_by=by, edited=edited)) >= FILES_AT_ONCE:
        limit = {"limit": FILES_AT_ONCE}
        raise Invalid(file=_("At most %(limit)s files per comment.") % limit)
    columns = stored_columns(name, chunks, by=by)
    with attributed(by):
        return CommentFile.objects.create(
            record_type=record.type,
            record_id=record.id,
            edited_comment=edited,
            uploader_id=uploader_id,
            **columns,
        )


def remove_file(file: CommentFile, *, by: Actor) -> None:
    """Remove one's own file that no comment has yet. Errors: NotFound, NotAllowed, Conflict."""
    uploader_id = _require_person(by, WRITE)
    get_record(file.record_type, file.record_id, seen_by=by)
    with attributed(by):
        held = CommentFile.objects.select_for_update().filter(pk=file.pk).first()
        if held is None:
            raise NotFound
        if held.uploader_id != uploader_id:
            raise NotAllowed
        if held.comment_id is not None:
            raise Conflict(_("This file is already part of a comment."))
        held.delete()


def delete_waiting_files(at: datetime, *, by: Actor) -> int:
    """Delete files that no comment took for `WAITING_KEPT`, and return how many."""
    old = CommentFile.objects.filter(comment=None, created_at__lt=at - WAITING_KEPT)
    with attributed(by):
        count, _rows = old.delete()
    return count


def set_watching(record: Record, *, by: Actor, watching: bool) -> None:
    """Watch a record, or mute it: who muted it is told of mentions alone, which do not make them
    watch it again.

    Errors: NotFound, NotAllowed.
    """
    person_id = _require_person(by, WRITE)
    get_record(record.type, record.id, seen_by=by)
    with attributed(by):
        Watcher.objects.update_or_create(
            record_type=record.type,
            record_id=record.id,
            person_id=person_id,
            defaults={"muted": not watching},
        )


def _require_person(by: Actor, right: str) -> int:
    """Return the person that the actor is. Errors: NotAllowed (none, or without the right)."""
    if not by.can(right) or by.person_id is None:
        raise NotAllowed
    return by.person_id


def _checked(text: str, *, has_files: bool) -> str:
    text = text.strip()
    if not text and not has_files:
        raise Invalid(text=_("Write a comment."))
    if len(text) > LONGEST:
        raise Invalid(
            text=_("A comment has at most %(limit)s characters.") % {"limit": f"{LONGEST:,}"}
        )
    return text


def _lock_comment(comment: Comment) -> Comment:
    held = Comment.objects.select_for_update().filter(pk=comment.pk).first()
    if held is None:
        raise NotFound
    if held.deleted_at is not None:
        raise Conflict(_("This comment has been deleted."))
    return held


def _change_files(
    comment: Comment, record: Record, files: Iterable[CommentFile], uploader_id: int
) -> bool:
    """Let a comment have these files, its own or waiting ones; return whether that changes it.

    Errors: Invalid.
    """
    named = {file.pk for file in files}
    own = set(comment.files.values_list("pk", flat=True))
    if len(named) > FILES_AT_ONCE:
        limit = {"limit": FILES_AT_ONCE}
        raise Invalid(files=_("At most %(limit)s files per comment.") % limit)
    added = _lock_waiting_files(record, list(named - own), uploader_id, edited=comment)
    CommentFile.objects.filter(pk__in=own - named).delete()
    found = CommentFile.objects.filter(pk__in=[file.pk for file in added])
    found.update(comment=comment, edited_comment=None)
    return bool(added or own - named)


def _lock_waiting_files(
    record: Record, file_ids: Sequence[int], uploader_id: int, *, edited: Comment | None
) -> list[CommentFile]:
    """Return one's waiting files, locked. Errors: Invalid (one is gone, or there are too many)."""
    wanted = set(file_ids)
    if not wanted:
        return []
    if len(wanted) > FILES_AT_ONCE:
        limit = {"limit": FILES_AT_ONCE}
        raise Invalid(files=_("At most %(limit)s files per comment.") % limit)
    waiting = CommentFile.objects.select_for_update().filter(
        comment=None, edited_comment=edited, uploader=uploader_id
    )
    found = waiting.filter(record_type=record.type, record_id=record.id, pk__in=wanted)
    if len(rows := list(found)) != len(wanted):
        raise Invalid(files=_("One of the files is no longer available. Attach it again."))
    return rows


def _start_watching(record: Record, person_ids: Iterable[int]) -> None:
    """Make people watchers who are none yet; who muted the record stays so."""
    Watcher.objects.bulk_create(
        [
            Watcher(record_type=record.type, record_id=record.id, person_id=pk)
            for pk in sorted(set(person_ids))  # in one order, so that two never deadlock
        ],
        ignore_conflicts=True,
    )


def _notify(
    comment: Comment,
    record: Record,
    mentioned: Iterable[Person],
    watching: Iterable[Person],
    *,
    by: Actor,
) -> None:
    """Tell those who are mentioned, and those others who watch, if they may see the record now."""
    named = [person for person in mentioned if person.pk != comment.author_id]
    first = {person.pk for person in named} | {comment.author_id}
    others = [person for person in watching if person.pk not in first]
    url = queries.url_of_comment(comment.pk, record)
    values = {
        "author": comment.author.name,
        **_labels(record),
        "text": markdown_as_line(comment.text),
    }
    thing, topic = _thing(comment), record.topic
    may_open = queries.audience_of(record).among
    news = [News(MENTIONED, one, thing, url, values) for one in may_open(named)]
    news += [News(COMMENTED, one, topic, url, values) for one in may_open(others)]
    notify_each(news, by=by)


def _labels(record: Record) -> dict[str, str]:
    """Return the name of a record in both languages, for the notification to say its reader's."""
    labels: dict[str, str] = {}
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            labels[f"record_{language}"] = record.label
    return labels


def _thing(comment: Comment) -> str:
    return f"discussions.comment:{comment.pk}"
