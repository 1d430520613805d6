"""Pages of the companies of the group."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.clock import now
from opale.organisation.actions import companies
from opale.organisation.forms import CompanyForm
from opale.organisation.models import Company
from opale.organisation.queries import reference
from opale.organisation.rights import ADMINISTER, READ
from opale.ui import keyset
from opale.ui.components.lists import Chip
from opale.ui.forms import form_page
from opale.ui.toasts import toast_next

form_verbs = require_http_methods(["GET", "POST"])
BY_NAME = keyset.Order(("name", "id"))


@require_GET
@needs(READ)
def index(request: ActorRequest) -> HttpResponse:
    closed = request.GET.get("closed") == "1"
    found = reference.with_sizes(reference.companies(seen_by=request.actor, closed=closed))
    context = {
        "page": keyset.page(found, BY_NAME, request.GET),
        "chips": [Chip(_("Closed too"), "?" if closed else "?closed=1", closed, closed)],
        "may_edit": request.actor.can(ADMINISTER),
    }
    return render(request, "organisation/companies.html", context)


@form_verbs
@needs(ADMINISTER)
def new(request: ActorRequest) -> HttpResponse:
    form = CompanyForm(request.POST or None, by=request.actor)
    return form_page(
        request,
        form,
        lambda: companies.create_company(by=request.actor, **form.cleaned_data),
        title=_("New company"),
        button=_("Create"),
        said=_("Company created."),
        back=reverse("organisation_companies"),
    )


@form_verbs
@needs(ADMINISTER)
def edit(request: ActorRequest, company_id: int) -> HttpResponse:
    company = reference.get_company(company_id, seen_by=request.actor)
    form = CompanyForm(request.POST or None, by=request.actor, initial=_initial(company))
    return form_page(
        request,
        form,
        lambda: companies.edit_company(company, by=request.actor, **form.cleaned_data),
        title=_("Edit %(company)s") % {"company": company},
        button=_("Save"),
        said=_("Company changed."),
        back=reverse("organisation_companies"),
    )


@require_POST
@needs(ADMINISTER)
def close(request: ActorRequest, company_id: int) -> HttpResponse:
    company = reference.get_company(company_id, seen_by=request.actor)
    companies.close_company(company, by=request.actor, on=localdate(now()))
    undo = reverse("organisation_company_reopen", args=[company_id])
    toast_next(request, _("%(company)s is closed.") % {"company": company}, undo=undo)
    return redirect("organisation_companies")


@require_POST
@needs(ADMINISTER)
def reopen(request: ActorRequest, company_id: int) -> HttpResponse:
    company = reference.get_company(company_id, seen_by=request.actor)
    companies.reopen_company(company, by=request.actor)
    toast_next(request, _("%(company)s is a company of the group again.") % {"company": company})
    return redirect("organisation_companies")


def _initial(company: Company) -> dict[str, Any]:
    names = ("name", "country", "language", "time_zone", "calendar", "operates")
    return {name: getattr(company, name) for name in names}
