"""Endpoints of contracts and of what they give: plans, options, commitments, all dated."""

from typing import TypeVar

from ninja import Query, Router

from opale.customers import rights
from opale.customers.listings.contracts import CONTRACTS
from opale.customers.models import Contract, ContractedPlan, ContractOption, SoldCommitment
from opale.customers.queries import plan_tables, services
from opale.customers.shapes import (
    CommitmentOut,
    ContractedPlanOut,
    ContractOptionOut,
    ContractOut,
)
from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.endpoints.paging import Page, Slice, Window, page
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


@router.get("/contracts/{int:contract_id}", response=ContractOut, auth=may(rights.READ))
def get_contract(request: ActorRequest, contract_id: int) -> Contract:
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


def _given(model: type[G], request: ActorRequest, contract_id: int, window: Window) -> Slice[G]:
    contract = services.get_contract(contract_id, seen_by=request.actor)
    return page(
        plan_tables.contract_items_of(contract, model, seen_by=request.actor), window, "-id"
    )
