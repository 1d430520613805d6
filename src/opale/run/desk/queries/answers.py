"""Proposed answers, the update that a customer was promised, and the settings of streams and
levels."""

from datetime import datetime

from django.db.models import Q

from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.run.desk.models import (
    InternalTarget,
    LevelTarget,
    Message,
    ProposedAnswer,
    StreamSettings,
    Ticket,
)
from opale.run.desk.models.base import DeskQuerySet
from opale.run.desk.rights import CONSOLE

State = ProposedAnswer.State
FOR_THE_OWNER = Q(state=State.PROPOSED) | Q(state=State.SENT, decided_by=None, seen_at=None)
"""The answers that the ticket's owner has to decide on or to see."""


def answers(*, seen_by: Actor) -> DeskQuerySet[ProposedAnswer]:
    """Return the answers that engineers proposed for customers; internal until they are sent."""
    found = ProposedAnswer.objects.visible_to(seen_by)
    if not seen_by.can(CONSOLE):
        found = found.none()
    return found.select_related("author", "decided_by", "message")


def get_answer(answer_id: int, *, seen_by: Actor) -> ProposedAnswer:
    """Errors: NotFound, hidden and missing alike."""
    found = answers(seen_by=seen_by).select_related("ticket__owner").filter(pk=answer_id).first()
    if found is None:
        raise NotFound
    return found


def answers_for_the_owner(ticket: Ticket, *, seen_by: Actor) -> list[ProposedAnswer]:
    """Return the answers that the ticket's owner has to decide on or to see, oldest first."""
    rows = answers(seen_by=seen_by).filter(FOR_THE_OWNER, ticket=ticket)
    return list(rows.order_by("id"))


def promised_update(ticket: Ticket) -> datetime | None:
    """Return when the customer was promised the next update, from the last message sent."""
    if ticket.customer_told_at is None:
        return None
    sent = Message.Direction.SENT
    told = Q(is_notice=False) | ~Q(outcome="")
    rows = Message.objects.filter(told, ticket=ticket, direction=sent)
    return rows.order_by("-at", "-id").values_list("next_update_at", flat=True).first()


def stream_settings(*, seen_by: Actor) -> DeskQuerySet[StreamSettings]:
    """Return the settings of each stream."""
    return StreamSettings.objects.all() if seen_by.can(CONSOLE) else StreamSettings.objects.none()


def get_stream(stream: str, *, seen_by: Actor) -> StreamSettings:
    """Errors: NotFound."""
    found = stream_settings(seen_by=seen_by).filter(stream=stream).first()
    if found is None:
        raise NotFound
    return found


def internal_targets(*, seen_by: Actor) -> DeskQuerySet[InternalTarget]:
    """Return the target times of incidents that belong to no customer, by priority."""
    rows = InternalTarget.objects.select_related("calendar")
    return rows if seen_by.can(CONSOLE) else rows.none()


def get_internal_target(priority: int, *, seen_by: Actor) -> InternalTarget:
    """Errors: NotFound."""
    found = internal_targets(seen_by=seen_by).filter(priority=priority).first()
    if found is None:
        raise NotFound
    return found


def level_targets(*, seen_by: Actor) -> DeskQuerySet[LevelTarget]:
    """Return how soon each level is to accept and to deliver the work asked of it."""
    rows = LevelTarget.objects.select_related("calendar")
    return rows if seen_by.can(CONSOLE) else rows.none()


def get_level_target(target_id: int, *, seen_by: Actor) -> LevelTarget:
    """Errors: NotFound."""
    found = level_targets(seen_by=seen_by).filter(pk=target_id).first()
    if found is None:
        raise NotFound
    return found
