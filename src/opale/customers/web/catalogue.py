"""The catalogue and the support plans."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opale.customers import actions, queries, rights
from opale.customers.models import Family
from opale.customers.ports import preview_of
from opale.customers.web.forms import OfferingForm
from opale.customers.web.pages import today
from opale.customers.web.plan_form import VersionForm
from opale.endpoints.http import AskedRequest, needs
from opale.ui import keyset, pickers
from opale.ui.components.lists import chips_of
from opale.ui.forms import accepted, form_page
from opale.ui.toasts import toast_next

ORDER = keyset.Order(("code", "id"))


@require_GET
@needs(rights.READ)
def offerings(request: AskedRequest) -> HttpResponse:
    asked = request.GET
    found = queries.offerings(
        seen_by=request.actor,
        text=asked.get("q", ""),
        family=asked.get("family", ""),
        retired=bool(asked.get("retired")),
    )
    context = {
        "page": keyset.page(found, ORDER, asked),
        "text": asked.get("q", ""),
        "chips": chips_of(asked, "family", Family.choices)
        + chips_of(asked, "retired", [("1", _("Retired too"))]),
        "may_edit": request.actor.can(rights.EDIT),
    }
    return render(request, "customers/catalogue/list.html", context)


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def new_offering(request: AskedRequest) -> HttpResponse:
    form = OfferingForm(request.POST or None)
    back = reverse("customers_offerings")
    return form_page(
        request,
        form,
        lambda: actions.create_offering(by=request.actor, **form.cleaned_data),
        title=_("New offering"),
        button=_("Create"),
        back=back,
        back_label=_("Catalogue"),
    )


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def edit_offering(request: AskedRequest, offering_id: int) -> HttpResponse:
    offering = queries.get_offering(offering_id, seen_by=request.actor)
    form = OfferingForm(request.POST or None, instance=offering)
    back = reverse("customers_offerings")
    return form_page(
        request,
        form,
        lambda: actions.edit_offering(offering, by=request.actor, **form.cleaned_data),
        title=_("Edit the offering"),
        button=_("Save"),
        back=back,
        back_label=_("Catalogue"),
    )


@require_GET
@needs(rights.READ)
def pick_offering(request: AskedRequest) -> HttpResponse:
    found = queries.offerings(seen_by=request.actor, text=request.GET.get("q", ""))
    rows = found.order_by("code")[: pickers.LIMIT]
    return pickers.answer(
        request, (pickers.Choice(str(o.pk), queries.offering_name(o), o.code) for o in rows)
    )


@require_GET
@needs(rights.READ)
def plans(request: AskedRequest) -> HttpResponse:
    found = queries.plans(seen_by=request.actor)
    context = {
        "plans": [queries.plan_sheet(plan, on=today()) for plan in found],
        "may_edit": request.actor.can(rights.EDIT),
    }
    return render(request, "customers/plans/list.html", context)


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def new_version(request: AskedRequest, code: str) -> HttpResponse:
    plan = queries.plan_coded(code, seen_by=request.actor)
    sheet = queries.plan_sheet(plan, on=today())
    form = VersionForm(request.POST or None, before=sheet.newest, initial={"starts": today()})

    def start() -> None:
        starts = form.cleaned_data["starts"]
        actions.start_version(plan, form.content(), by=request.actor, starts=starts, today=today())

    preview = None
    if "preview" in request.POST:
        if form.is_valid():
            preview = preview_of(form.proposal(plan), seen_by=request.actor)
    elif request.method == "POST" and accepted(form, start):
        toast_next(request, _("The new version is kept. Old tickets keep theirs."))
        return redirect("customers_plans")
    context = {"form": form, "plan": plan, "name": queries.plan_name(plan), "preview": preview}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "customers/plans/version.html", context, status=status)
