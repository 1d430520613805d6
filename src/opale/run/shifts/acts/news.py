"""What is done to the news of a roster."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from opale.acts.declarations import Subject, button, form
from opale.endpoints.http import ActorRequest
from opale.kernel.actor import Actor
from opale.run.shifts.actions import news
from opale.run.shifts.acts.subjects import NEWS, own_page
from opale.run.shifts.forms.proposals import SeenForm
from opale.run.shifts.rights import READ
from opale.ui.toasts import toast_next


def mark_seen_until(news_id: int, *, by: Actor) -> None:
    """Mark news as seen up to the last that was shown: later ones stay new."""
    news.mark_news_seen(by=by, until=news_id)


def tell_seen(request: ActorRequest, _news_id: int, _made: object) -> HttpResponse | None:
    """Say where the duties are; the page is loaded again."""
    toast_next(request, _("Seen. Your duties are under “My duties”."))
    return HttpResponse(headers={"HX-Refresh": "true"}) if request.htmx else None


SHOWN: Subject[Any] = Subject(
    name="shown_news", get=lambda news_id, *, seen_by: news_id, page="shifts/news/<int:news_id>/",
    home=own_page,
)  # fmt: skip

ACTS = (
    form(
        NEWS, news.mark_news_seen, "see_roster_news", READ, SeenForm, noun="seen", page=None,
        status=204, text="What came after `until` stays new.",
    ),
    button(
        SHOWN, mark_seen_until, "mark_news_seen", READ, noun=None, page="seen", url="news_seen",
        answer=tell_seen,
    ),
)  # fmt: skip
