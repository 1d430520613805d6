"""Pages of services: the list, one service, and its moves."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.customers import rights
from opale.customers.actions import services
from opale.customers.forms.customers import ServiceForm
from opale.customers.listings import TONES
from opale.customers.queries import customers, history, plan_tables, plans
from opale.customers.queries import services as service_queries
from opale.customers.states import SERVICE_MOVES
from opale.customers.web.dates import today
from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.kernel.errors import NotFound
from opale.ui import pickers
from opale.ui.forms import form_page
from opale.ui.toasts import toast_next


@require_GET
@needs(rights.READ)
def show(request: ActorRequest, reference: str) -> HttpResponse:
    actor = request.actor
    service = service_queries.get_service_by_reference(reference, seen_by=actor)
    plan = plans.plan_in_force(service.customer, service, on=today())
    may_edit = customers.may_edit(service.customer, actor)
    context = {
        "service": service,
        "tone": TONES.get(service.state, "new"),
        "plan": plan,
        "plan_name": plans.plan_name(plan.version.plan) if plan else "",
        "promises": plan_tables.table_of_promises(service, plan, on=today()) if plan else [],
        "parts": service_queries.services(seen_by=actor).filter(parent=service)[:100],
        "plans": plan_tables.plans_of(service, seen_by=actor),
        "may_edit": may_edit,
        "moves": [m for m in SERVICE_MOVES if may_edit and service.state in m.sources],
        "history": history.history_of(service) if actor.can(customers.PEOPLE) else [],
    }
    return render(request, "customers/services/show.html", context)


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def new(request: ActorRequest, code: str) -> HttpResponse:
    customer = customers.get_customer_by_code(code, seen_by=request.actor)
    form = ServiceForm(request.POST or None, customer=customer, actor=request.actor)
    back = reverse("customers_customer", args=[code])
    return form_page(
        request,
        form,
        lambda: services.create_service(customer, by=request.actor, **form.cleaned_data),
        title=_("New service"),
        button=_("Create"),
        back=back,
        back_label=customer.name,
        then=lambda: reverse("customers_service", args=[form.cleaned_data["reference"]]),
    )


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def edit(request: ActorRequest, reference: str) -> HttpResponse:
    service = service_queries.get_service_by_reference(reference, seen_by=request.actor)
    name, back = service.name, reverse("customers_service", args=[reference])
    form = ServiceForm(
        request.POST or None, instance=service, customer=service.customer, actor=request.actor
    )
    return form_page(
        request,
        form,
        lambda: services.edit_service(service, by=request.actor, **form.cleaned_data),
        title=_("Edit the service"),
        button=_("Save"),
        back=back,
        back_label=name,
        then=lambda: reverse("customers_service", args=[form.cleaned_data["reference"]]),
    )


@require_POST
@needs(rights.EDIT)
def move(request: ActorRequest, reference: str, name: str) -> HttpResponse:
    service = service_queries.get_service_by_reference(reference, seen_by=request.actor)
    wanted = next((m for m in SERVICE_MOVES if m.name == name), None)
    if wanted is None:
        raise NotFound
    services.move_service(service, wanted, by=request.actor, at=clock.now())
    toast_next(request, _("The service is now in another state."))
    return redirect("customers_service", reference)


@require_GET
@needs(rights.READ)
def pick(request: ActorRequest) -> HttpResponse:
    found = service_queries.services(seen_by=request.actor, text=request.GET.get("q", ""))
    rows = found.order_by("name", "id")[: pickers.LIMIT]
    return pickers.picker_response(
        request, (pickers.Choice(str(s.pk), s.name, s.customer.name) for s in rows)
    )
