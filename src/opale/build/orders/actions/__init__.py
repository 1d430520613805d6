"""Writing orders: received, moved, changed in flight, cancelled with nothing left behind."""

from opale.build.orders.actions.cancelling import (
    ask_to_cancel,
    carry_out_cancellations,
    take_back_cancellation,
)
from opale.build.orders.actions.changing import LineChange, change_order
from opale.build.orders.actions.creating import (
    ACTION_OF,
    LIST,
    NewLine,
    NewOrder,
    create_order,
    kind_of,
)
from opale.build.orders.actions.moving import (
    cancel_order,
    delete_order,
    discard_line,
    move_line,
    move_order,
    unsaid,
)
from opale.build.orders.actions.reserving import reserve_for_line

__all__ = [
    "ACTION_OF",
    "LIST",
    "LineChange",
    "NewLine",
    "NewOrder",
    "ask_to_cancel",
    "cancel_order",
    "carry_out_cancellations",
    "change_order",
    "create_order",
    "delete_order",
    "discard_line",
    "kind_of",
    "move_line",
    "move_order",
    "reserve_for_line",
    "take_back_cancellation",
    "unsaid",
]
