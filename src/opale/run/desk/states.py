"""The state machine of a ticket. Source: docs/rules/ticket-life-cycle.md."""

from django.db import models
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
