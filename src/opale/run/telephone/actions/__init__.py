"""Writing on the telephone: the door to the modules of this folder."""

from opale.run.telephone.actions.desk import (
    CallSheet,
    add_as_affected,
    open_ticket,
    put_on_ticket,
)
from opale.run.telephone.actions.hearing import hear
from opale.run.telephone.actions.housekeeping import end_forgotten_calls, forget_old
from opale.run.telephone.actions.lines import name_lines
from opale.run.telephone.actions.merging import follow_merge, follow_undone_merge
from opale.run.telephone.actions.missed import call_back, dismiss_call, take_up_again
from opale.run.telephone.actions.numbers import keep_number

__all__ = [
    "CallSheet",
    "add_as_affected",
    "call_back",
    "dismiss_call",
    "end_forgotten_calls",
    "follow_merge",
    "follow_undone_merge",
    "forget_old",
    "hear",
    "keep_number",
    "name_lines",
    "open_ticket",
    "put_on_ticket",
    "take_up_again",
]
