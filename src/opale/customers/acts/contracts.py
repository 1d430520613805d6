"""Acts of contracts and of what they give: plans, options and commitments, all dated."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import change, create, form
from opale.customers.actions import contracts
from opale.customers.acts.subjects import CONTRACT, CONTRACTS, CUSTOMER, contract_item
from opale.customers.forms.customers import (
    CommitmentForm,
    ContractForm,
    EndForm,
    NewContractForm,
    OptionForm,
    PlanByCodeForm,
    PlanPreviewForm,
)
from opale.customers.models import Contract, ContractedPlan, ContractOption, SoldCommitment
from opale.customers.queries.dates import today
from opale.customers.rights import EDIT
from opale.customers.shapes import (
    CommitmentOut,
    ContractedPlanOut,
    ContractOptionOut,
    PreviewOut,
)
from opale.kernel.actor import Actor


def period_of(contract: Contract, _by: Actor) -> Mapping[str, Any]:
    return {"starts": contract.period.lower, "ends": contract.period.upper}


def first_day(contract: Contract, _by: Actor) -> Mapping[str, Any]:
    return {"starts": max(today(), contract.period.lower)}


ITEMS = (
    ("plan", contract_item(ContractedPlan, "plans", ContractedPlanOut)),
    ("option", contract_item(ContractOption, "options", ContractOptionOut)),
    ("commitment", contract_item(SoldCommitment, "commitments", CommitmentOut)),
)
ACTS = (
    create(
        CUSTOMER, contracts.create_contract, "add_contract", EDIT, ContractForm, noun=None,
        page="contracts/new", made=CONTRACT, title=_("New contract"), submit=_("Create"),
        icon="plus",
    ),
    form(
        CONTRACTS, contracts.create_contract, "create_contract", EDIT, NewContractForm, noun="",
        page=None, made=CONTRACT, optional={"starts"},
    ),
    change(
        CONTRACT, contracts.edit_contract, "edit_contract", EDIT, ContractForm, initial=period_of,
        title=_("Edit contract"), submit=_("Save"), label=_("Edit"), icon="edit", key="e",
    ),
    form(
        CONTRACT, contracts.assign_plan, "give_contract_plan", EDIT, PlanByCodeForm, noun="plans",
        page=None, made=ContractedPlanOut, names={"plan": "plan"},
        text="Give a service a support plan, by its code; the plan that holds that day ends there.",
    ),
    form(
        CONTRACT, contracts.preview_plan, "preview_contract_plan", EDIT, PlanPreviewForm,
        noun="plans/preview", page=None, gives=PreviewOut, names={"plan": "plan"},
        text="What the plan would do to the running tickets of the service; nothing is written.",
    ),
    create(
        CONTRACT, contracts.add_option, "add_contract_option", EDIT, OptionForm, noun="options",
        made=ContractOptionOut, initial=first_day, title=_("Add option"), submit=_("Save"),
        label=_("Option"), icon="plus", key="o",
        text="Without `service_id`: for everything under the contract.",
    ),
    create(
        CONTRACT, contracts.sell_commitment, "sell_contract_commitment", EDIT, CommitmentForm,
        noun="commitments", made=CommitmentOut, names={"target": "target_seconds"},
        initial=first_day, title=_("Add commitment"), submit=_("Save"), label=_("Commitment"),
        icon="plus", key="s",
        text="`target_seconds` for a time, `percent` for availability; for all services without"
        " one.",
    ),
    *(
        form(
            item, contracts.end_contract_item, f"end_contract_{kind}", EDIT, EndForm,
            noun="ending", page=None, text="`on` is the first day without it.",
        )
        for kind, item in ITEMS
    ),
)  # fmt: skip
