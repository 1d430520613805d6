"""The facts that handovers announce."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from opale.kernel.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverPrepared(Fact):
    name: ClassVar[str] = "handover.HandoverPrepared"
    handover_id: int
    team_id: int
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkPassedOn(Fact):
    """Nobody had accepted it in time: the clock passed it to the lead or the manager on call."""

    name: ClassVar[str] = "handover.WorkPassedOn"
    handover_id: int
    person_id: int
    stage: str
    tickets: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverSigned(Fact):
    name: ClassVar[str] = "handover.HandoverSigned"
    handover_id: int
    at: datetime
