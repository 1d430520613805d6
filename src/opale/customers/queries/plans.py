"""A customer's plan in force and the priority it gives.

Source: docs/rules/priority.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from opale.customers.domain.grades import grade_name
from opale.customers.models import (
    ContractedPlan,
    ContractOption,
    Customer,
    Service,
    SupportPlan,
    SupportPlanVersion,
)
from opale.kernel.reference_cache import cached

NO_PLAN = {
    "1": {"1": 1, "2": 2, "3": 3},
    "2": {"1": 2, "2": 3, "3": 4},
    "3": {"1": 3, "2": 4, "3": 4},
}
"""The matrix of tickets without a plan: employees, unknown callers, customers without contract."""


@dataclass(frozen=True, slots=True)
class PlanInForce:
    """The version of a plan in force on a day, and whether the Premium option is too."""

    version: SupportPlanVersion
    premium: bool


@dataclass(frozen=True, slots=True)
class Priority:
    """A priority: 1 is the highest. `reason` is the sentence that the page shows."""

    priority: int
    reason: str


def plan_in_force(customer: Customer, service: Service | None, *, on: date) -> PlanInForce | None:
    """Return the plan of the service that day; without service, the customer's best plan.

    A part of a service (an access of a VPN) has the plan of the whole unless it has its own. None
    when no contract gives a plan.
    """
    wanted: tuple[int, ...] = ()
    if service is not None:
        wanted = (service.pk,) if service.parent_id is None else (service.pk, service.parent_id)
    return _plan_of(customer.pk, wanted, on)


@cached(5000)
def _plan_of(customer_id: int, wanted: tuple[int, ...], on: date) -> PlanInForce | None:
    """Return the plan; `wanted` are the service and its whole, none for an unknown service."""
    rows = ContractedPlan.objects.filter(
        customer=customer_id, period__contains=on, contract__period__contains=on
    ).select_related("plan")
    if wanted:
        by_service = {row.service_id: row for row in rows.filter(service__in=wanted)}
        found = next((by_service[pk] for pk in wanted if pk in by_service), None)
    else:
        found = max(rows, key=lambda row: (row.plan.code == "solution", -row.pk), default=None)
    if found is None:
        return None
    version = (
        SupportPlanVersion.objects.filter(plan_id=found.plan_id, period__contains=on)
        .select_related("plan")
        .first()
    )
    if version is None:
        return None
    return PlanInForce(version, _has_premium(customer_id, wanted, on))


def _has_premium(customer_id: int, wanted: Iterable[int | None], on: date) -> bool:
    options = ContractOption.objects.filter(
        customer=customer_id,
        kind=ContractOption.Kind.PREMIUM,
        period__contains=on,
        contract__period__contains=on,
    ).values_list("service_id", flat=True)
    fitting = {None, *wanted}
    return any(service_id in fitting for service_id in options)


def plan_name(plan: SupportPlan) -> str:
    """Return the plan's name in the reader's language."""
    return plan.name_fr if (get_language() or "").startswith("fr") else plan.name_en


def priority_of(plan: PlanInForce | None, impact: int, urgency: int) -> Priority:
    """Return the priority of an impact and urgency (1 to 3) by the plan's own matrix."""
    if plan is None:
        matrix, name = NO_PLAN, _("No plan")
    elif plan.premium:
        matrix, name = plan.version.premium_matrix, f"{plan_name(plan.version.plan)} Premium"
    else:
        matrix, name = plan.version.matrix, plan_name(plan.version.plan)
    priority = int(matrix[str(int(impact))][str(int(urgency))])
    reason = _("%(plan)s: %(impact)s impact with %(urgency)s urgency gives P%(priority)s.") % {
        "plan": name,
        "impact": grade_name(impact).lower(),
        "urgency": grade_name(urgency).lower(),
        "priority": priority,
    }
    return Priority(priority, reason)


def version_on(plan: SupportPlan, day: date) -> SupportPlanVersion | None:
    """Return the version that is sold on a day, with its targets."""
    return plan.versions.filter(period__contains=day).prefetch_related("targets").first()
