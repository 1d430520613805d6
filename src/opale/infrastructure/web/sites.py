"""Sites, and what upper and lower rooms show of the infrastructure."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opale.customers.queries import customer_coded, service_referenced
from opale.endpoints.http import AskedRequest, needs
from opale.infrastructure import actions, queries, rights
from opale.infrastructure.models import Site
from opale.infrastructure.web.forms import SiteForm
from opale.ui import keyset, pickers
from opale.ui.components.lists import chips_of
from opale.ui.forms import form_page

ORDER = keyset.Order(("name", "id"))
SHOWN = 20


@require_GET
@needs(rights.READ)
def listing(request: AskedRequest) -> HttpResponse:
    asked = request.GET
    found = queries.sites(
        seen_by=request.actor, text=asked.get("q", ""), kind=asked.get("kind", "")
    )
    context = {
        "page": keyset.page(found, ORDER, asked),
        "text": asked.get("q", ""),
        "chips": chips_of(asked, "kind", Site.Kind.choices),
        "may_create": request.actor.can(rights.EDIT),
    }
    return render(request, "infrastructure/sites/list.html", context)


@require_GET
@needs(rights.READ)
def show(request: AskedRequest, code: str) -> HttpResponse:
    site = queries.site_coded(code, seen_by=request.actor)
    found = queries.items(seen_by=request.actor, site_id=site.pk)
    context = {
        "site": site,
        "page": keyset.page(found, ORDER, request.GET),
        "kinds": queries.kinds_at(site, seen_by=request.actor),
        "may_edit": request.actor.can(rights.EDIT),
    }
    return render(request, "infrastructure/sites/show.html", context)


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def new(request: AskedRequest) -> HttpResponse:
    form = SiteForm(request.POST or None)
    back = reverse("infrastructure_sites")
    return form_page(
        request,
        form,
        lambda: actions.create_site(by=request.actor, **form.cleaned_data),
        title=_("New site"),
        button=_("Create"),
        back=back,
        back_label=_("Sites"),
        then=lambda: reverse("infrastructure_site", args=[form.cleaned_data["code"]]),
    )


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def edit(request: AskedRequest, code: str) -> HttpResponse:
    site = queries.site_coded(code, seen_by=request.actor)
    name, back = site.name, reverse("infrastructure_site", args=[code])
    form = SiteForm(request.POST or None, instance=site)
    return form_page(
        request,
        form,
        lambda: actions.edit_site(site, by=request.actor, **form.cleaned_data),
        title=_("Edit the site"),
        button=_("Save"),
        back=back,
        back_label=name,
        then=lambda: reverse("infrastructure_site", args=[form.cleaned_data["code"]]),
    )


@require_GET
@needs(rights.READ)
def pick(request: AskedRequest) -> HttpResponse:
    found = queries.sites(seen_by=request.actor, text=request.GET.get("q", ""))
    rows = found.order_by("name", "id")[: pickers.LIMIT]
    return pickers.answer(request, (pickers.Choice(str(s.pk), s.name, s.code) for s in rows))


@require_GET
@needs(rights.READ)
def of_customer(request: AskedRequest, code: str) -> HttpResponse:
    """The slot on a customer's page: the customer's own sites and items."""
    customer = customer_coded(code, seen_by=request.actor)
    sites = queries.sites(seen_by=request.actor, customer_id=customer.pk)[:SHOWN]
    items = queries.items(seen_by=request.actor, customer_id=customer.pk).order_by("name")
    context = {"sites": sites, "items": items[:SHOWN]}
    return render(request, "infrastructure/sites/_of_customer.html", context)


@require_GET
@needs(rights.READ)
def of_service(request: AskedRequest, reference: str) -> HttpResponse:
    """The slot on a service's page: the items on which it stands."""
    service = service_referenced(reference, seen_by=request.actor)
    context = {"links": queries.items_of(service, seen_by=request.actor)[:SHOWN]}
    return render(request, "infrastructure/items/_of_service.html", context)
