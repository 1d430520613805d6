"""Pages of configuration items: list, one item, dependencies, impact."""

from collections.abc import Callable

from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.customers.queries.services import get_service, services
from opale.endpoints.http import ActorRequest, needs
from opale.endpoints.spreadsheets import spreadsheet
from opale.infrastructure import rights
from opale.infrastructure.actions import items
from opale.infrastructure.forms import DependencyForm, ItemForm, ServiceLinkForm
from opale.infrastructure.listings import TONES
from opale.infrastructure.models import ConfigurationItem
from opale.infrastructure.queries import impact as impact_queries
from opale.infrastructure.queries import items as item_queries
from opale.infrastructure.queries import neighbourhood
from opale.infrastructure.states import ITEM_MOVES
from opale.infrastructure.web.neighbourhood import draw
from opale.kernel import clock
from opale.kernel.errors import NotFound
from opale.kernel.history import revisions
from opale.ui import pickers
from opale.ui.forms import form_page
from opale.ui.toasts import toast_next

SHOWN = 50


@require_GET
@needs(rights.READ)
def show(request: ActorRequest, item_id: int) -> HttpResponse:
    item = item_queries.get_item(item_id, seen_by=request.actor)
    may_edit = item_queries.may_edit_item(item, request.actor)
    context = {
        "item": item,
        "tone": TONES[item.state],
        "live_topic": f"infrastructure.configurationitem:{item.pk}",
        "may_edit": may_edit,
        "moves": [m for m in ITEM_MOVES if may_edit and item.state in m.sources],
        "history": revisions(ConfigurationItem, limit=20, id=item.pk),
        **_around(request, item),
    }
    return render(request, "infrastructure/items/show.html", context)


@require_GET
@needs(rights.READ)
def show_neighbourhood(request: ActorRequest, item_id: int) -> HttpResponse:
    """Render the region of the neighbourhood, after a change of a dependency."""
    item = item_queries.get_item(item_id, seen_by=request.actor)
    context = {
        "item": item,
        "live_topic": f"infrastructure.configurationitem:{item.pk}",
        "may_edit": item_queries.may_edit_item(item, request.actor),
        **_around(request, item),
    }
    return render(request, "infrastructure/items/_around.html", context)


@require_GET
@needs(rights.READ)
def impact(request: ActorRequest, item_id: int) -> HttpResponse:
    """Render the impact of the item's failure, in a region of its own because it may be slow."""
    item = item_queries.get_item(item_id, seen_by=request.actor)
    found = impact_queries.impact_of(item, seen_by=request.actor, most=impact_queries.COUNTED)
    context = {
        "item": item,
        "live_topic": f"infrastructure.configurationitem:{item.pk}",
        "impact": found,
        "count": _counted(found.service_count) + ("+" if found.bounded else ""),
        "services": _counted(found.service_count),
        "customers": _counted(found.customer_count),
        "items": _counted(found.item_count),
    }
    part = "_impact" if request.htmx else "impact"
    return render(request, f"infrastructure/items/{part}.html", context)


@require_GET
@needs(rights.READ)
def impact_file(request: ActorRequest, item_id: int) -> HttpResponseBase:
    """Export every affected service as a file."""
    item = item_queries.get_item(item_id, seen_by=request.actor)
    head = [_("Code"), _("Customer"), _("Number"), _("Service"), _("What happens")]
    said = {True: _("lost"), False: _("weakened")}
    lines = (
        [row.customer.code, row.customer.name, row.reference, row.name, said[is_lost]]
        for row, is_lost in impact_queries.affected_services(item, seen_by=request.actor)
    )
    return spreadsheet(f"impact-{item.pk}", head, lines)


def _counted(count: int) -> str:
    return number_format(min(count, impact_queries.COUNTED), force_grouping=True)


def _around(request: ActorRequest, item: ConfigurationItem) -> dict[str, object]:
    actor = request.actor
    found = neighbourhood.neighbourhood(item, seen_by=actor)
    return {
        "drawing": draw(found),
        "bounded": found.bounded,
        "needed": item_queries.dependencies_of(item, seen_by=actor),
        "standing": item_queries.services_of(item, seen_by=actor)[:SHOWN],
    }


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def new(request: ActorRequest) -> HttpResponse:
    form = ItemForm(request.POST or None)
    made: list[ConfigurationItem] = []
    return form_page(
        request,
        form,
        lambda: made.append(items.create_item(by=request.actor, **form.cleaned_data)),
        title=_("New item"),
        button=_("Create"),
        back=reverse("infrastructure_items"),
        back_label=_("Items"),
        then=lambda: reverse("infrastructure_item", args=[made[0].pk]),
    )


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def edit(request: ActorRequest, item_id: int) -> HttpResponse:
    item = item_queries.get_item(item_id, seen_by=request.actor)
    form = ItemForm(request.POST or None, instance=item)
    return _form(
        request,
        item_id,
        form,
        lambda: items.edit_item(item, by=request.actor, **form.cleaned_data),
        title=_("Edit the item"),
        button=_("Save"),
    )


@require_POST
@needs(rights.EDIT)
def move(request: ActorRequest, item_id: int, name: str) -> HttpResponse:
    item = item_queries.get_item(item_id, seen_by=request.actor)
    wanted = next((m for m in ITEM_MOVES if m.name == name), None)
    if wanted is None:
        raise NotFound
    items.move_item(item, wanted, by=request.actor, at=clock.now())
    toast_next(request, _("The item is now in another state."))
    return redirect("infrastructure_item", item_id)


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def add_dependency(request: ActorRequest, item_id: int) -> HttpResponse:
    item = item_queries.get_item(item_id, seen_by=request.actor)
    form = DependencyForm(request.POST or None, rows=item_queries.items(seen_by=request.actor))
    return _form(
        request,
        item_id,
        form,
        lambda: items.connect_items(item, by=request.actor, **form.cleaned_data),
        title=_("What the item needs"),
        button=_("Add"),
    )


@require_POST
@needs(rights.EDIT)
def remove_dependency(request: ActorRequest, item_id: int, lower_id: int) -> HttpResponse:
    item = item_queries.get_item(item_id, seen_by=request.actor)
    lower = item_queries.get_item(lower_id, seen_by=request.actor)
    items.disconnect_items(item, lower, by=request.actor)
    toast_next(request, _("%(item)s does not need it any more.") % {"item": item.name})
    return redirect("infrastructure_item", item_id)


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def link_service(request: ActorRequest, item_id: int) -> HttpResponse:
    item = item_queries.get_item(item_id, seen_by=request.actor)
    form = ServiceLinkForm(request.POST or None, rows=services(seen_by=request.actor))

    def stand_on() -> None:
        service, group = form.cleaned_data["service"], form.cleaned_data["redundancy"]
        items.link_service(service, item, by=request.actor, redundancy=group)

    return _form(
        request,
        item_id,
        form,
        stand_on,
        title=_("The service that stands on the item"),
        button=_("Add"),
    )


@require_POST
@needs(rights.EDIT)
def unlink_service(request: ActorRequest, item_id: int, service_id: int) -> HttpResponse:
    item = item_queries.get_item(item_id, seen_by=request.actor)
    service = get_service(service_id, seen_by=request.actor)
    items.unlink_service(service, item, by=request.actor)
    toast_next(request, _("The service does not stand on this item any more."))
    return redirect("infrastructure_item", item_id)


@require_GET
@needs(rights.READ)
def pick(request: ActorRequest) -> HttpResponse:
    found = item_queries.items(seen_by=request.actor, text=request.GET.get("q", ""))
    rows = found.order_by("name", "id")[: pickers.LIMIT]
    return pickers.picker_response(
        request, (pickers.Choice(str(i.pk), i.name, str(i.get_kind_display())) for i in rows)
    )


def _form(
    request: ActorRequest,
    item_id: int,
    form: forms.BaseForm,
    act: Callable[[], object],
    *,
    title: str,
    button: str,
) -> HttpResponse:
    back = reverse("infrastructure_item", args=[item_id])
    return form_page(
        request, form, act, title=title, button=button, back=back, back_label=_("The item")
    )
