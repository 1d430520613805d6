"""Pages of the catalogue."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opale.customers import rights
from opale.customers.actions import services
from opale.customers.forms.customers import OfferingForm
from opale.customers.queries import plan_tables
from opale.customers.queries import services as service_queries
from opale.endpoints.http import ActorRequest, needs
from opale.ui import pickers
from opale.ui.forms import form_page


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def new_offering(request: ActorRequest) -> HttpResponse:
    form = OfferingForm(request.POST or None)
    back = reverse("customers_offerings")
    return form_page(
        request,
        form,
        lambda: services.create_offering(by=request.actor, **form.cleaned_data),
        title=_("New offering"),
        button=_("Create"),
        back=back,
        back_label=_("Catalogue"),
    )


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def edit_offering(request: ActorRequest, offering_id: int) -> HttpResponse:
    offering = service_queries.get_offering(offering_id, seen_by=request.actor)
    form = OfferingForm(request.POST or None, instance=offering)
    back = reverse("customers_offerings")
    return form_page(
        request,
        form,
        lambda: services.edit_offering(offering, by=request.actor, **form.cleaned_data),
        title=_("Edit the offering"),
        button=_("Save"),
        back=back,
        back_label=_("Catalogue"),
    )


@require_GET
@needs(rights.READ)
def pick_offering(request: ActorRequest) -> HttpResponse:
    found = service_queries.offerings(seen_by=request.actor, text=request.GET.get("q", ""))
    rows = found.order_by("code")[: pickers.LIMIT]
    return pickers.picker_response(
        request, (pickers.Choice(str(o.pk), plan_tables.offering_name(o), o.code) for o in rows)
    )
