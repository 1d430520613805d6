"""News of one's roster, on one's own page and on Now, and marking them as seen."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.kernel import clock
from opale.run.shifts import rights
from opale.run.shifts.actions import news
from opale.run.shifts.queries import news as new_queries
from opale.ui.toasts import toast_next


@require_GET
@needs(rights.READ)
def show(request: ActorRequest) -> HttpResponse:
    """Return the news for a slot of Now."""
    found = new_queries.news_of(request.actor, at=clock.now())
    return render(request, "shifts/_news.html", {"news": found})


@require_POST
@needs(rights.READ)
def seen(request: ActorRequest, news_id: int) -> HttpResponse:
    """Mark news as seen up to `news_id`, the last shown: later ones stay new."""
    news.mark_news_seen(by=request.actor, until=news_id)
    toast_next(request, _("Marked as seen. Find your shifts under “My shifts”."))
    if request.htmx:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect("shifts_mine")
