"""The address at which the mail provider reports deliveries and failures."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from opale.kernel.isolation import as_application
from opale.messaging.actions import provider_events as provider_event_actions
from opale.messaging.queries import provider_events


@csrf_exempt  # A provider's program calls: its password, or its signature, is the proof.
@never_cache
@require_http_methods(["HEAD", "POST"])
def receive(request: HttpRequest) -> HttpResponse:
    if request.method == "HEAD":
        provider_events.check_provider_enabled()
        return HttpResponse()
    news = provider_events.read_provider_events(request)
    with as_application():
        provider_event_actions.record_provider_event(news)
    return HttpResponse(status=204)
