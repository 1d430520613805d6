"""Page of a mobilisation, with its delivery log."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.run.paging.domain.escalation_plans import parse_plan
from opale.run.paging.listings import TONES
from opale.run.paging.models import Mobilisation
from opale.run.paging.queries import mobilisations
from opale.run.paging.queries.page_texts import call_reason
from opale.run.paging.rights import OWN, READ, WORK
from opale.run.paging.states import UNANSWERED, MobilisationState, PageState
from opale.run.paging.web.plan_lines import plan_lines

PAGE_TONES: Mapping[str, str] = {
    PageState.DUE: "new",
    PageState.LEAVING: "waiting",
    PageState.SENT: "done",
    PageState.FAILED: "bad",
    PageState.DROPPED: "closed",
}


@require_GET
@needs(OWN)
def show(request: ActorRequest, mobilisation_id: int) -> HttpResponse:
    found = mobilisations.get_mobilisation(mobilisation_id, seen_by=request.actor)
    template = "paging/board/_mobilisation.html" if request.htmx else "paging/board/show.html"
    return render(request, template, _about(request, found))


def _about(request: ActorRequest, found: Mobilisation) -> dict[str, Any]:
    pages = mobilisations.pages_of(found)
    paged = any(page.person_id == request.actor.person_id for page in pages)
    works = request.actor.can(WORK)
    calls = found.state in UNANSWERED
    return {
        "one": found,
        "tone": TONES[found.state],
        "reason": call_reason(found),
        "steps": plan_lines(parse_plan(found.plan), position=found.position),
        "pages": [(page, PAGE_TONES[page.state]) for page in pages],
        "calls": calls,
        "may_answer": calls and (works or paged),
        "may_return": found.state == MobilisationState.ACKNOWLEDGED
        and (works or found.answered_by_id == request.actor.person_id),
        "sees_policies": request.actor.can(READ),
    }
