"""Pages of patterns: the cycles of a team, their people, drafts and publication."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.organisation.models import Team
from opale.run.shifts import rights
from opale.run.shifts.actions import patterns
from opale.run.shifts.acts.subjects import for_planner, get_pattern, place_of_patterns, planned_team
from opale.run.shifts.domain.pattern_templates import PATTERN_TEMPLATES, get_pattern_template
from opale.run.shifts.forms.patterns import (
    LineForm,
    PatternForm,
    UntilForm,
    initial_line,
    initial_pattern,
)
from opale.run.shifts.queries import needs as need_queries
from opale.run.shifts.queries import news
from opale.run.shifts.queries import patterns as pattern_queries
from opale.run.shifts.web import roster_context
from opale.ui.forms import form_page, submit_form
from opale.ui.toasts import toast_next

WEEKS = 8
form_verbs = require_http_methods(["GET", "POST"])


@require_GET
@needs(rights.EDIT)
def index(request: ActorRequest) -> HttpResponse:
    team = roster_context.requested_team(request)
    context: dict[str, object] = {"team": team, "shapes": PATTERN_TEMPLATES}
    if team is not None:
        for_planner(team, request.actor)
        today = timezone.localtime(clock.now()).date()
        context |= {
            "patterns": pattern_queries.patterns(seen_by=request.actor, team_id=team.pk),
            "until": pattern_queries.published_until(team),
            "not_looked": news.people_with_unseen_news(team, at=clock.now()),
            "publication": UntilForm(initial={"until": today + timedelta(weeks=WEEKS)}),
            "needs": need_queries.needs(seen_by=request.actor, team_id=team.pk),
        }
    return render(request, "shifts/patterns.html", context)


@form_verbs
@needs(rights.EDIT)
def new(request: ActorRequest, team_id: int) -> HttpResponse:
    team = planned_team(team_id, seen_by=request.actor)
    form = PatternForm(request.POST or None, by=request.actor, initial=_suggested(request, team))
    made: list[int] = []
    return form_page(
        request,
        form,
        lambda: made.append(patterns.create_pattern(team, by=request.actor, **form.arguments()).pk),
        title=_("New shift cycle"),
        button=_("Create"),
        back=place_of_patterns(team)[0],
        then=lambda: reverse("shifts_pattern", args=[made[0]]),
    )


@form_verbs
@needs(rights.EDIT)
def show(request: ActorRequest, pattern_id: int) -> HttpResponse:
    pattern = get_pattern(pattern_id, seen_by=request.actor)
    form = PatternForm(request.POST or None, by=request.actor, initial=initial_pattern(pattern))
    if request.method == "POST" and submit_form(
        form, lambda: patterns.edit_pattern(pattern, by=request.actor, **form.arguments())
    ):
        toast_next(request, _("Shift cycle saved. Generate it again to apply the change."))
        return redirect("shifts_pattern", pattern_id)
    lines = list(pattern_queries.lines_of(pattern, seen_by=request.actor))
    context = {
        "pattern": pattern,
        "form": form,
        "lines": lines,
        "line_form": LineForm(by=request.actor, initial=initial_line(pattern, lines)),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "shifts/pattern.html", context, status=status)


def _suggested(request: ActorRequest, team: Team) -> dict[str, object]:
    taken = get_pattern_template(request.GET.get("shape", "")) or PATTERN_TEMPLATES[0]
    today = timezone.localtime(clock.now()).date()
    return {
        "name": taken.label,
        "kind": taken.kind,
        "role": "agent",
        "time_zone": team.company.time_zone if team.company else "Europe/Paris",
        "first_day": today + timedelta(days=7 - today.weekday()),
        "days": taken.days,
        "repeats": True,
        "layer": 0,
        "within": "all",
    }
