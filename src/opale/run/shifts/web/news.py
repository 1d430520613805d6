"""What changed in the roster for the asker, on the own page and on Now; seen by one press."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from opale.endpoints.http import AskedRequest, needs
from opale.kernel import clock
from opale.run.shifts import actions, queries, rights
from opale.ui.toasts import toast_next


@require_GET
@needs(rights.READ)
def show(request: AskedRequest) -> HttpResponse:
    """Fills a slot of Now."""
    found = queries.news_of(request.actor, at=clock.now())
    return render(request, "shifts/_news.html", {"news": found})


@require_POST
@needs(rights.READ)
def seen(request: AskedRequest, news_id: int) -> HttpResponse:
    """`news_id` is the last that was shown: what came since stays new."""
    actions.see_news(by=request.actor, until=news_id)
    toast_next(request, _("Seen. Your duties are under “My duties”."))
    if request.htmx:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return redirect("shifts_mine")
