"""Contracts and what they give."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opale.customers import actions, queries, rights
from opale.customers.actions import Sold
from opale.customers.models import Contract, Coverage, Measure
from opale.customers.ports import Preview, Proposal, preview_of
from opale.customers.web.forms import (
    CommitmentForm,
    ContractForm,
    EndForm,
    OptionForm,
    PlanGivenForm,
)
from opale.customers.web.pages import today
from opale.endpoints.http import AskedRequest, needs
from opale.ui.forms import accepted, form_page


@require_GET
@needs(rights.READ)
def show(request: AskedRequest, number: str) -> HttpResponse:
    contract = queries.contract_numbered(number, seen_by=request.actor)
    context = {
        "contract": contract,
        "today": today(),
        "may_edit": queries.may_edit(contract.customer, request.actor),
    }
    return render(request, "customers/contracts/show.html", context)


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def new(request: AskedRequest, code: str) -> HttpResponse:
    customer = queries.customer_coded(code, seen_by=request.actor)
    form = ContractForm(request.POST or None)
    back = reverse("customers_customer", args=[code])
    return form_page(
        request,
        form,
        lambda: actions.create_contract(customer, by=request.actor, **form.cleaned_data),
        title=_("New contract"),
        button=_("Create"),
        back=back,
        back_label=customer.name,
        then=lambda: reverse("customers_contract", args=[form.cleaned_data["number"]]),
    )


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def edit(request: AskedRequest, number: str) -> HttpResponse:
    contract = queries.contract_numbered(number, seen_by=request.actor)
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
        lambda: actions.edit_contract(contract, by=request.actor, **form.cleaned_data),
        title=_("Edit the contract"),
        then=lambda: reverse("customers_contract", args=[form.cleaned_data["number"]]),
    )


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def plan(request: AskedRequest, number: str) -> HttpResponse:
    contract = queries.contract_numbered(number, seen_by=request.actor)
    form = PlanGivenForm(request.POST or None, **_asked(request, contract))

    def give() -> None:
        said = dict(form.cleaned_data)
        service, given = said.pop("service"), said.pop("plan")
        actions.give_plan(contract, service, given, by=request.actor, **said)

    preview = None
    if "preview" in request.POST:
        preview = _previewed(request, form) if form.is_valid() else None
    elif request.method == "POST" and accepted(form, give):
        return redirect("customers_contract", number)
    context = {"contract": contract, "form": form, "preview": preview}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "customers/plans/given.html", context, status=status)


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def option(request: AskedRequest, number: str) -> HttpResponse:
    contract = queries.contract_numbered(number, seen_by=request.actor)
    form = OptionForm(request.POST or None, **_asked(request, contract))
    return _page(
        request,
        contract,
        form,
        lambda: actions.add_option(contract, by=request.actor, **form.cleaned_data),
        title=_("Add an option"),
    )


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def commitment(request: AskedRequest, number: str) -> HttpResponse:
    contract = queries.contract_numbered(number, seen_by=request.actor)
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
def ending(request: AskedRequest, kind: str, row_id: int) -> HttpResponse:
    row = queries.get_given(kind, row_id, seen_by=request.actor)
    form = EndForm(request.POST or None, initial={"on": today()})
    return _page(
        request,
        row.contract,
        form,
        lambda: actions.end_given(row, by=request.actor, on=form.cleaned_data["on"]),
        title=_("End it"),
    )


def _asked(request: AskedRequest, contract: Contract) -> dict[str, Any]:
    return {
        "customer": contract.customer,
        "actor": request.actor,
        "initial": {"starts": max(today(), contract.period.lower)},
    }


def _sell(request: AskedRequest, contract: Contract, said: dict[str, Any]) -> None:
    sold = Sold(
        measure=Measure(said["measure"]),
        coverage=Coverage(said["coverage"]),
        service=said["service"],
        priority=said["priority"],
        target=said["target"],
        percent=said["percent"],
        penalty=said["penalty"],
        penalty_terms=said["penalty_terms"],
    )
    actions.sell_commitment(
        contract, sold, by=request.actor, starts=said["starts"], ends=said["ends"]
    )


def _previewed(request: AskedRequest, form: forms.Form) -> Preview | None:
    """The plan as it is sold on that day, on the service that would get it."""
    said = form.cleaned_data
    version = queries.version_on(said["plan"], said["starts"])
    if version is None:
        form.add_error("plan", _("No version of this plan is sold on that day."))
        return None
    targets = version.targets.all()
    proposal = Proposal.of(said["plan"], said["starts"], version, targets, said["service"])
    return preview_of(proposal, seen_by=request.actor)


def _page(
    request: AskedRequest,
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
