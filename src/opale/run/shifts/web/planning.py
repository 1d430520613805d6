"""Pages of duties planned by hand, and of working-time rules."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import NotAllowed
from opale.organisation.queries.reference import companies
from opale.run.shifts import rights
from opale.run.shifts.actions import needs as need_actions
from opale.run.shifts.actions import planned_duties
from opale.run.shifts.acts.subjects import place_of_planned
from opale.run.shifts.domain.working_time import Limit, RuleSet, statutory_rules
from opale.run.shifts.forms.patterns import PlannedForm, RulesForm
from opale.run.shifts.queries import breaches, patterns
from opale.run.shifts.queries.breach_texts import RULES, limit_text
from opale.run.shifts.states import CHANGE
from opale.ui.forms import form_page, submit_form
from opale.ui.toasts import toast_next

form_verbs = require_http_methods(["GET", "POST"])


@form_verbs
@needs(rights.EDIT)
def planned(request: ActorRequest, planned_id: int) -> HttpResponse:
    row = patterns.get_planned(planned_id, seen_by=request.actor)
    initial = {"person": row.person_id, "starts": row.starts, "ends": row.ends}
    form = PlannedForm(request.POST or None, by=request.actor, initial=initial)
    if request.method == "POST" and submit_form(
        form, lambda: planned_duties.change_planned(row, by=request.actor, **form.cleaned_data)
    ):
        toast_next(request, _("Planned shift saved. It overrides the cycle."))
        return redirect(place_of_planned(row)[0])
    context = {
        "row": row,
        "form": form,
        "may_change": row.state in CHANGE.sources,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "shifts/planned.html", context, status=status)


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
    form = RulesForm(request.POST or None, by=request.actor)
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
        title=_("New working-time rules"),
        button=_("Create"),
        back=reverse("shifts_rules"),
    )


def _limits(rules: RuleSet) -> list[tuple[str, str, str]]:
    return [
        (_rule(code, limit), limit_text(code, limit.length), limit.reference)
        for code, limit in rules.limits.items()
    ]


def _rule(code: str, limit: Limit) -> str:
    if code != "standby_days":
        return str(RULES[code])
    return ngettext("On-call days per week", "On-call days per %(n)s weeks", limit.weeks) % {
        "n": limit.weeks
    }
