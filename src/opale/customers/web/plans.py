"""Pages of support plans: present versions, a new version, a comparison of two."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opale.customers import rights
from opale.customers.actions import plans
from opale.customers.forms.plan_versions import VersionForm
from opale.customers.models import SupportPlan, SupportPlanVersion
from opale.customers.ports import preview_proposal
from opale.customers.queries import comparisons, plan_tables, services
from opale.customers.queries import plans as plan_queries
from opale.customers.queries.dates import today
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import NotFound
from opale.kernel.whole_numbers import parse_number
from opale.ui.components.lists import chips_of
from opale.ui.forms import submit_form
from opale.ui.toasts import toast_next


@require_GET
@needs(rights.READ)
def listing(request: ActorRequest) -> HttpResponse:
    found = services.plans(seen_by=request.actor)
    context = {
        "plans": [plan_tables.plan_sheet(plan, on=today()) for plan in found],
        "may_edit": request.actor.can(rights.EDIT),
    }
    return render(request, "customers/plans/list.html", context)


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def new_version(request: ActorRequest, code: str) -> HttpResponse:
    plan = services.get_plan_by_code(code, seen_by=request.actor)
    sheet = plan_tables.plan_sheet(plan, on=today())
    form = VersionForm(request.POST or None, before=sheet.newest, initial={"starts": today()})

    def start() -> None:
        starts = form.cleaned_data["starts"]
        plans.start_version(plan, form.content(), by=request.actor, starts=starts, today=today())

    preview = None
    if "preview" in request.POST:
        if form.is_valid():
            preview = preview_proposal(form.proposal(plan), seen_by=request.actor)
    elif request.method == "POST" and submit_form(form, start):
        toast_next(request, _("Version saved. Existing tickets keep theirs."))
        return redirect("customers_plans")
    context = {"form": form, "plan": plan, "name": plan_queries.plan_name(plan), "preview": preview}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "customers/plans/version.html", context, status=status)


@require_GET
@needs(rights.READ)
def comparison(request: ActorRequest, code: str) -> HttpResponse:
    """Show two versions side by side, by default the newest and the one before it."""
    plan = services.get_plan_by_code(code, seen_by=request.actor)
    versions = list(plan.versions.all())
    if len(versions) < 2:
        raise NotFound(_("Only one version: nothing to compare."))
    asked = request.GET
    before = _chosen(plan, asked.get("before", ""), versions[1])
    after = _chosen(plan, asked.get("after", ""), versions[0])
    found = comparisons.compare(before, after)
    lines = found.lines if asked.get("all") else found.differences
    context = {
        "plan": plan,
        "name": plan_queries.plan_name(plan),
        "found": found,
        "lines": [_drawn(line) for line in lines],
        "befores": _choices(versions, before),
        "afters": _choices(versions, after),
        "chips": chips_of(asked, "all", [("1", _("Include identical values"))]),
        "everything": bool(asked.get("all")),
    }
    return render(request, "customers/plans/comparison.html", context)


def _chosen(plan: SupportPlan, asked: str, usual: SupportPlanVersion) -> SupportPlanVersion:
    number = parse_number(asked)
    return usual if number is None else comparisons.version_of(plan, number)


def _choices(
    versions: list[SupportPlanVersion], chosen: SupportPlanVersion
) -> list[tuple[int, str, bool]]:
    return [
        (
            version.pk,
            _("from %(day)s") % {"day": date_format(version.period.lower, "SHORT_DATE_FORMAT")},
            version == chosen,
        )
        for version in versions
    ]


def _drawn(line: comparisons.ComparedLine) -> dict[str, object]:
    """Return a line with its values as labels; the template formats a length of time."""
    return {
        "label": line.label,
        "differs": line.differs,
        "cells": [_words(line.subject, value) for value in (line.before, line.after)],
    }


def _words(subject: str, value: comparisons.ComparedValue) -> object:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return f"P{value}"
    return comparisons.choice_label(subject, value) or value
