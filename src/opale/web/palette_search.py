"""Last line of the command palette: the same text on the search page."""

from collections.abc import Iterator
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.ui.palette import Result

SHORTEST = 2


def search_everywhere(text: str, actor: Actor, limit: int) -> Iterator[Result]:
    if len(text) >= SHORTEST and actor.kind != "anonymous":
        url = f"{reverse('search')}?{urlencode({'q': text})}"
        label = _("Search for “%(text)s” in tickets and messages") % {"text": text}
        yield Result(label, url, "search", _("Everywhere"))
