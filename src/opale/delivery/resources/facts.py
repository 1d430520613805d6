"""Facts that resource requests announce."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from opale.kernel.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestAnswered(Fact):
    """A lead answered a resource request: `state` is offered, countered or refused."""

    name: ClassVar[str] = "resources.RequestAnswered"
    request_id: int
    source: str
    state: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestStaffed(Fact):
    """A person's hours were reserved for a resource request."""

    name: ClassVar[str] = "resources.RequestStaffed"
    request_id: int
    source: str
    reservation_id: int
    person_id: int
    at: datetime
