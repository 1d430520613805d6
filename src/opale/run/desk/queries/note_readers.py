"""Who reads internal notes, and may therefore be mentioned in them."""

from collections.abc import Collection, Iterable

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from opale.kernel.actor import Actor
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
    readable = Q(pk=None)
    if actor.can(CONSOLE):
        readable |= Q(ticket__in=Ticket.objects.visible_to(actor).values("pk"))
    if actor.can(ASSIST):
        readable |= Q(assignment__in=Assignment.objects.visible_to(actor).values("pk"))
    notes = Message.objects.filter(readable, direction=Message.Direction.NOTE, pk__in=ids)
    return notes.values_list("pk", flat=True)
