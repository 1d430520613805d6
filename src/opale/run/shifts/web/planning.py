"""Pages of duties planned by hand, of needs, and of working-time rules."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import NotAllowed
from opale.organisation.models import Team
from opale.organisation.queries.reference import companies
from opale.run.shifts import rights
from opale.run.shifts.actions import needs as need_actions
from opale.run.shifts.actions import planned_duties
from opale.run.shifts.domain.working_time import Limit, RuleSet, statutory_rules
from opale.run.shifts.forms.patterns import NeedForm, PlannedForm, RulesForm
from opale.run.shifts.models import PlannedDuty
from opale.run.shifts.queries import breaches, patterns
from opale.run.shifts.queries import needs as need_queries
from opale.run.shifts.queries.breach_texts import RULES, limit_text
from opale.run.shifts.states import CALL_OFF, CHANGE, DRAW_AGAIN
from opale.run.shifts.web import roster_context
from opale.ui.forms import form_page, submit_form
from opale.ui.toasts import toast_next

form_verbs = require_http_methods(["GET", "POST"])


@form_verbs
@needs(rights.EDIT)
def planned(request: ActorRequest, planned_id: int) -> HttpResponse:
    row = patterns.get_planned(planned_id, seen_by=request.actor)
    initial = {"person": row.person_id, "starts": row.starts, "ends": row.ends}
    form = PlannedForm(request.POST or None, actor=request.actor, initial=initial)
    if request.method == "POST" and submit_form(
        form, lambda: planned_duties.change_planned(row, by=request.actor, **form.cleaned_data)
    ):
        toast_next(request, _("It is planned so, whatever the pattern says."))
        return redirect(_week(row))
    context = {
        "row": row,
        "form": form,
        "may_change": row.state in CHANGE.sources,
        "may_call_off": row.state in CALL_OFF.sources,
        "may_draw_again": row.state in DRAW_AGAIN.sources,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "shifts/planned.html", context, status=status)


@require_POST
@needs(rights.EDIT)
def call_off(request: ActorRequest, planned_id: int) -> HttpResponse:
    row = patterns.get_planned(planned_id, seen_by=request.actor)
    planned_duties.cancel_planned(row, by=request.actor)
    undo = reverse("shifts_draw_again", args=[planned_id])
    toast_next(request, _("It is called off."), undo=undo)
    return _to(request, _week(row))


@require_POST
@needs(rights.EDIT)
def draw_again(request: ActorRequest, planned_id: int) -> HttpResponse:
    row = patterns.get_planned(planned_id, seen_by=request.actor)
    planned_duties.redraw_planned(row, by=request.actor)
    toast_next(request, _("The pattern decides again, when it is drawn next."))
    return _to(request, _week(row))


@form_verbs
@needs(rights.EDIT)
def new_need(request: ActorRequest, team_id: int) -> HttpResponse:
    team = roster_context.planned_team(request, team_id)
    form = NeedForm(request.POST or None, actor=request.actor)
    return form_page(
        request,
        form,
        lambda: need_actions.create_need(team, form.sheet(), by=request.actor),
        title=_("New need of %(name)s") % {"name": team.name},
        button=_("Create"),
        back=_patterns(team),
    )


@require_POST
@needs(rights.EDIT)
def remove_need(request: ActorRequest, need_id: int) -> HttpResponse:
    need = need_queries.get_need(need_id, seen_by=request.actor)
    need_actions.remove_need(need, by=request.actor)
    toast_next(request, _("This is not needed any more."))
    return _to(request, _patterns(need.team))


@require_GET
@needs(rights.READ)
def rules(request: ActorRequest) -> HttpResponse:
    """Show the rules of each company's rosters: those set, else the law as known here."""
    written = [
        {"row": row, "limits": _limits(row.rules())}
        for row in breaches.rule_sets(seen_by=request.actor)
    ]
    known = [
        {"name": company.name, "limits": _limits(statutory_rules(company.country))}
        for company in companies(seen_by=request.actor)
    ]
    may_edit = request.actor.everywhere(rights.EDIT)
    context = {"written": written, "known": known, "may_edit": may_edit}
    return render(request, "shifts/rules.html", context)


@form_verbs
@needs(rights.EDIT)
def new_rules(request: ActorRequest) -> HttpResponse:
    if not request.actor.everywhere(rights.EDIT):
        raise NotAllowed
    form = RulesForm(request.POST or None, actor=request.actor)
    return form_page(
        request,
        form,
        lambda: need_actions.create_rules(
            form.cleaned_data["company"],
            by=request.actor,
            name=form.cleaned_data["name"],
            since=form.cleaned_data["since"],
            record=form.record(),
        ),
        title=_("New rules of working time"),
        button=_("Create"),
        back=reverse("shifts_rules"),
    )


@require_POST
@needs(rights.EDIT)
def remove_rules(request: ActorRequest, rules_id: int) -> HttpResponse:
    need_actions.remove_rules(breaches.get_rules(rules_id, seen_by=request.actor), by=request.actor)
    toast_next(request, _("These rules are gone."))
    return _to(request, reverse("shifts_rules"))


def _limits(rules: RuleSet) -> list[tuple[str, str, str]]:
    return [
        (_rule(code, limit), limit_text(code, limit.length), limit.reference)
        for code, limit in rules.limits.items()
    ]


def _rule(code: str, limit: Limit) -> str:
    if code != "standby_days":
        return str(RULES[code])
    return ngettext(
        "Days of stand-by in a week", "Days of stand-by in %(n)s weeks", limit.weeks
    ) % {"n": limit.weeks}


def _week(row: PlannedDuty) -> str:
    return roster_context.roster_url(row.pattern.team_id, roster_context.day_of(row.starts))


def _patterns(team: Team) -> str:
    return f"{reverse('shifts_patterns')}?team={team.pk}"


def _to(request: ActorRequest, url: str) -> HttpResponse:
    return HttpResponse(headers={"HX-Redirect": url}) if request.htmx else redirect(url)
