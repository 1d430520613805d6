"""Writing in handovers: prepared, accepted, passed on by the clock, signed."""

from opale.run.handover.actions.accepting import (
    accept_block,
    accept_card,
    give_block,
    give_card,
    note_on_card,
    refuse_card,
    undo_acceptance,
)
from opale.run.handover.actions.passing import advance, run_clock
from opale.run.handover.actions.preparing import BOARD, prepare
from opale.run.handover.actions.returning import leave_early, prepare_next, take_all_back
from opale.run.handover.actions.signing import sign, unsign
from opale.run.handover.actions.watching import (
    Watching,
    call_about,
    end_watch,
    look_at_watches,
    watch_for,
)

__all__ = [
    "BOARD",
    "Watching",
    "accept_block",
    "accept_card",
    "advance",
    "call_about",
    "end_watch",
    "give_block",
    "give_card",
    "leave_early",
    "look_at_watches",
    "note_on_card",
    "prepare",
    "prepare_next",
    "refuse_card",
    "run_clock",
    "sign",
    "take_all_back",
    "undo_acceptance",
    "unsign",
    "watch_for",
]
