"""Files on tickets: uploaded beside a draft, then part of the message sent or noted."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.kernel.attribution import attributed
from opale.kernel.errors import Conflict, Invalid, NotAllowed, NotFound
from opale.kernel.isolation import as_application
from opale.kernel.stored_files import WAITING_KEPT, stored_columns
from opale.run.desk.actions.ticket_locks import lock_current_ticket, touch_ticket
from opale.run.desk.models import Attachment, Message, ProposedAnswer, Ticket, WrittenDraft
from opale.run.desk.rights import REQUEST, WORK

AT_ONCE = 20
"""Maximum number of files on one message."""


def attach_file(
    ticket: Ticket,
    name: str,
    chunks: Iterable[bytes],
    *,
    by: Actor,
    draft_kind: str = WrittenDraft.Kind.INTERNAL,
    edited_note: Message | None = None,
) -> Attachment:
    """Store a file with a ticket. Until a message takes it, it is a note of whoever attached it.

    `draft_kind` is what it waits for: a reply or a note; `edited_note` the note of the actor's own
    that it waits to be added to.

    The bytes are stored before the transaction: nothing slow happens while the ticket is locked.
    Requesters attach to their own tickets.
    Errors: NotFound, NotAllowed, Invalid (too large, empty, or a program), TooMany.
    """
    if not Ticket.objects.visible_to(by).filter(pk=ticket.pk).exists():
        raise NotFound
    columns = stored_columns(name, chunks, by=by)
    with as_application(), attributed(by):
        held = lock_current_ticket(ticket, by=by, right=WORK if by.can(WORK) else REQUEST)
        if edited_note is not None and edited_note.person_id != by.person_id:
            raise NotAllowed
        waiting = Attachment.objects.filter(
            ticket=held, message=None, edited_note=edited_note, actor=by.key
        )
        if waiting.count() >= AT_ONCE:
            limit = {"limit": AT_ONCE}
            raise Invalid(file=_("At most %(limit)s files per message.") % limit)
        attachment = Attachment.objects.create(
            ticket=held,
            customer_id=held.customer_id,
            visibility=Message.Visibility.INTERNAL,
            draft_kind=draft_kind,
            edited_note=edited_note,
            **columns,
            actor=by.key,
            actor_name=by.name,
        )
        touch_ticket(held)
    return attachment


def withdraw_attachment(attachment: Attachment, *, by: Actor) -> None:
    """Remove a file that no message has taken yet. Only its uploader may.

    Errors: NotFound, NotAllowed, Conflict (a message has it: what was sent was sent).
    """
    with as_application(), attributed(by):
        right = WORK if by.can(WORK) else REQUEST
        held = lock_current_ticket(attachment.ticket, by=by, right=right)
        row = Attachment.objects.select_for_update().filter(pk=attachment.pk, ticket=held).first()
        if row is None:
            raise NotFound
        if row.message_id is not None:
            raise Conflict(_("This file is already attached to a message."))
        if row.actor != by.key:
            raise NotAllowed
        row.delete()
        touch_ticket(held)


def delete_waiting_files(at: datetime) -> int:
    """Delete files that no message took for `WAITING_KEPT`, and return how many.

    Those of a proposed answer stay, and those on tickets where somebody has a draft.
    """
    old = Attachment.objects.filter(message=None, at__lt=at - WAITING_KEPT)
    drafts = WrittenDraft.objects.filter(ticket=OuterRef("ticket"))
    proposed = ProposedAnswer.objects.filter(state=ProposedAnswer.State.PROPOSED)
    named = {pk for ids in proposed.values_list("attachments", flat=True) for pk in ids}
    count, _rows = old.exclude(Exists(drafts)).exclude(pk__in=named).delete()
    return count


def attach_to_message(message: Message, attachment_ids: Sequence[int], *, by: Actor) -> None:
    """Add waiting files to a message, inside its transaction; a public message makes them public.

    Errors: Invalid (a file that is not the actor's, or that another message has).
    """
    assign_files(lock_waiting_files(message.ticket, attachment_ids, by=by), message)


def change_files(note: Message, files: Iterable[Attachment], *, by: Actor) -> bool:
    """Let a note have these files, its own or those that wait for its edit, inside the transaction
    of that; return whether it has others than before.

    Errors: Invalid (one is gone, or there are too many).
    """
    named = {file.pk for file in files}
    own = set(note.attachments.values_list("pk", flat=True))
    if len(named) > AT_ONCE:
        raise Invalid(files=_("At most %(limit)s files per message.") % {"limit": AT_ONCE})
    added = lock_waiting_files(note.ticket, list(named - own), by=by, edited_note=note)
    Attachment.objects.filter(pk__in=own - named).delete()
    found = Attachment.objects.filter(pk__in=[file.pk for file in added])
    found.update(message=note, edited_note=None)
    return bool(added or own - named)


def lock_waiting_files(
    ticket: Ticket,
    attachment_ids: Sequence[int],
    *,
    by: Actor,
    edited_note: Message | None = None,
) -> list[Attachment]:
    """Return the actor's own files that wait for a message, or for the edit of a note, locked.

    Errors: Invalid (one is gone).
    """
    if not attachment_ids:
        return []
    wanted = set(attachment_ids)
    waiting = Attachment.objects.select_for_update().filter(
        message=None, edited_note=edited_note, actor=by.key
    )
    rows = list(waiting.filter(pk__in=wanted, ticket=ticket))
    if {row.pk for row in rows} != wanted:
        raise Invalid(attachments=_("One of the files is no longer available. Attach it again."))
    return rows


def proposed_files(ticket: Ticket, attachment_ids: Sequence[int]) -> list[Attachment]:
    """Return the files of a proposed answer that still wait, as their author chose them."""
    return list(Attachment.objects.filter(pk__in=attachment_ids, ticket=ticket, message=None))


def mailed_files(files: Sequence[Attachment], shown: Collection[str] = ()) -> list[dict[str, str]]:
    """Return the files as a mail takes them; `shown` are the pictures that its text shows."""
    return [
        {"name": file.name, "media_type": file.media_type, "key": file.key}
        | ({"shown_as": file.shown_as} if file.is_picture and file.shown_as in shown else {})
        for file in files
    ]


def assign_files(files: Sequence[Attachment], message: Message) -> None:
    """Add waiting files to a message."""
    if files:
        rows = Attachment.objects.filter(pk__in=[file.pk for file in files])
        rows.update(message=message, visibility=message.visibility)
