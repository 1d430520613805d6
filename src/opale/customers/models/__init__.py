"""The models of customers, one module a subject."""

from opale.customers.models.base import BY_CUSTOMER, CustomersQuerySet
from opale.customers.models.contracts import (
    Contract,
    ContractedHours,
    ContractedPlan,
    ContractOption,
    SoldCommitment,
)
from opale.customers.models.parties import Contact, Customer
from opale.customers.models.plans import (
    ClocksShown,
    Coverage,
    Measure,
    PlanTarget,
    Stream,
    SupportPlan,
    SupportPlanVersion,
)
from opale.customers.models.services import Family, Offering, Service

__all__ = [
    "BY_CUSTOMER",
    "ClocksShown",
    "Contact",
    "Contract",
    "ContractOption",
    "ContractedHours",
    "ContractedPlan",
    "Coverage",
    "Customer",
    "CustomersQuerySet",
    "Family",
    "Measure",
    "Offering",
    "PlanTarget",
    "Service",
    "SoldCommitment",
    "Stream",
    "SupportPlan",
    "SupportPlanVersion",
]
