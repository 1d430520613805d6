"""Edits of internal notes by their authors, and their deletion.

Source: docs/rules/discussions.md, "Notes of tickets".
"""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from opale.discussions.rights import MODERATE
from opale.kernel import clock
from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.kernel.text_limits import refuse_long
from opale.notifications.actions.notify import reword, withdraw
from opale.run.desk.actions.assignments import lock_assignment, touch_assignment
from opale.run.desk.actions.attachments import change_files
from opale.run.desk.actions.messages import with_mentions
from opale.run.desk.actions.note_mentions import notify_mentioned, thing_of
from opale.run.desk.actions.ticket_locks import change_ticket, lock_ticket
from opale.run.desk.models import Attachment, Message, Ticket
from opale.run.desk.queries.note_readers import audience_of
from opale.run.desk.rights import WORK
from opale.ui.edited_texts import refuse_edited_elsewhere
from opale.ui.markdown import mentioned_ids
from opale.ui.markdown_text import escape_markdown, markdown_as_line

MARKDOWN = Message.Format.MARKDOWN


def edit_note(
    note: Message,
    *,
    by: Actor,
    text: str | None = None,
    files: Iterable[Attachment] | None = None,
    seen: str = "",
) -> None:
    """Change one's own internal note: its text, and which files it has: of its own those that are
    named, and those that wait for this edit. The text is Markdown, also of a note that was plain.
    `seen` is the mark (`edit_mark`) of the note that the author had before them.

    Errors: NotFound, NotAllowed (of somebody else), Conflict (deleted, moved, or edited since),
    Invalid (nothing written, or who is mentioned may not read it).
    """
    with attributed(by):
        held = _lock_note(note, by=by)
        if by.person_id is None or held.person_id != by.person_id:
            raise NotAllowed(_("Only its author can edit a note."))
        refuse_edited_elsewhere(seen, held.body, held.edited_at)
        changed = files is not None and change_files(held, files, by=by)
        named = []
        if text is not None and _lines(text) != _lines(as_markdown(held)):
            if not text.strip():
                raise Invalid(text=_("Write a note first."))
            refuse_long(text=text)
            before = set(mentioned_ids(held.body)) if held.format == MARKDOWN else set()
            held.body, people = with_mentions(text, audience_of(held), MARKDOWN, known=before)
            held.format = MARKDOWN
            withdraw(thing_of(held), by=by, keeping=people)
            reword(thing_of(held), {"text": markdown_as_line(held.body)}, by=by)
            named, changed = [person for person in people if person.pk not in before], True
        if not changed:
            return
        held.edited_at = clock.now()
        held.save(update_fields=["body", "format", "edited_at"])
        _touch(held)
        notify_mentioned(held, named, by=by)


def delete_note(note: Message, *, by: Actor) -> None:
    """Delete an internal note with its files; that there was one stays. Its text stays in its
    history.

    Errors: NotFound, NotAllowed (neither its author nor an administrator), Conflict (deleted, or
    moved meanwhile).
    """
    with attributed(by):
        own = by.person_id is not None and note.person_id == by.person_id
        if not own and not by.can(MODERATE):
            raise NotAllowed(_("Only its author or an administrator can delete a note."))
        held = _lock_note(note, by=by, right=WORK if own else MODERATE)
        held.body, held.deleted_at = "", clock.now()
        held.save(update_fields=["body", "deleted_at"])
        Attachment.objects.filter(Q(message=held) | Q(edited_note=held)).delete()
        withdraw(thing_of(held), by=by)
        _touch(held)


def as_markdown(note: Message) -> str:
    """Return the text of a note as its author edits it."""
    return note.body if note.format == MARKDOWN else escape_markdown(note.body)


def _lines(text: str) -> list[str]:
    """Return the lines of a text, whatever a browser or a program ends them with."""
    return text.strip().splitlines()


def _lock_note(note: Message, *, by: Actor, right: str = WORK) -> Message:
    """Lock the ticket, then its note. Of an escalation, for the team that is asked as well."""
    if note.assignment is not None and not by.can(right):
        lock_assignment(note.assignment, by=by)
    else:
        lock_ticket(Ticket(pk=note.ticket_id), by=by, right=right)
    rows = Message.objects.select_for_update(of=("self",)).filter(direction=note.Direction.NOTE)
    held = rows.select_related("ticket", "assignment").filter(pk=note.pk).first()
    if held is None:
        raise NotFound
    if held.ticket_id != note.ticket_id:
        raise Conflict(_("A message was moved from this ticket in the meantime."))
    if held.deleted_at is not None:
        raise Conflict(_("This note has been deleted."))
    return held


def _touch(note: Message) -> None:
    change_ticket(note.ticket)
    if note.assignment is not None:
        touch_assignment(note.assignment)
