"""Pages of one's contact methods, each verified, and quiet hours."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_POST

from opale.endpoints.http import ActorRequest, needs
from opale.run.paging.actions import contacts, delivery
from opale.run.paging.actions.web_push import Subscription
from opale.run.paging.queries import contacts as contact_queries
from opale.run.paging.rights import OWN
from opale.ui.toasts import toast_next


@require_GET
@needs(OWN)
def index(request: ActorRequest) -> HttpResponse:
    context = {
        "methods": list(contact_queries.own_methods(seen_by=request.actor)),
        "quiet": contact_queries.own_quiet_hours(seen_by=request.actor),
        "push_key": delivery.get_push_key().public,
        "person_id": request.actor.person_id,
    }
    template = "paging/contacts/_list.html" if request.htmx else "paging/contacts/list.html"
    return render(request, template, context)


@require_POST
@needs(OWN)
def browser(request: ActorRequest) -> HttpResponse:
    """Add this browser by the push subscription that it posts, once its user has allowed it."""
    said = Subscription(*(request.POST.get(one, "") for one in ("endpoint", "p256dh", "auth")))
    contacts.add_browser(said, label=request.POST.get("label", ""), by=request.actor)
    toast_next(request, _("Notifications enabled in this browser."))
    return redirect("paging_contacts")


@require_GET
@cache_control(max_age=300)
def worker(request: HttpRequest) -> HttpResponse:
    """Return the service worker, which shows pages while no tab is open."""
    return render(request, "paging/worker.js", content_type="text/javascript")
