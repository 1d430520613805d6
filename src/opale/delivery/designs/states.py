"""The life of a design: drawn up, checked, quoted, then accepted or not; reopened as a version.

Source: docs/rules/designs.md, "States".
"""

from collections.abc import Mapping
from typing import Final

from django.db import models
from django.utils.translation import pgettext_lazy

from opale.delivery.designs.rights import WORK
from opale.kernel.states import Move


class DesignState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("a design", "Draft")
    CHECKED = "checked", pgettext_lazy("a design", "Checked")
    QUOTED = "quoted", pgettext_lazy("a design", "Quoted")
    ACCEPTED = "accepted", pgettext_lazy("a design", "Accepted")
    DECLINED = "declined", pgettext_lazy("a design", "Declined")
    WITHDRAWN = "withdrawn", pgettext_lazy("a design", "Withdrawn")


S = DesignState
OPEN: Final = frozenset({S.DRAFT, S.CHECKED, S.QUOTED})
ENDED: Final = frozenset(S) - OPEN
EDITABLE: Final = frozenset({S.DRAFT, S.CHECKED})
"""A quoted version is frozen: the next version is changed instead."""

HOLDING: Final = frozenset({S.CHECKED, S.QUOTED})
"""States in which a version may hold people and stock."""

CHECK: Final = Move("check", EDITABLE, S.CHECKED, WORK, pgettext_lazy("a design", "Check"))
UNDO_CHECK: Final = Move("change", frozenset({S.CHECKED}), S.DRAFT, WORK)
"""A changed version is unchecked again."""

QUOTE: Final = Move(
    "quote", frozenset({S.CHECKED}), S.QUOTED, WORK, pgettext_lazy("a design", "Quote")
)
ACCEPT: Final = Move(
    "accept",
    frozenset({S.QUOTED}),
    S.ACCEPTED,
    WORK,
    pgettext_lazy("a design", "Create order"),
)
DECLINE: Final = Move(
    "decline",
    frozenset({S.QUOTED}),
    S.DECLINED,
    WORK,
    pgettext_lazy("a design", "Mark as declined"),
)
WITHDRAW: Final = Move("withdraw", OPEN, S.WITHDRAWN, WORK, pgettext_lazy("a design", "Withdraw"))
REOPEN: Final = Move(
    "reopen",
    frozenset({S.QUOTED, S.DECLINED, S.WITHDRAWN}),
    S.DRAFT,
    WORK,
    pgettext_lazy("a design", "Reopen as new version"),
)
DESIGN_MOVES: Final = (CHECK, QUOTE, ACCEPT, DECLINE, WITHDRAW, REOPEN)
MOVES: Final[Mapping[str, Move]] = {move.name: move for move in DESIGN_MOVES}
