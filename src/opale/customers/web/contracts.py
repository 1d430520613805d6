"""Contracts and what they give."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opale.customers import actions, queries, rights
from opale.customers.actions import Sold
from opale.customers.models import Contract, Coverage, Measure
from opale.customers.web.forms import (
    CommitmentForm,
    ContractForm,
    EndForm,
    OptionForm,
    PlanGivenForm,
    accepted,
)
from opale.customers.web.pages import form_page, go, today
from opale.endpoints.http import AskedRequest, needs


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
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if accepted(form, lambda: actions.create_contract(customer, by=request.actor, **said)):
            return go(request, reverse("customers_contract", args=[said["number"]]))
    back = reverse("customers_customer", args=[code])
    return form_page(
        request, form, title=_("New contract"), verb=_("Create"), back=back,
        back_label=customer.name,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def edit(request: AskedRequest, number: str) -> HttpResponse:
    contract = queries.contract_numbered(number, seen_by=request.actor)
    known = {
        "number": contract.number,
        "signed_on": contract.signed_on,
        "starts": contract.period.lower,
        "ends": contract.period.upper,
    }
    form = ContractForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if accepted(form, lambda: actions.edit_contract(contract, by=request.actor, **said)):
            return go(request, reverse("customers_contract", args=[said["number"]]))
    return _page(request, contract, form, _("Edit the contract"))


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def plan(request: AskedRequest, number: str) -> HttpResponse:
    contract = queries.contract_numbered(number, seen_by=request.actor)
    form = PlanGivenForm(request.POST or None, **_asked(request, contract))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        given = (said.pop("service"), said.pop("plan"))
        if accepted(form, lambda: actions.give_plan(contract, *given, by=request.actor, **said)):
            return go(request, reverse("customers_contract", args=[number]))
    return _page(request, contract, form, _("Give a service a support plan"))


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def option(request: AskedRequest, number: str) -> HttpResponse:
    contract = queries.contract_numbered(number, seen_by=request.actor)
    form = OptionForm(request.POST or None, **_asked(request, contract))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if accepted(form, lambda: actions.add_option(contract, by=request.actor, **said)):
            return go(request, reverse("customers_contract", args=[number]))
    return _page(request, contract, form, _("Add an option"))


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def commitment(request: AskedRequest, number: str) -> HttpResponse:
    contract = queries.contract_numbered(number, seen_by=request.actor)
    form = CommitmentForm(request.POST or None, **_asked(request, contract))
    valid = request.method == "POST" and form.is_valid()
    if valid and accepted(form, lambda: _sell(request, contract, form.cleaned_data)):
        return go(request, reverse("customers_contract", args=[number]))
    return _page(request, contract, form, _("Sell a commitment"))


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def ending(request: AskedRequest, kind: str, row_id: int) -> HttpResponse:
    row = queries.get_given(kind, row_id, seen_by=request.actor)
    form = EndForm(request.POST or None, initial={"on": today()})
    if request.method == "POST" and form.is_valid():
        on = form.cleaned_data["on"]
        if accepted(form, lambda: actions.end_given(row, by=request.actor, on=on)):
            return go(request, reverse("customers_contract", args=[row.contract.number]))
    return _page(request, row.contract, form, _("End it"))


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


def _page(request: AskedRequest, contract: Contract, form: Any, title: str) -> HttpResponse:
    back = reverse("customers_contract", args=[contract.number])
    return form_page(
        request, form, title=title, verb=_("Save"), back=back, back_label=contract.number
    )
