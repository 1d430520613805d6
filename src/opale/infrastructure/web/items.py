"""Pages of configuration items: one item, its neighbourhood, its impact."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.endpoints.spreadsheets import spreadsheet
from opale.infrastructure import rights
from opale.infrastructure.listings import TONES
from opale.infrastructure.models import ConfigurationItem
from opale.infrastructure.queries import impact as impact_queries
from opale.infrastructure.queries import items as item_queries
from opale.infrastructure.queries import neighbourhood
from opale.infrastructure.web.neighbourhood import draw

SHOWN = 50


@require_GET
@needs(rights.READ)
def show(request: ActorRequest, item_id: int) -> HttpResponse:
    item = item_queries.get_item(item_id, seen_by=request.actor)
    context = {
        "item": item,
        "tone": TONES[item.state],
        "live_topic": f"infrastructure.configurationitem:{item.pk}",
        "may_edit": item_queries.may_edit_item(item, request.actor),
        "history": item_queries.history_of(item, seen_by=request.actor),
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
    head = [_("Code"), _("Customer"), _("Number"), _("Service"), _("Effect")]
    said = {True: _("lost"), False: _("degraded")}
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
