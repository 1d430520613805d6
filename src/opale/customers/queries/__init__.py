"""Reading customers: the door to the modules of this folder."""

from opale.customers.queries.plans import (
    PlanInForce,
    Priority,
    SoldPromise,
    has_premium,
    plan_in_force,
    priority_of,
    promises_of,
)

__all__ = [
    "PlanInForce",
    "Priority",
    "SoldPromise",
    "has_premium",
    "plan_in_force",
    "priority_of",
    "promises_of",
]
