"""Pages of resource requests: request, answer and reserve."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from opale.delivery.resources.actions import answers as answer_actions
from opale.delivery.resources.actions import requests
from opale.delivery.resources.forms import OfferForm
from opale.delivery.resources.listings import TONES
from opale.delivery.resources.models import ResourceRequest
from opale.delivery.resources.queries import requests as request_queries
from opale.delivery.resources.rights import ANSWER, ASK, READ
from opale.delivery.resources.states import OPEN, WAITS_FOR_LEAD, RequestState
from opale.endpoints.http import ActorRequest, needs
from opale.kernel.actor import Actor
from opale.kernel.errors import NotFound
from opale.ui.forms import submit_form
from opale.ui.toasts import toast_next

S = RequestState
form_verbs = require_http_methods(["GET", "POST"])


@require_GET
@needs(READ)
def show(request: ActorRequest, resource_request_id: int) -> HttpResponse:
    return _shown(request, request_queries.get_request(resource_request_id, seen_by=request.actor))


@require_POST
@needs(ANSWER)
def offer(request: ActorRequest, resource_request_id: int) -> HttpResponse:
    """Offer the ranked names; show refused ones beside their reason."""
    row = request_queries.get_request(resource_request_id, seen_by=request.actor)
    proposed = request_queries.proposed_for(row, seen_by=request.actor)
    form = OfferForm(request.POST, proposed=proposed)
    if submit_form(form, lambda: answer_actions.offer_names(row, form.ranked(), by=request.actor)):
        toast_next(request, _("Candidates proposed."))
        return redirect("resources_show", row.pk)
    return _shown(request, row, form)


@require_POST
@needs(ASK)
def accept(request: ActorRequest, resource_request_id: int, offer_id: int) -> HttpResponse:
    row = request_queries.get_request(resource_request_id, seen_by=request.actor)
    chosen = next((one for one in row.offers.all() if one.pk == offer_id), None)
    if chosen is None:
        raise NotFound
    requests.accept_offer(row, chosen, by=request.actor)
    toast_next(request, _("Hours reserved."))
    return redirect("resources_show", row.pk)


def _shown(
    request: ActorRequest, row: ResourceRequest, form: OfferForm | None = None
) -> HttpResponse:
    actor = request.actor
    answers = row.state in OPEN and _leads(row, actor)
    proposed = request_queries.proposed_for(row, seen_by=actor) if answers else []
    form = form or OfferForm(proposed=proposed)
    context = {
        "row": row,
        "tone": TONES[row.state],
        "running": row.state in WAITS_FOR_LEAD,
        "answers": answers,
        "form": form,
        "proposed": [(one, form[f"rank_{one.person.pk}"]) for one in form.proposed],
        "offers": list(row.offers.all()),
        "may_accept": row.state == S.OFFERED and actor.can(ASK),
        "history": request_queries.history_of(row, seen_by=actor),
    }
    bad = form.is_bound and form.errors
    # A refused form is a whole page, so that live updates do not redraw the ranks being entered.
    template = "resources/_request.html" if request.htmx and not bad else "resources/show.html"
    return render(request, template, context, status=422 if bad else 200)


def _leads(row: ResourceRequest, actor: Actor) -> bool:
    return actor.everywhere(ANSWER) or (
        actor.can(ANSWER) and row.team_id in request_queries.led_teams(actor)
    )
