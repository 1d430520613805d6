"""Pages of automations: the editor, and one automation with its runs and history."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.conditions.errors import condition_error
from opale.conditions.tokens import InvalidCondition
from opale.conditions.words import condition_in_words
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.clock import now
from opale.kernel.history import revisions
from opale.listings import pages
from opale.run.automations.actions import definitions
from opale.run.automations.forms import AutomationPageForm, initial_of_automation
from opale.run.automations.listings import RUNS
from opale.run.automations.models import Automation, span_of
from opale.run.automations.queries import automations as queries
from opale.run.automations.queries.condition_fields import TICKET_FIELDS
from opale.run.automations.queries.dry_runs import dry_run, dry_run_of
from opale.run.automations.queries.wording import acts_in_words, trigger_in_words
from opale.run.automations.rights import READ, WRITE
from opale.run.automations.states import Trigger
from opale.run.desk.actions.macros import MacroActs
from opale.ui.forms import refused_status, submit_form
from opale.ui.toasts import toast_next


@require_GET
@needs(READ)
def show(request: ActorRequest, automation_id: int) -> HttpResponse:
    automation = queries.get_automation(automation_id, seen_by=request.actor)
    context = {
        "automation": automation,
        "may_write": request.actor.can(WRITE),
        "when": trigger_in_words(automation),
        "words": condition_in_words(automation.condition, TICKET_FIELDS),
        "steps": acts_in_words(automation.acts),
        "history": revisions(Automation, id=automation.pk),
    }
    return pages.render_list_within(
        request,
        RUNS,
        "automations/show.html",
        "automations/_automation.html",
        context,
        automation=str(automation_id),
    )


@require_http_methods(["GET", "POST"])
@needs(WRITE)
def new(request: ActorRequest) -> HttpResponse:
    form = AutomationPageForm(request.POST or None, by=request.actor)
    made: list[Automation] = []
    if request.method == "POST" and submit_form(
        form,
        lambda: made.append(definitions.create_automation(by=request.actor, **form.arguments())),
    ):
        toast_next(request, _("Saved, disabled. Test it, then enable it."))
        return redirect("automations_show", made[0].pk)
    return _editor(request, form, None)


@require_http_methods(["GET", "POST"])
@needs(WRITE)
def edit(request: ActorRequest, automation_id: int) -> HttpResponse:
    automation = queries.get_automation(automation_id, seen_by=request.actor)
    initial = initial_of_automation(automation)
    form = AutomationPageForm(request.POST or None, initial=initial, by=request.actor)
    if request.method == "POST" and submit_form(
        form,
        lambda: definitions.edit_automation(automation, by=request.actor, **form.arguments()),
    ):
        toast_next(request, _("Saved."))
        return redirect("automations_show", automation_id)
    return _editor(request, form, automation)


@require_GET
@needs(WRITE)
def try_one(request: ActorRequest, automation_id: int) -> HttpResponse:
    """Show what an automation would have done in the last week."""
    automation = queries.get_automation(automation_id, seen_by=request.actor)
    try:
        found = dry_run_of(automation, seen_by=request.actor, at=now())
    except InvalidCondition as error:
        return _tried(request, {"fault": condition_error(error), "automation": automation})
    return _tried(request, {"found": found, "automation": automation})


@require_POST
@needs(WRITE)
def try_draft(request: ActorRequest) -> HttpResponse:
    """Show what the automation that is being written would have done in the last week."""
    form = AutomationPageForm(request.POST, by=request.actor)
    form.is_valid()
    if faults := form.errors.get("condition"):
        return _tried(request, {"fault": " ".join(map(str, faults))})
    sheet = form.sheet(MacroActs())
    if sheet.trigger == Trigger.TIME and not (sheet.amount and sheet.unit and sheet.moment):
        return _tried(request, {"fault": _("Enter the time, its unit and from when it counts.")})
    found = dry_run(
        sheet.trigger,
        sheet.condition,
        moment=sheet.moment,
        wait=span_of(sheet.amount, sheet.unit),
        seen_by=request.actor,
        at=now(),
    )
    return _tried(request, {"found": found})


def _tried(request: ActorRequest, context: dict[str, Any]) -> HttpResponse:
    template = "automations/_dry_run.html" if request.htmx else "automations/dry_run.html"
    return render(request, template, context)


def _editor(
    request: ActorRequest, form: AutomationPageForm, automation: Automation | None
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "automation": automation}
    return render(request, "automations/edit.html", context, status=refused_status(form))
