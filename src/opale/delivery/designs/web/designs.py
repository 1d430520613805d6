"""What a design is about, its sites and its lines: each a form that calls one action."""

import json

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from opale.customers.queries.customers import customers
from opale.customers.queries.options import options_for_form
from opale.customers.queries.services import get_offering
from opale.delivery.designs.actions import designs
from opale.delivery.designs.forms import DesignForm, LineForm, NewDesignForm, NewSiteForm, SiteForm
from opale.delivery.designs.models import Design, DesignLine
from opale.delivery.designs.queries import designs as design_queries
from opale.delivery.designs.rights import WORK
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import NotFound
from opale.ui.forms import form_page
from opale.ui.toasts import toast_next

form_verbs = require_http_methods(["GET", "POST"])


def back_to(design: Design, url_name: str = "designs_show") -> str:
    return reverse(url_name, args=[design.number])


def redirected(request: ActorRequest, url: str) -> HttpResponse:
    """Back to where the button stood."""
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)


@form_verbs
@needs(WORK)
def new(request: ActorRequest) -> HttpResponse:
    code = request.GET.get("customer", "")
    chosen = customers(seen_by=request.actor).filter(code=code).first() if code else None
    initial = {"customer": chosen.pk if chosen else None, "probability": 50}
    form = NewDesignForm(request.POST or None, initial=initial, by=request.actor)
    made: list[Design] = []
    return form_page(
        request,
        form,
        lambda: made.append(designs.create_design(by=request.actor, **form.cleaned_data)),
        title=_("New design"),
        button=_("Draw up"),
        back=reverse("designs_list"),
        back_label=_("Designs"),
        said=_("The design is there: add its sites and lines."),
        then=lambda: back_to(made[0]),
    )


@form_verbs
@needs(WORK)
def edit(request: ActorRequest, design_number: int) -> HttpResponse:
    design = design_queries.get_design(design_number, seen_by=request.actor)
    initial = {
        "title": design.title,
        "requirements": design.requirements,
        "architect": design.architect_id,
        "wished_on": design.wished_on,
        "probability": design.probability,
    }
    form = DesignForm(request.POST or None, initial=initial, by=request.actor)
    return form_page(
        request,
        form,
        lambda: designs.edit_design(design, by=request.actor, **form.cleaned_data),
        title=_("Change the design"),
        button=_("Save"),
        back=back_to(design),
        back_label=design.reference,
        said=_("The design is changed."),
    )


@form_verbs
@needs(WORK)
def new_site(request: ActorRequest, design_number: int) -> HttpResponse:
    design = design_queries.get_design(design_number, seen_by=request.actor)
    version = design_queries.version_of(design, seen_by=request.actor)
    form = NewSiteForm(request.POST or None, by=request.actor, version=version)
    return form_page(
        request,
        form,
        lambda: designs.add_site(design, by=request.actor, **form.cleaned_data),
        title=_("A further site"),
        button=_("Add"),
        back=back_to(design),
        back_label=design.reference,
        said=_("The site is added."),
    )


@form_verbs
@needs(WORK)
def edit_site(request: ActorRequest, design_number: int, design_site_id: int) -> HttpResponse:
    design = design_queries.get_design(design_number, seen_by=request.actor)
    version = design_queries.version_of(design, seen_by=request.actor)
    site = design_queries.get_site(version, design_site_id, seen_by=request.actor)
    initial = {"name": site.name, "address": site.address, "place": site.place_id}
    form = SiteForm(request.POST or None, initial=initial, by=request.actor)
    return form_page(
        request,
        form,
        lambda: designs.edit_site(site, by=request.actor, **form.cleaned_data),
        title=_("Change the site"),
        button=_("Save"),
        back=back_to(design),
        back_label=design.reference,
        said=_("The site is changed."),
        acts="designs/_site_acts.html",
        about={"design": design, "site": site},
    )


@require_POST
@needs(WORK)
def remove_site(request: ActorRequest, design_number: int, design_site_id: int) -> HttpResponse:
    design = design_queries.get_design(design_number, seen_by=request.actor)
    version = design_queries.version_of(design, seen_by=request.actor)
    site = design_queries.get_site(version, design_site_id, seen_by=request.actor)
    undo = reverse("designs_site_restore", args=[design.number, site.pk])
    designs.remove_site(site, by=request.actor)
    toast_next(request, _("The site and its lines are taken away."), undo=undo)
    return redirected(request, back_to(design))


@require_POST
@needs(WORK)
def restore_site(request: ActorRequest, design_number: int, design_site_id: int) -> HttpResponse:
    """Undo: a site as it was, with its lines."""
    design = design_queries.get_design(design_number, seen_by=request.actor)
    designs.restore_site(design, design_site_id, by=request.actor)
    toast_next(request, _("The site and its lines are back."))
    return redirected(request, back_to(design))


@form_verbs
@needs(WORK)
def new_line(request: ActorRequest, design_number: int) -> HttpResponse:
    design = design_queries.get_design(design_number, seen_by=request.actor)
    version = design_queries.version_of(design, seen_by=request.actor)
    initial = {"site": request.GET.get("site"), "quantity": 1}
    form = LineForm(request.POST or None, initial=initial, by=request.actor, version=version)
    return form_page(
        request,
        form,
        lambda: designs.add_line(design, by=request.actor, **form.cleaned_data),
        title=_("A further line"),
        button=_("Add"),
        back=back_to(design),
        back_label=design.reference,
        said=_("The line is added."),
    )


@form_verbs
@needs(WORK)
def edit_line(request: ActorRequest, design_number: int, design_line_id: int) -> HttpResponse:
    design = design_queries.get_design(design_number, seen_by=request.actor)
    version = design_queries.version_of(design, seen_by=request.actor)
    line = design_queries.get_line(version, design_line_id, seen_by=request.actor)
    initial = {
        "offering": line.offering_id,
        "site": line.site_id,
        "quantity": line.quantity,
        "options": options_for_form(line.options, line.offering),
    }
    form = LineForm(
        request.POST or None, initial=initial, by=request.actor, version=version, line=line
    )
    return form_page(
        request,
        form,
        lambda: designs.edit_line(line, by=request.actor, **form.cleaned_data),
        title=_("Change the line"),
        button=_("Save"),
        back=back_to(design),
        back_label=design.reference,
        said=_("The line is changed."),
        acts="designs/_line_acts.html",
        about={"design": design, "line": line},
    )


@require_POST
@needs(WORK)
def remove_line(request: ActorRequest, design_number: int, design_line_id: int) -> HttpResponse:
    design = design_queries.get_design(design_number, seen_by=request.actor)
    version = design_queries.version_of(design, seen_by=request.actor)
    line = design_queries.get_line(version, design_line_id, seen_by=request.actor)
    undo = _as_it_was(design, line)
    designs.remove_line(line, by=request.actor)
    toast_next(request, _("The line is taken away."), undo=undo)
    return redirected(request, back_to(design))


def _as_it_was(design: Design, line: DesignLine) -> str:
    said = {
        "offering": line.offering_id,
        "site": line.site_id or "",
        "quantity": line.quantity,
        "options": json.dumps(line.options),
    }
    return f"{reverse('designs_line_restore', args=[design.number])}?{urlencode(said)}"


@require_POST
@needs(WORK)
def restore_line(request: ActorRequest, design_number: int) -> HttpResponse:
    """Undo: a line as it was, at the end of its site."""
    design = design_queries.get_design(design_number, seen_by=request.actor)
    version = design_queries.version_of(design, seen_by=request.actor)
    said = request.GET
    try:
        site_id = int(said.get("site") or 0)
        offering = get_offering(int(said.get("offering", "")), seen_by=request.actor)
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
    toast_next(request, _("The line is back."))
    return redirected(request, back_to(design))
