"""Pages of the companies of the group."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.organisation.queries import reference
from opale.organisation.rights import ADMINISTER, READ
from opale.ui import keyset
from opale.ui.components.lists import Chip

BY_NAME = keyset.Order(("name", "id"))


@require_GET
@needs(READ)
def index(request: ActorRequest) -> HttpResponse:
    closed = request.GET.get("closed") == "1"
    found = reference.with_sizes(reference.companies(seen_by=request.actor, closed=closed))
    context = {
        "page": keyset.page(found, BY_NAME, request.GET),
        "chips": [Chip(_("Closed too"), "?" if closed else "?closed=1", closed, closed)],
        "may_edit": request.actor.can(ADMINISTER),
    }
    return render(request, "organisation/companies.html", context)
