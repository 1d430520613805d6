"""Endpoints of contracts and of what they give: plans, options, commitments, all dated."""

from datetime import timedelta
from typing import TypeVar

from django.utils.translation import gettext as _
from ninja import Query, Router
from ninja.responses import Status

from opale.customers import rights
from opale.customers.actions import contracts
from opale.customers.actions.contracts import CommitmentTerms
from opale.customers.listings import CONTRACTS
from opale.customers.models import (
    Contract,
    ContractedPlan,
    ContractOption,
    Service,
    SoldCommitment,
    SupportPlan,
)
from opale.customers.ports import Preview, Proposal, preview_proposal
from opale.customers.queries import customers, plan_tables, plans, services
from opale.customers.shapes import (
    CommitmentOut,
    ContractChanges,
    ContractedPlanOut,
    ContractOptionOut,
    ContractOut,
    Day,
    NewCommitment,
    NewContract,
    NewContractedPlan,
    NewContractOption,
    PreviewOut,
)
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
from opale.endpoints.preconditions import unless_changed
from opale.endpoints.references import resolve_reference
from opale.kernel.errors import Invalid, NotFound
from opale.listings.endpoints import list_endpoint

router = Router()
G = TypeVar("G", bound=plan_tables.ContractItem)


list_endpoint(
    router,
    "/contracts",
    CONTRACTS,
    ContractOut,
    name="list_contracts",
    text="Contracts by number, with the last day on which each can be decided about.",
)


@router.post("/contracts", response={201: ContractOut}, auth=may(rights.EDIT))
def create_contract(request: ActorRequest, body: NewContract) -> Status[Contract]:
    fields = body.dict(exclude_unset=True)
    customer = resolve_reference(
        customers.get_customer,
        fields.pop("customer_id"),
        field="customer_id",
        seen_by=request.actor,
    )
    contract = contracts.create_contract(customer, by=request.actor, **fields)
    return Status(201, contract)


@router.get("/contracts/{int:contract_id}", response=ContractOut, auth=may(rights.READ))
def get_contract(request: ActorRequest, contract_id: int) -> Contract:
    return services.get_contract(contract_id, seen_by=request.actor)


@router.patch("/contracts/{int:contract_id}", response=ContractOut, auth=may(rights.EDIT))
def edit_contract(request: ActorRequest, contract_id: int, body: ContractChanges) -> Contract:
    rows = services.visible_rows(Contract, seen_by=request.actor).filter(pk=contract_id)
    with unless_changed(request, rows, ContractOut) as contract:
        contracts.edit_contract(contract, by=request.actor, **body.dict(exclude_unset=True))
    return services.get_contract(contract_id, seen_by=request.actor)


@router.get(
    "/contracts/{int:contract_id}/plans",
    response=Page[ContractedPlanOut],
    auth=may(rights.READ),
)
def list_contract_plans(
    request: ActorRequest, contract_id: int, window: Query[Window]
) -> Slice[ContractedPlan]:
    """The support plans that the contract gives its services, of all times."""
    return _given(ContractedPlan, request, contract_id, window)


@router.post(
    "/contracts/{int:contract_id}/plans",
    response={201: ContractedPlanOut},
    auth=may(rights.EDIT),
)
def give_contract_plan(
    request: ActorRequest, contract_id: int, body: NewContractedPlan
) -> Status[ContractedPlan]:
    """Give a service a support plan, by its code; the plan that holds that day ends there."""
    contract = services.get_contract(contract_id, seen_by=request.actor)
    service = _service(request, body.service_id)
    plan = _plan(request, body.plan)
    given = contracts.assign_plan(
        contract, service, plan, by=request.actor, starts=body.starts, ends=body.ends
    )
    return Status(201, given)


@router.post(
    "/contracts/{int:contract_id}/plans/preview", response=PreviewOut, auth=may(rights.EDIT)
)
def preview_contract_plan(
    request: ActorRequest, contract_id: int, body: NewContractedPlan
) -> Preview:
    """What the plan would do to the running tickets of the service; nothing is written."""
    services.get_contract(contract_id, seen_by=request.actor)
    service, plan = _service(request, body.service_id), _plan(request, body.plan)
    version = plans.version_on(plan, body.starts)
    if version is None:
        raise Invalid(starts=_("No version of this plan is sold on that day."))
    proposal = Proposal.of(plan, body.starts, version, version.targets.all(), service)
    return preview_proposal(proposal, seen_by=request.actor)


@router.post(
    "/contracts/{int:contract_id}/plans/{int:given_id}/ending",
    response=ContractedPlanOut,
    auth=may(rights.EDIT),
)
def end_contract_plan(
    request: ActorRequest, contract_id: int, given_id: int, body: Day
) -> ContractedPlan:
    """`on` is the first day without it."""
    return _end(ContractedPlan, request, contract_id, given_id, body)


@router.get(
    "/contracts/{int:contract_id}/options",
    response=Page[ContractOptionOut],
    auth=may(rights.READ),
)
def list_contract_options(
    request: ActorRequest, contract_id: int, window: Query[Window]
) -> Slice[ContractOption]:
    """The options of the contract and of its services, of all times."""
    return _given(ContractOption, request, contract_id, window)


@router.post(
    "/contracts/{int:contract_id}/options",
    response={201: ContractOptionOut},
    auth=may(rights.EDIT),
)
def add_contract_option(
    request: ActorRequest, contract_id: int, body: NewContractOption
) -> Status[ContractOption]:
    contract = services.get_contract(contract_id, seen_by=request.actor)
    option = contracts.add_option(
        contract,
        by=request.actor,
        kind=body.kind,
        service=_service(request, body.service_id) if body.service_id is not None else None,
        starts=body.starts,
        ends=body.ends,
    )
    return Status(201, option)


@router.post(
    "/contracts/{int:contract_id}/options/{int:given_id}/ending",
    response=ContractOptionOut,
    auth=may(rights.EDIT),
)
def end_contract_option(
    request: ActorRequest, contract_id: int, given_id: int, body: Day
) -> ContractOption:
    """`on` is the first day without it."""
    return _end(ContractOption, request, contract_id, given_id, body)


@router.get(
    "/contracts/{int:contract_id}/commitments",
    response=Page[CommitmentOut],
    auth=may(rights.READ),
)
def list_contract_commitments(
    request: ActorRequest, contract_id: int, window: Query[Window]
) -> Slice[SoldCommitment]:
    """GTI, GTR and availability sold beyond the plan, with their penalties, of all times."""
    return _given(SoldCommitment, request, contract_id, window)


@router.post(
    "/contracts/{int:contract_id}/commitments",
    response={201: CommitmentOut},
    auth=may(rights.EDIT),
)
def sell_contract_commitment(
    request: ActorRequest, contract_id: int, body: NewCommitment
) -> Status[SoldCommitment]:
    contract = services.get_contract(contract_id, seen_by=request.actor)
    seconds = body.target_seconds
    sold = CommitmentTerms(
        measure=body.measure,
        coverage=body.coverage,
        service=_service(request, body.service_id) if body.service_id is not None else None,
        priority=body.priority,
        target=None if seconds is None else timedelta(seconds=seconds),
        percent=body.percent,
        penalty=body.penalty,
        penalty_terms=body.penalty_terms,
    )
    commitment = contracts.sell_commitment(
        contract, sold, by=request.actor, starts=body.starts, ends=body.ends
    )
    return Status(201, commitment)


@router.post(
    "/contracts/{int:contract_id}/commitments/{int:given_id}/ending",
    response=CommitmentOut,
    auth=may(rights.EDIT),
)
def end_contract_commitment(
    request: ActorRequest, contract_id: int, given_id: int, body: Day
) -> SoldCommitment:
    """`on` is the first day without it."""
    return _end(SoldCommitment, request, contract_id, given_id, body)


def _service(request: ActorRequest, service_id: int) -> Service:
    return resolve_reference(
        services.get_service, service_id, field="service_id", seen_by=request.actor
    )


def _plan(request: ActorRequest, code: str) -> SupportPlan:
    try:
        return services.get_plan_by_code(code, seen_by=request.actor)
    except NotFound:
        raise Invalid(plan=_("There is no support plan with this code.")) from None


def _given(model: type[G], request: ActorRequest, contract_id: int, window: Window) -> Slice[G]:
    contract = services.get_contract(contract_id, seen_by=request.actor)
    return page(
        plan_tables.contract_items_of(contract, model, seen_by=request.actor), window, "-id"
    )


def _end(model: type[G], request: ActorRequest, contract_id: int, given_id: int, body: Day) -> G:
    contract = services.get_contract(contract_id, seen_by=request.actor)
    row = plan_tables.get_item_of_contract(contract, model, given_id, seen_by=request.actor)
    contracts.end_contract_item(row, by=request.actor, on=body.on)
    return plan_tables.get_item_of_contract(contract, model, given_id, seen_by=request.actor)
