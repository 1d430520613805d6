"""The facts of customers."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from opale.kernel.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerLeft(Fact):
    """A customer is one no more from a day on."""

    name: ClassVar[str] = "customers.CustomerLeft"
    customer_id: int
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceMoved(Fact):
    """A service changed its state: activated, terminated..."""

    name: ClassVar[str] = "customers.ServiceMoved"
    service_id: int
    customer_id: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanVersionStarted(Fact):
    """A support plan is sold differently from a day on."""

    name: ClassVar[str] = "customers.PlanVersionStarted"
    version_id: int
    plan_id: int
    starts: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanGiven(Fact):
    """A service has another support plan from a day on."""

    name: ClassVar[str] = "customers.PlanGiven"
    service_id: int
    customer_id: int
    plan_id: int
    starts: date
