"""The state machine of a ticket. Source: docs/rules/ticket-life-cycle.md."""

from collections.abc import Mapping

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from opale.kernel.states import Move


class TicketState(models.TextChoices):
    NEW = "new", _("New")
    IN_PROGRESS = "in_progress", _("In progress")
    PENDING = "pending", _("Waiting for the customer")
    HELD = "held", _("On hold")
    RESOLVED = "resolved", _("Resolved")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")
    REJECTED = "rejected", _("Refused")
    MERGED = "merged", _("Merged")


S = TicketState
WORK = "desk.work"
ASSIST = "desk.assist"
OPEN_STATES = frozenset({S.NEW, S.IN_PROGRESS, S.PENDING, S.HELD})
WAITING_STATES = frozenset({S.PENDING, S.HELD})
ENDED_STATES = frozenset({S.CLOSED, S.CANCELLED, S.REJECTED, S.MERGED})
RUNNING_STATES = frozenset(S) - ENDED_STATES

TAKE = Move("take", OPEN_STATES, S.IN_PROGRESS, WORK, _("Take"))
WAIT = Move("wait", frozenset({S.NEW, S.IN_PROGRESS}), S.PENDING, WORK, _("Put on hold"))
HOLD = Move("hold", frozenset({S.NEW, S.IN_PROGRESS}), S.HELD, WORK, _("Put on hold"))
RESUME = Move("resume", WAITING_STATES, S.IN_PROGRESS, WORK, _("Resume"))
RESOLVE = Move("resolve", OPEN_STATES, S.RESOLVED, WORK, _("Resolve"))
CLOSE = Move("close", frozenset({S.RESOLVED}), S.CLOSED, WORK, _("Close"))
CANCEL = Move("cancel", OPEN_STATES, S.CANCELLED, WORK, _("Cancel"))
REJECT = Move("reject", OPEN_STATES, S.REJECTED, WORK, _("Refuse"))
MERGE = Move("merge", OPEN_STATES | {S.RESOLVED}, S.MERGED, WORK, _("Merge"))
REOPEN = Move(
    "reopen",
    frozenset({S.RESOLVED, S.CLOSED, S.CANCELLED, S.REJECTED}),
    S.IN_PROGRESS,
    WORK,
    _("Reopen"),
)
TICKET_MOVES = (TAKE, WAIT, HOLD, RESUME, RESOLVE, CLOSE, CANCEL, REJECT, MERGE, REOPEN)


REFUSALS: Mapping[str, str | Promise] = {
    S.NEW: _("The ticket is new. Take it first."),
    S.IN_PROGRESS: _("The ticket is in progress, in which this is not possible."),
    S.PENDING: _("The ticket waits for the customer. Resume it first."),
    S.HELD: _("The ticket is on hold. Resume it first."),
    S.RESOLVED: _("The ticket is resolved. Reopen it first."),
    S.CLOSED: _("The ticket is closed. Reopen it first."),
    S.CANCELLED: _("The ticket is cancelled. Reopen it first."),
    S.REJECTED: _("The request was refused. Reopen it first."),
    S.MERGED: _("The ticket was merged. Act on the one into which it was merged."),
}


def refusal_of(move: str, state: str) -> str:
    """Return why a move is refused in a state, and what to do first."""
    if move == CLOSE.name and state in OPEN_STATES:
        return str(_("The ticket is not resolved. Resolve it first."))
    if move == RESUME.name and state in OPEN_STATES:
        return str(_("The ticket is not on hold."))
    return str(REFUSALS[state])


class AssignmentState(models.TextChoices):
    REQUESTED = "requested", _("Requested")
    ACCEPTED = "accepted", _("Accepted")
    RETURNED = "returned", _("Returned")
    DONE = "done", _("Done")
    WITHDRAWN = "withdrawn", _("Withdrawn")


A = AssignmentState
RUNNING_ASSIGNMENTS = frozenset({A.REQUESTED, A.ACCEPTED})

ACCEPT = Move("accept", frozenset({A.REQUESTED}), A.ACCEPTED, ASSIST, _("Accept"))
RETURN = Move("return", RUNNING_ASSIGNMENTS, A.RETURNED, ASSIST, _("Return"))
FINISH = Move("finish", frozenset({A.ACCEPTED}), A.DONE, ASSIST, _("Complete"))
WITHDRAW = Move("withdraw", RUNNING_ASSIGNMENTS, A.WITHDRAWN, WORK, _("Withdraw"))

SEND = Move("send", frozenset({"proposed"}), "sent", WORK, _("Send"))
REFUSE = Move("refuse", frozenset({"proposed"}), "refused", WORK, _("Refuse"))
