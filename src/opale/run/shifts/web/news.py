"""News of one's roster, on one's own page and on Now, and marking them as seen."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.run.shifts import rights
from opale.run.shifts.queries import news as new_queries


@require_GET
@needs(rights.READ)
def show(request: ActorRequest) -> HttpResponse:
    """Return the news for a slot of Now."""
    found = new_queries.news_of(request.actor, at=clock.now())
    return render(request, "shifts/_news.html", {"news": found})
