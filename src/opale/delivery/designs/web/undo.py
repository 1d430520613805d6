"""Undo of removed sites and lines."""

import json

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from opale.customers.queries.services import get_offering
from opale.delivery.designs.actions import designs
from opale.delivery.designs.queries import designs as design_queries
from opale.delivery.designs.rights import WORK
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import NotFound
from opale.kernel.whole_numbers import parse_number
from opale.ui.toasts import toast_next


@require_POST
@needs(WORK)
def restore_site(request: ActorRequest, design_number: int, design_site_id: int) -> HttpResponse:
    """Restore a removed site with its lines."""
    design = design_queries.get_design(design_number, seen_by=request.actor)
    designs.restore_site(design, design_site_id, by=request.actor)
    toast_next(request, _("Site and its lines restored."))
    return redirect("designs_show", design.number)


@require_POST
@needs(WORK)
def restore_line(request: ActorRequest, design_number: int) -> HttpResponse:
    """Restore a removed line at the end of its site."""
    design = design_queries.get_design(design_number, seen_by=request.actor)
    version = design_queries.version_of(design, seen_by=request.actor)
    said = request.GET
    try:
        site_id = parse_number(said.get("site") or 0)
        offering = get_offering(parse_number(said.get("offering")) or 0, seen_by=request.actor)
        quantity, options = int(said.get("quantity", "")), json.loads(said.get("options", "{}"))
    except ValueError as error:
        raise NotFound from error
    site = design_queries.get_site(version, site_id, seen_by=request.actor) if site_id else None
    designs.add_line(
        design,
        offering,
        by=request.actor,
        site=site,
        quantity=quantity,
        options=options if isinstance(options, dict) else {},
    )
    toast_next(request, _("Line restored."))
    return redirect("designs_show", design.number)
