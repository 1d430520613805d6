"""The page behind the link by which a reader ends a scheduled report, without a login."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from opale.endpoints.link_limits import limit_uses
from opale.kernel.isolation import as_application
from opale.scheduled_reports.actions import subscriptions
from opale.scheduled_reports.queries.unsubscribe_links import subscription_of_token

MOST_A_MINUTE = 30


@csrf_exempt  # Mail programs post here (RFC 8058): the signed link is the proof.
@never_cache
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """End a report by POST, once or repeatedly, or begin it again; a GET asks first, because
    programs open every link."""
    with as_application():
        ending = subscription_of_token(token)
        if request.method == "POST":
            limit_uses(request, "scheduled_reports.unsubscribe", MOST_A_MINUTE)
            if "again" in request.POST:
                subscriptions.subscribe_again(ending)
            else:
                subscriptions.unsubscribe(ending)
        context = {
            "report": ending.report,
            "ended": ending.has_ended,
            "again": "again" in request.POST,
        }
    return render(request, "scheduled_reports/unsubscribe.html", context)
