"""Pages of a contract: what it gives, a plan with its preview, the end of one."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opale.customers import rights
from opale.customers.actions import contracts
from opale.customers.acts.contracts import first_day
from opale.customers.acts.subjects import place_of_contract
from opale.customers.forms.customers import EndForm, PlanAssignmentForm
from opale.customers.ports import Preview
from opale.customers.queries import customers, plan_tables, services
from opale.customers.queries.dates import today
from opale.endpoints.http import ActorRequest, needs
from opale.ui.forms import form_page, submit_form


@require_GET
@needs(rights.READ)
def show(request: ActorRequest, number: str) -> HttpResponse:
    contract = services.get_contract_by_number(number, seen_by=request.actor)
    day = today()
    context = {
        "contract": contract,
        "today": day,
        "notice_over": contract.is_notice_over(day),
        "may_edit": customers.may_edit(contract.customer, request.actor),
    }
    return render(request, "customers/contracts/show.html", context)


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def plan(request: ActorRequest, number: str) -> HttpResponse:
    contract = services.get_contract_by_number(number, seen_by=request.actor)
    actor = request.actor
    preview: list[Preview] = []
    form = PlanAssignmentForm(
        request.POST or None, by=actor, contract=contract, initial=first_day(contract, actor)
    )

    def look() -> None:
        said = form.cleaned_data
        service, given = said["service"], said["plan"]
        preview.append(
            contracts.preview_plan(contract, service, given, by=actor, starts=said["starts"])
        )

    if "preview" in request.POST:
        submit_form(form, look)
    elif request.method == "POST" and submit_form(
        form, lambda: contracts.assign_plan(contract, by=actor, **form.cleaned_data)
    ):
        return redirect("customers_contract", number)
    context = {"contract": contract, "form": form, "preview": preview[0] if preview else None}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "customers/plans/given.html", context, status=status)


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def ending(request: ActorRequest, kind: str, row_id: int) -> HttpResponse:
    row = plan_tables.get_contract_item(kind, row_id, seen_by=request.actor)
    form = EndForm(request.POST or None, initial={"on": today()})
    back, back_label = place_of_contract(row.contract)
    return form_page(
        request,
        form,
        lambda: contracts.end_contract_item(row, by=request.actor, **form.cleaned_data),
        title=_("End"),
        button=_("Save"),
        back=back,
        back_label=back_label,
    )
