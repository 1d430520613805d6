"""Who reads internal notes, and may therefore be mentioned in them."""

from collections.abc import Collection, Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from opale.kernel import history
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.history import FormerText
from opale.organisation.queries.mentions import Audience
from opale.run.desk.models import Assignment, Message, Ticket
from opale.run.desk.rights import ASSIST, CONSOLE


def readers_of_notes(ticket: Ticket) -> Audience:
    return Audience(
        ticket, (CONSOLE,), _("%(name)s can't open this ticket, so can't be mentioned.")
    )


def readers_of_assignment(assignment: Assignment) -> Audience:
    """Return who reads the notes of an escalation: the desk, and the team that is asked."""
    return Audience(
        assignment,
        (CONSOLE, ASSIST),
        _("%(name)s can't open this escalation, so can't be mentioned."),
    )


def visible_notes(ids: Collection[int], actor: Actor) -> Iterable[int]:
    """Return which of these notes an actor may read now."""
    return _readable_notes(actor).filter(pk__in=ids).values_list("pk", flat=True)


def get_note(note_id: int, *, seen_by: Actor) -> Message:
    """Return a note of a ticket or of an escalation that the actor may read. Errors: NotFound."""
    rows = _readable_notes(seen_by).select_related("ticket", "assignment__ticket")
    found = rows.prefetch_related("attachments").filter(pk=note_id).first()
    if found is None:
        raise NotFound
    return found


def audience_of(note: Message) -> Audience:
    """Return who may be mentioned in a note."""
    if note.assignment is not None:
        return readers_of_assignment(note.assignment)
    return readers_of_notes(note.ticket)


def former_texts(note: Message) -> list[FormerText]:
    """Return the texts that a note, which its reader may see, had before its edits, the latest
    first. Errors: NotFound (it is deleted: what it said is taken back)."""
    if note.deleted_at is not None:
        raise NotFound
    return history.former_texts(note, "body")


def _readable_notes(actor: Actor) -> QuerySet[Message]:
    readable = Q(pk=None)
    if actor.can(CONSOLE):
        readable |= Q(ticket__in=Ticket.objects.visible_to(actor).values("pk"))
    if actor.can(ASSIST):
        readable |= Q(assignment__in=Assignment.objects.visible_to(actor).values("pk"))
    return Message.objects.filter(readable, direction=Message.Direction.NOTE)
