"""Page of the letterhead, with a preview of a mail in both languages."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.kernel.errors import NotFound
from opale.messaging.queries import letterheads as letterhead_queries
from opale.messaging.queries.mail_layout import Letter, letter_as_html
from opale.messaging.rights import LETTERHEAD
from opale.organisation.models import Language

VERSIONS = 30
SEALED = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self';"
    " sandbox allow-popups"
)
"""The policy of a previewed mail: its own styles and logo; no scripts, nothing is loaded."""


@require_GET
@needs(LETTERHEAD)
def show(request: ActorRequest) -> HttpResponse:
    context = {
        "head": letterhead_queries.present_letterhead(seen_by=request.actor),
        "versions": letterhead_queries.letterheads(seen_by=request.actor)[:VERSIONS],
        "languages": Language.choices,
    }
    return render(request, "messaging/letterhead.html", context)


@xframe_options_sameorigin
@require_GET
@needs(LETTERHEAD)
def preview(request: ActorRequest, language: str) -> HttpResponse:
    """Return a mail of the desk as it would be sent, for a frame of the page."""
    if language not in Language.values:
        raise NotFound
    version = letterhead_queries.present_letterhead(seen_by=request.actor)
    with translation.override(language):
        letter = Letter(
            language=language,
            body=_("Hello,\n\nYour link works again. Please tell us if you notice anything else."),
            signature=[request.actor.name, _("Service desk")],
            foot=[_("This is a sample mail.")],
            head=letterhead_queries.head_of(version, language),
            answered=True,
        )
        html = letter_as_html(letter, logo=letterhead_queries.logo_as_data(letter.head))
    page = HttpResponse(html)
    page.headers["Content-Security-Policy"] = SEALED
    return page
