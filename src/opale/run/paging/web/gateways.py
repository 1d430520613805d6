"""Pages of the provider's SMS and voice gateways: a list, and a form for who sets them up."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.run.paging.queries import contacts
from opale.run.paging.rights import EDIT, READ


@require_GET
@needs(READ)
def index(request: ActorRequest) -> HttpResponse:
    context = {
        "gateways": contacts.all_gateways(seen_by=request.actor),
        "may_edit": request.actor.can(EDIT),
    }
    template = "paging/gateways/_list.html" if request.htmx else "paging/gateways/list.html"
    return render(request, template, context)
