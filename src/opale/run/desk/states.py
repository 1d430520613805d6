"""The life of a ticket. Source: docs/rules/ticket-life-cycle.md."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from opale.kernel.states import Move


class TicketState(models.TextChoices):
    NEW = "new", _("New")
    IN_PROGRESS = "in_progress", _("In progress")
    PENDING = "pending", _("Waiting")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


S = TicketState
WORK = "desk.work"
OPEN_STATES = frozenset({S.NEW, S.IN_PROGRESS, S.PENDING})
ENDED_STATES = frozenset({S.CLOSED, S.CANCELLED})

TAKE = Move("take", OPEN_STATES, S.IN_PROGRESS, WORK, _("Take"))
WAIT = Move("wait", frozenset({S.NEW, S.IN_PROGRESS}), S.PENDING, WORK, _("Wait"))
RESUME = Move("resume", frozenset({S.PENDING}), S.IN_PROGRESS, WORK, _("Resume"))
RESOLVE = Move("resolve", OPEN_STATES, S.RESOLVED, WORK, _("Resolve"))
CLOSE = Move("close", frozenset({S.RESOLVED}), S.CLOSED, WORK, _("Close"))
CANCEL = Move("cancel", OPEN_STATES, S.CANCELLED, WORK, _("Cancel"))
REOPEN = Move(
    "reopen", frozenset({S.RESOLVED, S.CLOSED, S.CANCELLED}), S.IN_PROGRESS, WORK, _("Reopen")
)
TICKET_MOVES = (TAKE, WAIT, RESUME, RESOLVE, CLOSE, CANCEL, REOPEN)
