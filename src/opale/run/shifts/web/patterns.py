"""Pages of patterns: the cycles of a team, their people, drafts and publication."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.organisation.models import Team
from opale.run.shifts import rights
from opale.run.shifts.actions import patterns, roster
from opale.run.shifts.domain.pattern_templates import PATTERN_TEMPLATES, get_pattern_template
from opale.run.shifts.forms.patterns import (
    LineForm,
    PatternForm,
    UntilForm,
    days_as_text,
    initial_line,
    initial_pattern,
)
from opale.run.shifts.models import ShiftPattern
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
        roster_context.require_planner(request, team)
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
    team = roster_context.planned_team(request, team_id)
    form = PatternForm(request.POST or None, actor=request.actor, initial=_suggested(request, team))
    made: list[int] = []
    return form_page(
        request,
        form,
        lambda: made.append(patterns.create_pattern(team, form.sheet(), by=request.actor).pk),
        title=_("New pattern"),
        button=_("Create"),
        back=_back(team),
        then=lambda: reverse("shifts_pattern", args=[made[0]]),
    )


@form_verbs
@needs(rights.EDIT)
def show(request: ActorRequest, pattern_id: int) -> HttpResponse:
    pattern = _pattern(request, pattern_id)
    form = PatternForm(request.POST or None, actor=request.actor, initial=initial_pattern(pattern))
    if request.method == "POST" and submit_form(
        form, lambda: patterns.edit_pattern(pattern, form.sheet(), by=request.actor)
    ):
        toast_next(request, _("The pattern is changed; draw it again to see what becomes of it."))
        return redirect("shifts_pattern", pattern_id)
    lines = list(pattern_queries.lines_of(pattern, seen_by=request.actor))
    context = {
        "pattern": pattern,
        "form": form,
        "lines": lines,
        "line_form": LineForm(actor=request.actor, initial=initial_line(pattern, lines)),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "shifts/pattern.html", context, status=status)


@require_POST
@needs(rights.EDIT)
def remove(request: ActorRequest, pattern_id: int) -> HttpResponse:
    pattern = _pattern(request, pattern_id)
    patterns.remove_pattern(pattern, by=request.actor)
    toast_next(request, _("The pattern is gone; what was published stays in the roster."))
    return _to(request, _back(pattern.team))


@form_verbs
@needs(rights.EDIT)
def add_line(request: ActorRequest, pattern_id: int) -> HttpResponse:
    pattern = _pattern(request, pattern_id)
    lines = list(pattern_queries.lines_of(pattern, seen_by=request.actor))
    form = LineForm(request.POST or None, actor=request.actor, initial=initial_line(pattern, lines))
    return form_page(
        request,
        form,
        lambda: patterns.add_line(pattern, by=request.actor, **form.cleaned_data),
        title=_("A place in %(name)s") % {"name": pattern.name},
        button=_("Add"),
        back=reverse("shifts_pattern", args=[pattern_id]),
    )


@require_POST
@needs(rights.EDIT)
def remove_line(request: ActorRequest, pattern_line_id: int) -> HttpResponse:
    line = pattern_queries.get_line(pattern_line_id, seen_by=request.actor)
    patterns.remove_line(line, by=request.actor)
    toast_next(request, _("%(name)s has no place in it any more.") % {"name": line.person.name})
    return _to(request, reverse("shifts_pattern", args=[line.pattern_id]))


@require_POST
@needs(rights.EDIT)
def draw(request: ActorRequest, team_id: int) -> HttpResponse:
    team = roster_context.planned_team(request, team_id)
    done = roster.draw_patterns(team, by=request.actor, at=clock.now())
    toast_next(
        request,
        _("52 weeks are drawn: %(made)s new, %(moved)s moved, %(dropped)s dropped.")
        % {"made": done.made, "moved": done.moved, "dropped": done.dropped},
    )
    return _to(request, _back(team))


@form_verbs
@needs(rights.EDIT)
def publish(request: ActorRequest, team_id: int) -> HttpResponse:
    team = roster_context.planned_team(request, team_id)
    form = UntilForm(request.POST or None)

    def act() -> None:
        at = clock.now()
        done = roster.publish_roster(team, by=request.actor, at=at, until=form.moment())
        said = ngettext(
            "%(made)s duty is in the roster.", "%(made)s duties are in the roster.", done.made
        ) % {"made": done.made}
        if done.refused:
            left = ngettext(
                "%(left)s stays planned: it is in the way of another one.",
                "%(left)s stay planned: they are in the way of others.",
                len(done.refused),
            ) % {"left": len(done.refused)}
            said = f"{said} {left}"
        toast_next(request, said)

    return form_page(request, form, act, title=_("Publish"), button=_("Publish"), back=_back(team))


@form_verbs
@needs(rights.EDIT)
def withdraw(request: ActorRequest, team_id: int) -> HttpResponse:
    """Turn duties published after a day back into drafts."""
    team = roster_context.planned_team(request, team_id)
    form = UntilForm(request.POST or None)
    form.fields["until"].label = _("What begins after")

    def act() -> None:
        count = roster.withdraw_roster(team, by=request.actor, since=form.moment())
        toast_next(
            request,
            ngettext("%(n)s duty is planned again.", "%(n)s duties are planned again.", count)
            % {"n": count},
        )

    return form_page(
        request,
        form,
        act,
        title=_("Withdraw what is published"),
        button=_("Withdraw"),
        back=_back(team),
    )


def _suggested(request: ActorRequest, team: Team) -> dict[str, object]:
    taken = get_pattern_template(request.GET.get("shape", "")) or PATTERN_TEMPLATES[0]
    today = timezone.localtime(clock.now()).date()
    return {
        "name": taken.label,
        "kind": taken.kind,
        "role": "agent",
        "time_zone": team.company.time_zone if team.company else "Europe/Paris",
        "first_day": today + timedelta(days=7 - today.weekday()),
        "days": days_as_text(taken.days),
        "repeats": True,
        "layer": 0,
        "within": "all",
    }


def _pattern(request: ActorRequest, pattern_id: int) -> ShiftPattern:
    pattern = pattern_queries.get_pattern(pattern_id, seen_by=request.actor)
    roster_context.require_planner(request, pattern.team)
    return pattern


def _back(team: Team) -> str:
    return f"{reverse('shifts_patterns')}?team={team.pk}"


def _to(request: ActorRequest, url: str) -> HttpResponse:
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)
