"""Pages of skills and calendars."""

from typing import Any

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.calendars import WEEKDAYS
from opale.organisation.actions import reference
from opale.organisation.forms import CalendarForm, SkillForm
from opale.organisation.models import WorkingCalendar
from opale.organisation.queries import people
from opale.organisation.queries import reference as reference_queries
from opale.organisation.rights import ADMINISTER, EDIT, READ
from opale.ui import keyset, pickers
from opale.ui.forms import submit_form
from opale.ui.toasts import toast_next

form_verbs = require_http_methods(["GET", "POST"])
BY_NAME = keyset.Order(("name", "id"))


@form_verbs
@needs(READ)
def skills(request: ActorRequest) -> HttpResponse:
    form = SkillForm(request.POST or None)
    if request.method == "POST" and submit_form(
        form, lambda: reference.create_skill(by=request.actor, **form.cleaned_data)
    ):
        toast_next(request, _("Skill created."))
        return redirect("organisation_skills")
    rows = people.skills(seen_by=request.actor, text=request.GET.get("q", "")[:200])
    page = keyset.page(rows.annotate(count=Count("holders")), BY_NAME, request.GET)
    context = {"page": page, "form": form, "may_edit": request.actor.can(EDIT)}
    status = 422 if form.errors else 200
    return render(request, "organisation/skills.html", context, status=status)


@require_GET
@needs(READ)
def pick_skill(request: ActorRequest) -> HttpResponse:
    found = people.skills(seen_by=request.actor, text=request.GET.get("q", "")[:200])
    shown = found.order_by("name")[: pickers.LIMIT]
    return pickers.picker_response(
        request, (pickers.Choice(str(s.pk), s.name, s.family) for s in shown)
    )


@require_GET
@needs(READ)
def calendars(request: ActorRequest) -> HttpResponse:
    page = keyset.page(reference_queries.calendars(seen_by=request.actor), BY_NAME, request.GET)
    context = {
        "page": page,
        "weeks": [(c, _week(c)) for c in page.rows],
        "may_edit": request.actor.can(ADMINISTER),
    }
    return render(request, "organisation/calendars.html", context)


def _week(calendar: WorkingCalendar) -> dict[str, Any]:
    typed = CalendarForm.of(calendar)
    labels = CalendarForm.base_fields
    return {**typed, "days": [(labels[day].label, typed[day].split()) for day in WEEKDAYS]}
