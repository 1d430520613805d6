"""The tables of handovers."""

from opale.run.handover.models.records import (
    Handover,
    HandoverItem,
    HandoverItemQuerySet,
    HandoverQuerySet,
    Refusal,
    SleepingTicket,
)
from opale.run.handover.models.watches import WatchItem, WatchItemQuerySet

__all__ = [
    "Handover",
    "HandoverItem",
    "HandoverItemQuerySet",
    "HandoverQuerySet",
    "Refusal",
    "SleepingTicket",
    "WatchItem",
    "WatchItemQuerySet",
]
