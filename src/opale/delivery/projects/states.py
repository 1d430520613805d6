"""State machines of projects, work packages, deliverables and gates.

Source: docs/rules/projects.md.
"""

from collections.abc import Mapping
from typing import Final

from django.db import models
from django.utils.translation import pgettext_lazy

from opale.delivery.projects.rights import CONTRIBUTE, WORK
from opale.kernel.states import Move


class ProjectState(models.TextChoices):
    PREPARING = "preparing", pgettext_lazy("a project", "In preparation")
    RUNNING = "running", pgettext_lazy("a project", "In progress")
    DONE = "done", pgettext_lazy("a project", "Done")
    CANCELLED = "cancelled", pgettext_lazy("a project", "Cancelled")


class PackageState(models.TextChoices):
    TODO = "todo", pgettext_lazy("a work package", "To do")
    DOING = "doing", pgettext_lazy("a work package", "In progress")
    DONE = "done", pgettext_lazy("a work package", "Done")
    DROPPED = "dropped", pgettext_lazy("a work package", "Cancelled")


class DeliverableState(models.TextChoices):
    DUE = "due", pgettext_lazy("a deliverable", "Not submitted")
    SUBMITTED = "submitted", pgettext_lazy("a deliverable", "Submitted")
    ACCEPTED = "accepted", pgettext_lazy("a deliverable", "Accepted")
    REFUSED = "refused", pgettext_lazy("a deliverable", "Refused")
    DROPPED = "dropped", pgettext_lazy("a deliverable", "Cancelled")


class GateState(models.TextChoices):
    OPEN = "open", pgettext_lazy("a gate", "Not passed")
    PASSED = "passed", pgettext_lazy("a gate", "Passed")


P, W, D, G = ProjectState, PackageState, DeliverableState, GateState
LIVE: Final = frozenset({P.PREPARING, P.RUNNING})
AHEAD: Final = frozenset({W.TODO, W.DOING})
OUTSTANDING: Final = frozenset({D.DUE, D.SUBMITTED, D.REFUSED})

BEGIN: Final = Move(
    "begin", frozenset({P.PREPARING}), P.RUNNING, WORK, pgettext_lazy("a project", "Start")
)
FINISH: Final = Move(
    "finish", frozenset({P.RUNNING}), P.DONE, WORK, pgettext_lazy("a project", "Finish")
)
CANCEL: Final = Move("cancel", LIVE, P.CANCELLED, WORK)
PROJECT_MOVES: Final = (BEGIN, FINISH, CANCEL)

START: Final = Move(
    "start", frozenset({W.TODO}), W.DOING, CONTRIBUTE, pgettext_lazy("a work package", "Start")
)
COMPLETE: Final = Move(
    "complete", AHEAD, W.DONE, CONTRIBUTE, pgettext_lazy("a work package", "Done")
)
REOPEN: Final = Move(
    "reopen",
    frozenset({W.DONE, W.DROPPED}),
    W.TODO,
    WORK,
    pgettext_lazy("a work package", "Reopen"),
)
DROP: Final = Move("drop", AHEAD, W.DROPPED, WORK, pgettext_lazy("a work package", "Cancel task"))
PACKAGE_MOVES: Final = (START, COMPLETE, REOPEN, DROP)
MOVES_OF_PACKAGES: Final[Mapping[str, Move]] = {move.name: move for move in PACKAGE_MOVES}

SUBMIT: Final = Move("submit", frozenset({D.DUE, D.REFUSED}), D.SUBMITTED, CONTRIBUTE)
ACCEPT: Final = Move("accept", frozenset({D.SUBMITTED}), D.ACCEPTED, WORK)
REFUSE: Final = Move("refuse", frozenset({D.SUBMITTED}), D.REFUSED, WORK)
DISCARD: Final = Move("discard", OUTSTANDING, D.DROPPED, WORK)

PASS: Final = Move("pass", frozenset({G.OPEN}), G.PASSED, WORK)
