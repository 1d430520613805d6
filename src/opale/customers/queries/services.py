"""Queries on the catalogue, services as a tree, and contracts with what they give."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Manager, Prefetch, Q, QuerySet

from opale.customers import rights
from opale.customers.models import (
    Contract,
    ContractedPlan,
    ContractOption,
    Customer,
    CustomersQuerySet,
    Offering,
    Service,
    SoldCommitment,
    SupportPlan,
    SupportPlanVersion,
)
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.kernel.owned import M
from opale.kernel.reference_cache import cached
from opale.kernel.trigrams import name_contains

TREE_LIMIT = 500


@dataclass(slots=True)
class Branch:
    """A service with its parts, and the plan in force for it on the day asked for."""

    service: Service
    plan: SupportPlan | None = None
    premium: bool = False
    parts: list["Branch"] = field(default_factory=list)


def services(
    *,
    seen_by: Actor,
    customer: Customer | None = None,
    text: str = "",
    family: str = "",
    state: str = "",
) -> CustomersQuerySet[Service]:
    """Return services by words of name or reference, family and state."""
    found = Service.objects.visible_to(seen_by).select_related("offering", "customer")
    if customer is not None:
        found = found.filter(customer=customer)
    for word in text.split():
        found = found.filter(name_contains(word, "name", "reference"))
    if family:
        found = found.filter(offering__family=family)
    return found.filter(state=state) if state else found


def service_label(service: Service) -> str:
    """Return how a choice of services names one: names are often the same, references never."""
    return f"{service.name} · {service.reference}"


def get_service(service_id: int, *, seen_by: Actor) -> Service:
    """Return a service. Errors: NotFound."""
    return _first(services(seen_by=seen_by).select_related("parent").filter(pk=service_id))


def get_cached_service(service_id: int, *, seen_by: Actor) -> Service:
    """Return a service as `get_service` does, cached: only for naming it, never for changing it.

    Errors: NotFound.
    """
    scope = seen_by.scope(rights.READ)
    if scope is None or not scope.everything:
        return get_service(service_id, seen_by=seen_by)
    try:
        return _service(service_id)
    except Service.DoesNotExist as error:
        raise NotFound from error


@cached(5000)
def _service(service_id: int) -> Service:
    return Service.objects.select_related("offering", "customer", "parent").get(pk=service_id)


def get_service_by_reference(reference: str, *, seen_by: Actor) -> Service:
    """Return a service by its reference. Errors: NotFound."""
    return _first(services(seen_by=seen_by).select_related("parent").filter(reference=reference))


def tree_of(customer: Customer, *, seen_by: Actor, on: date) -> tuple[list[Branch], bool]:
    """Return the customer's services as a tree with their plan, and whether some were left out.

    Terminated services are left out of the tree; they are found in the list of services.
    """
    rows = list(
        services(seen_by=seen_by, customer=customer)
        .exclude(state=Service.State.TERMINATED)
        .order_by("offering__family", "name", "id")[: TREE_LIMIT + 1]
    )
    shown = rows[:TREE_LIMIT]
    plans = {
        row.service_id: row.plan
        for row in ContractedPlan.objects.visible_to(seen_by)
        .filter(customer=customer, period__contains=on, contract__period__contains=on)
        .select_related("plan")
    }
    premium: set[int | None] = set(
        ContractOption.objects.visible_to(seen_by)
        .filter(
            customer=customer,
            kind=ContractOption.Kind.PREMIUM,
            period__contains=on,
            contract__period__contains=on,
        )
        .values_list("service_id", flat=True)
    )
    return _grown(shown, plans, premium), len(rows) > TREE_LIMIT


def _grown(
    rows: Iterable[Service], plans: dict[int, SupportPlan], premium: set[int | None]
) -> list[Branch]:
    branches = {row.pk: Branch(row, plans.get(row.pk)) for row in rows}
    roots: list[Branch] = []
    for branch in branches.values():
        above = branches.get(branch.service.parent_id or 0)
        (above.parts if above else roots).append(branch)
    waiting: list[tuple[Branch, SupportPlan | None, bool]] = [
        (root, None, None in premium) for root in roots
    ]
    while waiting:
        branch, inherited, chosen = waiting.pop()
        branch.plan = branch.plan or inherited
        branch.premium = branch.plan is not None and (chosen or branch.service.pk in premium)
        waiting += [(part, branch.plan, branch.premium) for part in branch.parts]
    return roots


def contracts(
    *, seen_by: Actor, customer: Customer | None = None, text: str = ""
) -> CustomersQuerySet[Contract]:
    """Return contracts by words of their number or the name of their customer."""
    found = Contract.objects.visible_to(seen_by).select_related("customer")
    for word in text.split():
        found = found.filter(
            Q(number__icontains=word) | Q(customer__name__unaccent__icontains=word)
        )
    return found.filter(customer=customer) if customer is not None else found


def contracts_in_force(customer: Customer, *, seen_by: Actor, on: date) -> list[Contract]:
    """Return the contracts of a customer on a day, each with the options in force then."""
    options = ContractOption.objects.filter(period__contains=on).select_related("service")
    rows = contracts(seen_by=seen_by, customer=customer).filter(period__contains=on)
    return list(rows.prefetch_related(Prefetch("options", queryset=options)).order_by("number"))


def get_contract(contract_id: int, *, seen_by: Actor) -> Contract:
    """Return a contract. Errors: NotFound."""
    found = contracts(seen_by=seen_by).filter(pk=contract_id).first()
    if found is None:
        raise NotFound
    return found


def get_contract_by_number(number: str, *, seen_by: Actor) -> Contract:
    """Return a contract with its plans, options and commitments. Errors: NotFound."""
    found = (
        contracts(seen_by=seen_by)
        .prefetch_related(
            Prefetch("plans", _newest(ContractedPlan.objects).select_related("plan", "service")),
            Prefetch("options", _newest(ContractOption.objects).select_related("service")),
            Prefetch("commitments", _newest(SoldCommitment.objects).select_related("service")),
        )
        .filter(number=number)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _newest(rows: Manager[M]) -> QuerySet[M]:
    return rows.order_by("-period", "id")


def offerings(
    *, seen_by: Actor, text: str = "", family: str = "", retired: bool = False
) -> CustomersQuerySet[Offering]:
    """Return the catalogue; `retired` includes what is no longer sold."""
    found = Offering.objects.visible_to(seen_by)
    for word in text.split():
        found = found.filter(
            Q(code__icontains=word)
            | Q(name_en__unaccent__icontains=word)
            | Q(name_fr__unaccent__icontains=word)
        )
    if family:
        found = found.filter(family=family)
    return found if retired else found.filter(retired_on=None)


def get_offering(offering_id: int, *, seen_by: Actor) -> Offering:
    """Return an offering. Errors: NotFound."""
    found = offerings(seen_by=seen_by, retired=True).filter(pk=offering_id).first()
    if found is None:
        raise NotFound
    return found


def plans(*, seen_by: Actor) -> CustomersQuerySet[SupportPlan]:
    """Return support plans with their versions, the newest version first."""
    versions = SupportPlanVersion.objects.visible_to(seen_by).order_by("-period")
    return SupportPlan.objects.visible_to(seen_by).prefetch_related(
        Prefetch("versions", versions.prefetch_related("targets"))
    )


def visible_rows(model: type[M], *, seen_by: Actor) -> CustomersQuerySet[M]:
    """Return the visible rows of a table of this app, without joins to others."""
    rows: CustomersQuerySet[M] = CustomersQuerySet(model)
    return rows.visible_to(seen_by)


def get_plan_by_code(code: str, *, seen_by: Actor) -> SupportPlan:
    """Return a support plan by code. Errors: NotFound."""
    found = plans(seen_by=seen_by).filter(code=code).first()
    if found is None:
        raise NotFound
    return found


def _first(found: CustomersQuerySet[Service]) -> Service:
    service = found.first()
    if service is None:
        raise NotFound
    return service
