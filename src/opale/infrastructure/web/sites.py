"""Pages of sites, and the infrastructure's slots on pages of other apps."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opale.customers.queries.customers import get_customer_by_code
from opale.customers.queries.services import get_service_by_reference
from opale.endpoints.http import ActorRequest, needs
from opale.infrastructure import rights
from opale.infrastructure.actions import sites as site_actions
from opale.infrastructure.forms import SiteForm
from opale.infrastructure.queries import items as item_queries
from opale.ui import keyset, pickers
from opale.ui.forms import form_page

ORDER = keyset.Order(("name", "id"))
SHOWN = 20


@require_GET
@needs(rights.READ)
def show(request: ActorRequest, code: str) -> HttpResponse:
    site = item_queries.get_site_by_code(code, seen_by=request.actor)
    found = item_queries.items(seen_by=request.actor, site_id=site.pk)
    context = {
        "site": site,
        "page": keyset.page(found, ORDER, request.GET),
        "kinds": item_queries.kinds_at(site, seen_by=request.actor),
        "may_edit": request.actor.can(rights.EDIT),
    }
    return render(request, "infrastructure/sites/show.html", context)


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def new(request: ActorRequest) -> HttpResponse:
    form = SiteForm(request.POST or None)
    back = reverse("infrastructure_sites")
    return form_page(
        request,
        form,
        lambda: site_actions.create_site(by=request.actor, **form.cleaned_data),
        title=_("New site"),
        button=_("Create"),
        back=back,
        back_label=_("Sites"),
        then=lambda: reverse("infrastructure_site", args=[form.cleaned_data["code"]]),
    )


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def edit(request: ActorRequest, code: str) -> HttpResponse:
    site = item_queries.get_site_by_code(code, seen_by=request.actor)
    name, back = site.name, reverse("infrastructure_site", args=[code])
    form = SiteForm(request.POST or None, instance=site)
    return form_page(
        request,
        form,
        lambda: site_actions.edit_site(site, by=request.actor, **form.cleaned_data),
        title=_("Edit the site"),
        button=_("Save"),
        back=back,
        back_label=name,
        then=lambda: reverse("infrastructure_site", args=[form.cleaned_data["code"]]),
    )


@require_GET
@needs(rights.READ)
def pick(request: ActorRequest) -> HttpResponse:
    found = item_queries.sites(seen_by=request.actor, text=request.GET.get("q", ""))
    rows = found.order_by("name", "id")[: pickers.LIMIT]
    return pickers.picker_response(
        request, (pickers.Choice(str(s.pk), s.name, s.code) for s in rows)
    )


@require_GET
@needs(rights.READ)
def of_customer(request: ActorRequest, code: str) -> HttpResponse:
    """Render the slot on a customer's page: the customer's own sites and items."""
    customer = get_customer_by_code(code, seen_by=request.actor)
    sites = item_queries.sites(seen_by=request.actor, customer_id=customer.pk)[:SHOWN]
    items = item_queries.items(seen_by=request.actor, customer_id=customer.pk).order_by("name")
    context = {"sites": sites, "items": items[:SHOWN]}
    return render(request, "infrastructure/sites/_of_customer.html", context)


@require_GET
@needs(rights.READ)
def of_service(request: ActorRequest, reference: str) -> HttpResponse:
    """Render the slot on a service's page: the items that it needs."""
    service = get_service_by_reference(reference, seen_by=request.actor)
    context = {"links": item_queries.items_of(service, seen_by=request.actor)[:SHOWN]}
    return render(request, "infrastructure/items/_of_service.html", context)
