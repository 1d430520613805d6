"""Pages of event rules: their list, the editor with its trial, and the actions on one."""

from datetime import timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.clock import now
from opale.kernel.errors import Invalid
from opale.run.events.actions import rule_trials, rules
from opale.run.events.actions.rules import RuleTerms
from opale.run.events.forms.rules import RuleForm, initial_of_rule
from opale.run.events.models import EventRule, RuleTrial
from opale.run.events.queries import rules as queries
from opale.run.events.queries.rule_trials import Trial
from opale.run.events.rights import ADMINISTER, READ
from opale.run.events.web.rule_lines import (
    EXAMPLES,
    VARIABLES,
    IntegrationRuleLine,
    RuleLine,
    TrialLines,
    rule_history,
)
from opale.ui.forms import refused_status, submit_form
from opale.ui.toasts import toast_next

LIST: Final = "events/rules/_list.html"
TRIAL: Final = "events/rules/_trial.html"


@require_GET
@needs(READ)
def index(request: ActorRequest) -> HttpResponse:
    template = LIST if request.htmx else "events/rules/list.html"
    return render(request, template, _list(request))


@require_http_methods(["GET", "POST"])
@needs(ADMINISTER)
def new(request: ActorRequest) -> HttpResponse:
    """Show the form, filled from the address: a proposal of the noise report, for example."""
    form = _form(request, initial={name: request.GET[name] for name in request.GET})
    made: list[EventRule] = []
    if request.method == "POST" and submit_form(
        form,
        lambda: made.append(rules.create_event_rule(form.terms(), by=request.actor, at=now())),
    ):
        toast_next(request, _("Rule saved, disabled. Enable it in the list."))
        return redirect("events_rules")
    return _editor(request, form, None)


@require_http_methods(["GET", "POST"])
@needs(ADMINISTER)
def edit(request: ActorRequest, rule_id: int) -> HttpResponse:
    rule = queries.get_event_rule(rule_id, seen_by=request.actor)
    form = _form(request, initial=initial_of_rule(rule))
    if request.method == "POST" and submit_form(
        form, lambda: rules.edit_event_rule(rule, form.terms(), by=request.actor, at=now())
    ):
        version = queries.newest_version(rule)
        undo = reverse("events_revert_event_rule", args=[rule_id, version]) if version else ""
        toast_next(request, _("Saved."), undo=undo)
        return redirect("events_rules")
    return _editor(request, form, rule)


@require_POST
@needs(ADMINISTER)
def trial(request: ActorRequest) -> HttpResponse:
    """Show what the rule being typed would have done; drawn again on each change."""
    form = _form(request)
    form.is_valid()
    if faults := form.errors.as_data().get("condition"):
        blank = faults[0].code in ("required", "incomplete")
        fault = "" if blank else " ".join(map(str, form.errors["condition"]))
        return render(request, TRIAL, {"fault": fault})
    terms = form.terms()
    try:
        wait_for = "go" in request.POST
        found = rule_trials.try_rule(terms, by=request.actor, at=now(), wait_for=wait_for)
    except Invalid as refusal:
        fault = refusal.fields.get("condition", refusal.sentence)
        return render(request, TRIAL, {"fault": fault})
    return render(request, TRIAL, _tried(found, terms))


@require_GET
@needs(ADMINISTER)
def trial_progress(request: ActorRequest, trial_id: int) -> HttpResponse:
    """Show a trial that a job runs: its progress or its result."""
    waiting = queries.get_trial(trial_id, seen_by=request.actor)
    terms, found = rule_trials.terms_of_trial(waiting), rule_trials.result_of_trial(waiting)
    return render(request, TRIAL, _tried(found if found is not None else waiting, terms))


def _form(request: ActorRequest, initial: dict[str, Any] | None = None) -> RuleForm:
    data = request.POST if request.method == "POST" else None
    return RuleForm(data, by=request.actor, initial=initial)


def _editor(request: ActorRequest, form: RuleForm, rule: EventRule | None) -> HttpResponse:
    waits = request.GET.get("waits", "")[:6]
    context = {
        "form": form,
        "rule": rule,
        "variables": VARIABLES,
        "examples": EXAMPLES,
        "waits": timedelta(seconds=int(waits)) if waits.isdecimal() and waits != "0" else None,
        "history": rule_history(rule) if rule else [],
    }
    return render(request, "events/rules/edit.html", context, status=refused_status(form))


def _tried(found: Trial | RuleTrial | int, terms: RuleTerms) -> dict[str, object]:
    if isinstance(found, Trial):
        return {"lines": TrialLines(found, terms), "trial": found}
    return {"waiting": found} if isinstance(found, RuleTrial) else {"many": found}


def _list(request: ActorRequest) -> dict[str, object]:
    found = list(queries.event_rules(seen_by=request.actor))
    changed = queries.last_changes(found)
    lines = [
        RuleLine(rule, changed.get(rule.pk), place, len(found))
        for place, rule in enumerate(found, start=1)
    ]
    of_integrations = [
        IntegrationRuleLine(rule) for rule in queries.qualification_rules(seen_by=request.actor)
    ]
    return {
        "lines": lines,
        "of_integrations": of_integrations,
        "may": request.actor.everywhere(ADMINISTER),
    }
