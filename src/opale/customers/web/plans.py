"""Support plans: what is sold, a new version from a day on, and two versions side by side."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from opale.customers import actions, queries, rights
from opale.customers.models import SupportPlan, SupportPlanVersion
from opale.customers.ports import preview_of
from opale.customers.web.pages import today
from opale.customers.web.plan_form import VersionForm
from opale.endpoints.http import AskedRequest, needs
from opale.kernel.errors import NotFound
from opale.ui.components.lists import chips_of
from opale.ui.forms import accepted, form_page
from opale.ui.toasts import toast_next


class PlanForm(forms.ModelForm):  # type: ignore[type-arg]  # it takes none at run time
    class Meta:
        model = SupportPlan
        fields = ("code", "name_en", "name_fr")
        help_texts = {"code": gettext_lazy("A short word for files and programs, such as gold.")}


@require_GET
@needs(rights.READ)
def listing(request: AskedRequest) -> HttpResponse:
    found = queries.plans(seen_by=request.actor)
    context = {
        "plans": [queries.plan_sheet(plan, on=today()) for plan in found],
        "may_edit": request.actor.can(rights.EDIT),
    }
    return render(request, "customers/plans/list.html", context)


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def new(request: AskedRequest) -> HttpResponse:
    form = PlanForm(request.POST or None)
    return form_page(
        request,
        form,
        lambda: actions.create_plan(by=request.actor, **form.cleaned_data),
        title=_("New support plan"),
        button=_("Create"),
        back=reverse("customers_plans"),
        back_label=_("Support plans"),
        then=lambda: reverse("customers_version_new", args=[form.cleaned_data["code"]]),
    )


@require_http_methods(["GET", "POST"])
@needs(rights.EDIT)
def new_version(request: AskedRequest, code: str) -> HttpResponse:
    plan = queries.plan_coded(code, seen_by=request.actor)
    sheet = queries.plan_sheet(plan, on=today())
    form = VersionForm(request.POST or None, before=sheet.newest, initial={"starts": today()})

    def start() -> None:
        starts = form.cleaned_data["starts"]
        actions.start_version(plan, form.content(), by=request.actor, starts=starts, today=today())

    preview = None
    if "preview" in request.POST:
        if form.is_valid():
            preview = preview_of(form.proposal(plan), seen_by=request.actor)
    elif request.method == "POST" and accepted(form, start):
        toast_next(request, _("The new version is kept. Old tickets keep theirs."))
        return redirect("customers_plans")
    context = {"form": form, "plan": plan, "name": queries.plan_name(plan), "preview": preview}
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "customers/plans/version.html", context, status=status)


@require_GET
@needs(rights.READ)
def comparison(request: AskedRequest, code: str) -> HttpResponse:
    """Two versions side by side; the newest and the one before it unless others are asked for."""
    plan = queries.plan_coded(code, seen_by=request.actor)
    versions = list(plan.versions.all())
    if len(versions) < 2:
        raise NotFound(_("There is one version alone: nothing to compare."))
    asked = request.GET
    before = _chosen(plan, asked.get("before", ""), versions[1])
    after = _chosen(plan, asked.get("after", ""), versions[0])
    found = queries.compare(before, after)
    lines = found.lines if asked.get("all") else found.differences
    context = {
        "plan": plan,
        "name": queries.plan_name(plan),
        "found": found,
        "lines": [_drawn(line) for line in lines],
        "befores": _choices(versions, before),
        "afters": _choices(versions, after),
        "chips": chips_of(asked, "all", [("1", _("What is the same too"))]),
        "everything": bool(asked.get("all")),
    }
    return render(request, "customers/plans/comparison.html", context)


def _chosen(plan: SupportPlan, asked: str, usual: SupportPlanVersion) -> SupportPlanVersion:
    return queries.version_of(plan, int(asked)) if asked.isdecimal() else usual


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


def _drawn(line: queries.Compared) -> dict[str, object]:
    """A line with its values as people read them; a length of time is drawn by the template."""
    return {
        "label": line.label,
        "differs": line.differs,
        "cells": [_words(line.subject, value) for value in (line.before, line.after)],
    }


def _words(subject: str, value: queries.Said) -> object:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return f"P{value}"
    return queries.choice_label(subject, value) or value
