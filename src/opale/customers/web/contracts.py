"""Pages of contracts and what they give."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opale.customers import rights
from opale.customers.actions import contracts
from opale.customers.actions.contracts import CommitmentTerms
from opale.customers.forms.customers import (
    CommitmentForm,
    ContractForm,
    EndForm,
    OptionForm,
    PlanAssignmentForm,
)
from opale.customers.models import Contract, Coverage, Measure
from opale.customers.ports import Preview, Proposal, preview_proposal
from opale.customers.queries import customers, plan_tables, plans, services
from opale.customers.web.dates import today
from opale.endpoints.http import ActorRequest, needs
from opale.ui.forms import form_page, submit_form


@require_GET
@needs(rights.READ)
def show(request: ActorRequest, number: str) -> HttpResponse:
    contract = services.get_contract_by_number(number, seen_by=request.actor)
    context = {
        "contract": contract,
        "today": today(),
        "may_edit": customers.may_edit(contract.customer, request.actor),
    }
    return render(request, "customers/contracts/show.html", context)


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def new(request: ActorRequest, code: str) -> HttpResponse:
    customer = customers.get_customer_by_code(code, seen_by=request.actor)
    form = ContractForm(request.POST or None)
    back = reverse("customers_customer", args=[code])
    return form_page(
        request,
        form,
        lambda: contracts.create_contract(customer, by=request.actor, **form.cleaned_data),
        title=_("New contract"),
        button=_("Create"),
        back=back,
        back_label=customer.name,
        then=lambda: reverse("customers_contract", args=[form.cleaned_data["number"]]),
    )


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def edit(request: ActorRequest, number: str) -> HttpResponse:
    contract = services.get_contract_by_number(number, seen_by=request.actor)
    known = {
        "number": contract.number,
        "signed_on": contract.signed_on,
        "starts": contract.period.lower,
        "ends": contract.period.upper,
        "notice_months": contract.notice_months,
    }
    form = ContractForm(request.POST or None, initial=known)
    return _page(
        request,
        contract,
        form,
        lambda: contracts.edit_contract(contract, by=request.actor, **form.cleaned_data),
        title=_("Edit the contract"),
        then=lambda: reverse("customers_contract", args=[form.cleaned_data["number"]]),
    )


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def plan(request: ActorRequest, number: str) -> HttpResponse:
    contract = services.get_contract_by_number(number, seen_by=request.actor)
    form = PlanAssignmentForm(request.POST or None, **_asked(request, contract))

    def give() -> None:
        said = dict(form.cleaned_data)
        service, given = said.pop("service"), said.pop("plan")
        contracts.assign_plan(contract, service, given, by=request.actor, **said)

    preview = None
    if "preview" in request.POST:
        preview = _previewed(request, form) if form.is_valid() else None
    elif request.method == "POST" and submit_form(form, give):
        return redirect("customers_contract", number)
    context = {"contract": contract, "form": form, "preview": preview}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "customers/plans/given.html", context, status=status)


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def option(request: ActorRequest, number: str) -> HttpResponse:
    contract = services.get_contract_by_number(number, seen_by=request.actor)
    form = OptionForm(request.POST or None, **_asked(request, contract))
    return _page(
        request,
        contract,
        form,
        lambda: contracts.add_option(contract, by=request.actor, **form.cleaned_data),
        title=_("Add an option"),
    )


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def commitment(request: ActorRequest, number: str) -> HttpResponse:
    contract = services.get_contract_by_number(number, seen_by=request.actor)
    form = CommitmentForm(request.POST or None, **_asked(request, contract))
    return _page(
        request,
        contract,
        form,
        lambda: _sell(request, contract, form.cleaned_data),
        title=_("Sell a commitment"),
    )


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def ending(request: ActorRequest, kind: str, row_id: int) -> HttpResponse:
    row = plan_tables.get_contract_item(kind, row_id, seen_by=request.actor)
    form = EndForm(request.POST or None, initial={"on": today()})
    return _page(
        request,
        row.contract,
        form,
        lambda: contracts.end_contract_item(row, by=request.actor, on=form.cleaned_data["on"]),
        title=_("End it"),
    )


def _asked(request: ActorRequest, contract: Contract) -> dict[str, Any]:
    return {
        "customer": contract.customer,
        "actor": request.actor,
        "initial": {"starts": max(today(), contract.period.lower)},
    }


def _sell(request: ActorRequest, contract: Contract, said: dict[str, Any]) -> None:
    sold = CommitmentTerms(
        measure=Measure(said["measure"]),
        coverage=Coverage(said["coverage"]),
        service=said["service"],
        priority=said["priority"],
        target=said["target"],
        percent=said["percent"],
        penalty=said["penalty"],
        penalty_terms=said["penalty_terms"],
    )
    contracts.sell_commitment(
        contract, sold, by=request.actor, starts=said["starts"], ends=said["ends"]
    )


def _previewed(request: ActorRequest, form: forms.Form) -> Preview | None:
    """Return the preview of the plan, as sold on that day, on the service that would get it."""
    said = form.cleaned_data
    version = plans.version_on(said["plan"], said["starts"])
    if version is None:
        form.add_error("plan", _("No version of this plan is sold on that day."))
        return None
    targets = version.targets.all()
    proposal = Proposal.of(said["plan"], said["starts"], version, targets, said["service"])
    return preview_proposal(proposal, seen_by=request.actor)


def _page(
    request: ActorRequest,
    contract: Contract,
    form: forms.Form,
    act: Callable[[], object],
    *,
    title: str,
    then: Callable[[], str] | None = None,
) -> HttpResponse:
    back = reverse("customers_contract", args=[contract.number])
    return form_page(
        request,
        form,
        act,
        title=title,
        button=_("Save"),
        back=back,
        back_label=contract.number,
        then=then,
    )
