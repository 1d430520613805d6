"""Pages of automations: the editor, and one automation with its runs and history."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from opale.conditions.words import condition_in_words
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.history import revisions
from opale.listings import pages
from opale.run.automations.actions import definitions
from opale.run.automations.forms import AutomationPageForm, initial_of_automation
from opale.run.automations.listings import RUNS
from opale.run.automations.models import Automation
from opale.run.automations.queries import automations as queries
from opale.run.automations.queries.condition_fields import TICKET_FIELDS
from opale.run.automations.queries.wording import acts_in_words, trigger_in_words
from opale.run.automations.rights import READ, WRITE
from opale.ui.forms import refused_status, submit_form
from opale.ui.toasts import toast_next


@require_GET
@needs(READ)
def show(request: ActorRequest, automation_id: int) -> HttpResponse:
    automation = queries.get_automation(automation_id, seen_by=request.actor)
    context = {
        "automation": automation,
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


def _editor(
    request: ActorRequest, form: AutomationPageForm, automation: Automation | None
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "automation": automation}
    return render(request, "automations/edit.html", context, status=refused_status(form))
