"""The facts that paging announces."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from opale.kernel.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class MobilisationAnswered(Fact):
    """Somebody answered. `about` names what it was about (`events.alert:12`)."""

    name: ClassVar[str] = "paging.MobilisationAnswered"
    mobilisation_id: int
    about: str
    person_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MobilisationExhausted(Fact):
    """Nobody of the policy answered: the on-call manager is paged from now on."""

    name: ClassVar[str] = "paging.MobilisationExhausted"
    mobilisation_id: int
    about: str
    at: datetime
