"""Facts that designs announce."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from opale.kernel.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignMoved(Fact):
    """A design changed state."""

    name: ClassVar[str] = "designs.DesignMoved"
    design_id: int
    customer_id: int
    version: int
    state: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignOrdered(Fact):
    """A design that the customer accepted became an order."""

    name: ClassVar[str] = "designs.DesignOrdered"
    design_id: int
    order_id: int
    customer_id: int
    at: datetime
