"""Pages of plan proposals: request, progress and decision line by line."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from opale.delivery.resources.actions import plans
from opale.delivery.resources.forms import PlanForm
from opale.delivery.resources.listings import PLANS
from opale.delivery.resources.models import PlanLine
from opale.delivery.resources.queries import plans as plan_queries
from opale.delivery.resources.rights import PLAN
from opale.endpoints.http import ActorRequest, needs
from opale.listings.pages import context_of, render_list
from opale.ui.forms import submit_form
from opale.ui.keyset import Order, page

IN_ORDER = Order(("id",))


@require_http_methods(["GET", "POST"])
@needs(PLAN)
def index(request: ActorRequest) -> HttpResponse:
    """List the proposals, and start a new search."""
    form = PlanForm(request.POST or None, by=request.actor)
    made: list[int] = []

    def ask() -> None:
        found = plans.request_plan(
            by=request.actor, credential=request.credential, **form.cleaned_data
        )
        made.append(found.pk)

    if request.method == "POST" and submit_form(form, ask):
        return redirect("resources_plan", made[0])
    if request.htmx:
        return render_list(request, PLANS)
    status = 422 if form.is_bound and form.errors else 200
    context = context_of(request, PLANS) | {"form": form}
    return render(request, PLANS.template, context, status=status)


@require_GET
@needs(PLAN)
def show(request: ActorRequest, plan_id: int) -> HttpResponse:
    """Show the progress and result of a search, live, and then its decision."""
    plan = plan_queries.get_plan(plan_id, seen_by=request.actor)
    found = page(plan_queries.plan_lines(plan, seen_by=request.actor), IN_ORDER, request.GET)
    counts = plan.line_counts()
    context = {
        "plan": plan,
        "page": found,
        "count": sum(counts.values()),
        "open": counts.get(PlanLine.State.OPEN, 0),
    }
    template = "resources/_plan.html" if request.htmx else "resources/plan.html"
    return render(request, template, context)
