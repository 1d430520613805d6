"""State machines of orders and order lines, in the states of TMF622 and TMF641 v4.

Source: docs/rules/orders.md, "States".
"""

from collections.abc import Collection, Mapping
from typing import Final

from django.db import models
from django.utils.translation import pgettext_lazy

from opale.delivery.orders.rights import WORK
from opale.kernel.states import Move


class OrderState(models.TextChoices):
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("an order", "Acknowledged")
    PENDING = "pending", pgettext_lazy("an order", "Waiting for the customer")
    HELD = "held", pgettext_lazy("an order", "On hold")
    IN_PROGRESS = "inProgress", pgettext_lazy("an order", "In progress")
    ASSESSING = "assessingCancellation", pgettext_lazy("an order", "Cancellation under review")
    CANCELLING = "pendingCancellation", pgettext_lazy("an order", "Cancellation agreed")
    COMPLETED = "completed", pgettext_lazy("an order", "Completed")
    PARTIAL = "partial", pgettext_lazy("an order", "Partially completed")
    FAILED = "failed", pgettext_lazy("an order", "Failed")
    REJECTED = "rejected", pgettext_lazy("an order", "Rejected")
    CANCELLED = "cancelled", pgettext_lazy("an order", "Cancelled")


class CancellationState(models.TextChoices):
    """How far a cancellation is that was asked for as a task, in TM Forum's words."""

    ACKNOWLEDGED = "acknowledged", pgettext_lazy("a cancellation", "Scheduled")
    DONE = "done", pgettext_lazy("a cancellation", "Done")
    FAILED = "terminatedWithError", pgettext_lazy("a cancellation", "Not carried out")


TAKEN_BACK: Final = "takenBack"
"""The obstacle of a withdrawn cancellation; other obstacles are states of the order."""

LINE_STATES: Final = tuple(
    (value, label) for value, label in OrderState.choices if value != OrderState.PARTIAL
)
"""States of lines: `partial` is a state of orders alone."""

S = OrderState
OPEN: Final = frozenset(
    {S.ACKNOWLEDGED, S.PENDING, S.HELD, S.IN_PROGRESS, S.ASSESSING, S.CANCELLING}
)
ENDED: Final = frozenset(S) - OPEN
CHANGEABLE: Final = frozenset({S.ACKNOWLEDGED, S.PENDING, S.HELD, S.IN_PROGRESS})
"""While a cancellation is examined, the order cannot be changed."""

DELETABLE: Final = (CHANGEABLE - {S.IN_PROGRESS}) | {S.REJECTED, S.CANCELLED}

ACKNOWLEDGE: Final = Move(
    "acknowledge",
    frozenset({S.PENDING, S.HELD}),
    S.ACKNOWLEDGED,
    WORK,
    pgettext_lazy("an order", "Acknowledge"),
)
START: Final = Move(
    "start",
    frozenset({S.ACKNOWLEDGED, S.PENDING, S.HELD}),
    S.IN_PROGRESS,
    WORK,
    pgettext_lazy("an order", "Start"),
)
WAIT: Final = Move(
    "wait",
    frozenset({S.ACKNOWLEDGED, S.IN_PROGRESS}),
    S.PENDING,
    WORK,
    pgettext_lazy("an order", "Wait for the customer"),
)
HOLD: Final = Move(
    "hold",
    frozenset({S.ACKNOWLEDGED, S.PENDING, S.IN_PROGRESS}),
    S.HELD,
    WORK,
    pgettext_lazy("an order", "Put on hold"),
)
REJECT: Final = Move(
    "reject",
    frozenset({S.ACKNOWLEDGED, S.PENDING, S.HELD}),
    S.REJECTED,
    WORK,
    pgettext_lazy("an order", "Reject"),
)
ASSESS: Final = Move(
    "assess_cancellation",
    frozenset({S.IN_PROGRESS}),
    S.ASSESSING,
    WORK,
    pgettext_lazy("an order", "Review cancellation"),
)
AGREE: Final = Move(
    "agree_to_cancel",
    frozenset({S.ASSESSING}),
    S.CANCELLING,
    WORK,
    pgettext_lazy("an order", "Agree to cancellation"),
)
KEEP: Final = Move(
    "keep",
    frozenset({S.ASSESSING, S.CANCELLING}),
    S.IN_PROGRESS,
    WORK,
    pgettext_lazy("an order", "Resume order"),
)
COMPLETE: Final = Move(
    "complete",
    frozenset({S.IN_PROGRESS}),
    S.COMPLETED,
    WORK,
    pgettext_lazy("an order", "Complete"),
)
FAIL: Final = Move(
    "fail",
    CHANGEABLE,
    S.FAILED,
    WORK,
    pgettext_lazy("an order", "Mark as failed"),
)
CANCEL: Final = Move("cancel", OPEN, S.CANCELLED, WORK, pgettext_lazy("an order", "Cancel order"))
ORDER_MOVES: Final = (
    ACKNOWLEDGE,
    START,
    WAIT,
    HOLD,
    REJECT,
    ASSESS,
    AGREE,
    KEEP,
    COMPLETE,
    FAIL,
    CANCEL,
)
CARRY_OUT: Final = Move(
    "carry_out", frozenset({CancellationState.ACKNOWLEDGED}), CancellationState.DONE, WORK
)
GIVE_UP: Final = Move(
    "give_up", frozenset({CancellationState.ACKNOWLEDGED}), CancellationState.FAILED, WORK
)
MOVES: Final[Mapping[str, Move]] = {move.name: move for move in ORDER_MOVES}


def move_to(state: str, source: str) -> Move | None:
    """Return the move from one state to another, since programs name the target state."""
    found = [move for move in ORDER_MOVES if move.target == state]
    fitting = [move for move in found if source in move.sources]
    return next(iter(fitting or found), None)


def end_of(lines: Collection[str], target: str) -> str:
    """Return the end state of an order whose lines have all ended, the last ones in `target`."""
    if set(lines) == {S.COMPLETED}:
        return S.COMPLETED
    return S.PARTIAL if S.COMPLETED in lines else target
