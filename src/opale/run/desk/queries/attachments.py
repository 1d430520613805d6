"""The files of a ticket that an actor may read."""

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.isolation import as_application
from opale.run.desk.models import Attachment, DeskQuerySet, Message, ProposedAnswer, Ticket
from opale.run.desk.rights import CONSOLE


def attachments_of(ticket: Ticket, *, seen_by: Actor) -> DeskQuerySet[Attachment]:
    """Return the files that the actor may read: internal ones need the desk, waiting ones are shown
    to their uploader alone."""
    rows = Attachment.objects.visible_to(seen_by).filter(ticket=ticket)
    if not seen_by.can(CONSOLE):
        return rows.filter(visibility=Message.Visibility.PUBLIC)
    return rows.exclude(message=None) | rows.filter(actor=seen_by.key)


def waiting_attachments(
    ticket: Ticket, draft_kind: str = "", *, seen_by: Actor
) -> list[Attachment]:
    """Return the files that the actor attached and has not sent yet, those for a reply, those for a
    note, or without `draft_kind` both. Those of a proposed answer wait for its decision."""
    rows = Attachment.objects.filter(
        ticket=ticket, message=None, edited_note=None, actor=seen_by.key
    )
    found = list(rows.filter(draft_kind=draft_kind) if draft_kind else rows)
    if not found:
        return []
    proposed = ticket.proposed_answers.filter(state=ProposedAnswer.State.PROPOSED)
    named = {pk for ids in proposed.values_list("attachments", flat=True) for pk in ids}
    return [file for file in found if file.pk not in named]


def files_to_choose(note: Message, *, seen_by: Actor) -> DeskQuerySet[Attachment]:
    """Return the files of a note, and the actor's own that wait for its edit."""
    waiting = Q(message=None, edited_note=note, actor=seen_by.key)
    return Attachment.objects.filter(Q(message=note) | waiting)


def get_own_attachment(ticket: Ticket, attachment_id: int, *, seen_by: Actor) -> Attachment:
    """Return a file that the actor attached, also while it waits and is hidden from all others.

    Errors: NotFound.
    """
    with as_application():
        found = Attachment.objects.filter(ticket=ticket, pk=attachment_id, actor=seen_by.key)
        row = found.select_related("ticket").first()
    if row is None:
        raise NotFound
    return row


def get_attachment(ticket: Ticket, attachment_id: int, *, seen_by: Actor) -> Attachment:
    """Errors: NotFound, hidden and missing alike."""
    found = attachments_of(ticket, seen_by=seen_by).filter(pk=attachment_id)
    row = found.select_related("ticket").first()
    if row is None:
        raise NotFound
    return row


def picture_urls(ticket: Ticket, files: Iterable[Attachment]) -> dict[str, str]:
    """Return the addresses of a ticket's pictures, by the names under which Markdown shows them."""
    return {
        file.shown_as: reverse("desk_attachment", args=[ticket.number, file.pk])
        for file in files
        if file.is_picture
    }
