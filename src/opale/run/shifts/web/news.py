"""What changed in the roster for the asker, on the own page and on Now; seen by one press."""

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
    """Fills a slot of Now."""
    found = new_queries.news_of(request.actor, at=clock.now())
    return render(request, "shifts/_news.html", {"news": found})


@require_POST
@needs(rights.READ)
def seen(request: ActorRequest, news_id: int) -> HttpResponse:
    """`news_id` is the last that was shown: what came since stays new."""
    news.mark_news_seen(by=request.actor, until=news_id)
    toast_next(request, _("Seen. Your duties are under “My duties”."))
    if request.htmx:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect("shifts_mine")
