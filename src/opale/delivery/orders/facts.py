"""Facts that orders announce."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from opale.kernel.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReceived(Fact):
    """An order was handed in. `level` is `product` (TMF622) or `service` (TMF641)."""

    name: ClassVar[str] = "orders.OrderReceived"
    order_id: int
    level: str
    customer_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderChanged(Fact):
    """An order or its lines changed in something else than state."""

    name: ClassVar[str] = "orders.OrderChanged"
    order_id: int
    level: str
    customer_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderMoved(Fact):
    """An order or one of its lines changed state; `state` is the order's."""

    name: ClassVar[str] = "orders.OrderMoved"
    order_id: int
    level: str
    customer_id: int | None
    state: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDeleted(Fact):
    """An order was deleted before any work on it began; its number is not used again."""

    name: ClassVar[str] = "orders.OrderDeleted"
    number: int
    level: str
    customer_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationAsked(Fact):
    """A program requested the cancellation of an order, at once or for a day."""

    name: ClassVar[str] = "orders.CancellationAsked"
    cancellation_id: int
    order_id: int
    level: str
    customer_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CancellationEnded(Fact):
    """A requested cancellation was carried out or given up; `state` says which."""

    name: ClassVar[str] = "orders.CancellationEnded"
    cancellation_id: int
    order_id: int
    level: str
    customer_id: int | None
    state: str
    at: datetime
