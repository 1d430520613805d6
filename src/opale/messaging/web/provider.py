"""Where the provider that sends our mails tells what became of them."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from opale.kernel.isolation import as_house
from opale.messaging import actions, provider_news


@csrf_exempt  # A provider's program calls: its password, or its signature, is the proof.
@never_cache
@require_http_methods(["HEAD", "POST"])
def hear(request: HttpRequest) -> HttpResponse:
    if request.method == "HEAD":
        provider_news.check_address()
        return HttpResponse()
    news = provider_news.read_news(request)
    with as_house():
        actions.note_news(news)
    return HttpResponse(status=204)
