"""Hot work and the reasons for it. Source: docs/rules/handover.md, "Hot work"."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

Reason = Literal["major", "priority", "due", "customer", "supplier"]
URGENT_PRIORITY: Final = 2
SOON: Final = timedelta(hours=1)
UNKNOWN_ABSENCE: Final = timedelta(days=7)
"""Assumed absence of a person without a next duty in the roster."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of a ticket whose owner leaves.

    `due_at` is the nearest of its clocks and promises, `back_at` when its owner is next on duty;
    `customer` and `supplier`: they replied, and nobody has answered or looked since.
    """

    priority: int
    major: bool = False
    due_at: datetime | None = None
    back_at: datetime | None = None
    customer: bool = False
    supplier: bool = False


def hot_reasons(of: Evidence) -> list[Reason]:
    """Return why a ticket must be accepted by itself; nothing where it may pass in a block."""
    found: list[Reason] = []
    if of.major:
        found.append("major")
    if of.priority <= URGENT_PRIORITY:
        found.append("priority")
    if of.due_at is not None and (of.back_at is None or of.due_at < of.back_at):
        found.append("due")
    if of.customer:
        found.append("customer")
    if of.supplier:
        found.append("supplier")
    return found


def is_quiet(reasons: Collection[str], due_at: datetime | None, at: datetime) -> bool:
    """Return whether a hot ticket merely falls due before its owner is back, and not soon."""
    return set(reasons) == {"due"} and due_at is not None and due_at - at > SOON
