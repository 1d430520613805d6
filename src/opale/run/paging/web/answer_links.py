"""The page behind the link of a page: one button, without a login."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from opale.endpoints.link_limits import limit_uses
from opale.kernel import clock
from opale.kernel.errors import Conflict, IllegalMove, NotFound
from opale.kernel.isolation import as_application
from opale.run.paging.actions import answers
from opale.run.paging.queries import mobilisations
from opale.run.paging.queries.answer_links import page_id_of_token

MOST_A_MINUTE = 30


@csrf_exempt  # The signed link is the proof, whatever program posts it.
@never_cache
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Answer by POST, once or often; a GET shows the button, because programs open every link."""
    page_id = page_id_of_token(token)
    if page_id is None:
        raise NotFound
    with as_application():
        return _answered(request, page_id)


def _answered(request: HttpRequest, page_id: int) -> HttpResponse:
    limit_uses(request, "paging.link", MOST_A_MINUTE)
    page = mobilisations.get_page_of_link(page_id)
    with override(page.person.reading_language):
        context: dict[str, Any] = {"refusal": ""}
        if request.method == "POST":
            try:
                answers.answer_page(page, by=mobilisations.recipient_of_page(page), at=clock.now())
            except (Conflict, IllegalMove) as refusal:
                context["refusal"] = refusal.sentence
            page = mobilisations.get_page_of_link(page_id)
        context |= {"page": page, "told": mobilisations.mobilisations_of_page(page)}
        return render(request, "paging/link.html", context)
