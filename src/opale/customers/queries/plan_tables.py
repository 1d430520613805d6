"""Plans and promises as tables for people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from django.utils.translation import get_language

from opale.customers.domain.grades import GRADES, grade_name
from opale.customers.models import (
    Contract,
    ContractedPlan,
    ContractOption,
    CustomersQuerySet,
    Measure,
    Offering,
    PlanTarget,
    Service,
    SoldCommitment,
    SupportPlan,
    SupportPlanVersion,
)
from opale.customers.queries.plans import PlanInForce, plan_name
from opale.customers.queries.promises import SoldPromise, promises_by_priority
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound

PRIORITIES = (1, 2, 3, 4, 5)
ContractItem = ContractedPlan | ContractOption | SoldCommitment
G = TypeVar("G", bound=ContractItem)
CONTRACT_ITEMS: dict[str, type[ContractItem]] = {
    "plan": ContractedPlan,
    "option": ContractOption,
    "commitment": SoldCommitment,
}


@dataclass(frozen=True, slots=True)
class TargetRow:
    """The times of one measure, a cell for each priority from 1 to 5."""

    measure: str
    premium: bool
    coverage: str
    cells: tuple[timedelta | None, ...]


@dataclass(frozen=True, slots=True)
class VersionSheet:
    """One version as tables; `standing` is `past`, `present` or `coming`."""

    version: SupportPlanVersion
    standing: str
    matrix: tuple[tuple[str, tuple[int, ...]], ...]
    premium_matrix: tuple[tuple[str, tuple[int, ...]], ...]
    targets: tuple[TargetRow, ...]


@dataclass(frozen=True, slots=True)
class PlanSheet:
    plan: SupportPlan
    name: str
    versions: tuple[VersionSheet, ...]

    @property
    def newest(self) -> SupportPlanVersion | None:
        return self.versions[0].version if self.versions else None


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """What is promised for one priority: by measure, `None` for nothing."""

    priority: int
    acknowledge: SoldPromise | None
    restore: SoldPromise | None


def plan_sheet(plan: SupportPlan, *, on: date) -> PlanSheet:
    """Return the tables of a plan from `queries.plans`, newest version first."""
    versions = tuple(_sheet(version, on) for version in plan.versions.all())
    return PlanSheet(plan, plan_name(plan), versions)


def _sheet(version: SupportPlanVersion, on: date) -> VersionSheet:
    lower, upper = version.period.lower, version.period.upper
    standing = "coming" if lower > on else "past" if upper and upper <= on else "present"
    return VersionSheet(
        version,
        standing,
        _rows(version.matrix),
        _rows(version.premium_matrix),
        tuple(_target_rows(version.targets.all())),
    )


def _rows(matrix: dict[str, dict[str, int]]) -> tuple[tuple[str, tuple[int, ...]], ...]:
    return tuple((grade_name(i), tuple(matrix[i][u] for u in GRADES)) for i in GRADES)


def _target_rows(targets: Iterable[PlanTarget]) -> list[TargetRow]:
    found: dict[tuple[bool, str, str], dict[int, timedelta]] = {}
    for target in targets:
        key = (target.premium, target.measure, target.coverage)
        found.setdefault(key, {})[target.priority] = target.target
    return [
        TargetRow(
            str(Measure(measure).label),
            premium,
            coverage,
            tuple(times.get(priority) for priority in PRIORITIES),
        )
        for (premium, measure, coverage), times in sorted(found.items())
    ]


def table_of_promises(service: Service, plan: PlanInForce, *, on: date) -> list[PromiseRow]:
    """Return the promises on a service on a day, by priority."""
    promised = promises_by_priority(
        service.customer,
        service,
        version=plan.version,
        premium=plan.premium,
        priorities=PRIORITIES,
        on=on,
        hours=False,
    )
    rows = []
    for priority, promises in promised.items():
        found = {promise.measure: promise for promise in promises}
        rows.append(
            PromiseRow(priority, found.get(Measure.ACKNOWLEDGE), found.get(Measure.RESTORE))
        )
    return rows


def plans_of(service: Service, *, seen_by: Actor) -> CustomersQuerySet[ContractedPlan]:
    """Return the plans of a service over time, newest first."""
    rows = ContractedPlan.objects.visible_to(seen_by).filter(service=service)
    return rows.select_related("plan", "contract").order_by("-period")


def get_contract_item(kind: str, row_id: int, *, seen_by: Actor) -> ContractItem:
    """Return a plan, option or commitment of a contract. Errors: NotFound."""
    model = CONTRACT_ITEMS.get(kind)
    found = None
    if model is not None:
        rows: CustomersQuerySet[ContractItem] = CustomersQuerySet(model).visible_to(seen_by)
        found = rows.select_related("contract__customer", "service").filter(pk=row_id).first()
    if found is None:
        raise NotFound
    return found


def contract_items_of(
    contract: Contract, model: type[G], *, seen_by: Actor
) -> CustomersQuerySet[G]:
    """Return all plans, options or commitments of a contract, past and future."""
    rows: CustomersQuerySet[G] = CustomersQuerySet(model).visible_to(seen_by)
    also = ("service", "plan") if model is ContractedPlan else ("service",)
    return rows.filter(contract=contract).select_related(*also)


def get_item_of_contract(model: type[G], row_id: int, *, contract: Contract, seen_by: Actor) -> G:
    """Return one plan, option or commitment of this contract. Errors: NotFound."""
    row = contract_items_of(contract, model, seen_by=seen_by).filter(pk=row_id).first()
    if row is None:
        raise NotFound
    return row


def offering_name(offering: Offering) -> str:
    """Return the offering's name in the reader's language."""
    return offering.name_fr if (get_language() or "").startswith("fr") else offering.name_en
