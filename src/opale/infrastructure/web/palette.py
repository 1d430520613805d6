"""Sites and items in the command palette."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from opale.infrastructure import rights
from opale.infrastructure.queries import search
from opale.kernel.actor import Actor
from opale.ui.palette import Result

URLS = {"site": "infrastructure_site", "item": "infrastructure_item"}
ICONS = {"site": "building", "item": "server"}


def palette_results(text: str, actor: Actor, limit: int) -> Iterator[Result]:
    """Yield sites and items by a few letters of name, address or serial number."""
    if len(text) < 2 or not actor.can(rights.READ):
        return
    groups = {"site": _("Sites"), "item": _("Items")}
    for found in search.search(text, seen_by=actor, limit=limit):
        url = reverse(URLS[found.kind], args=[found.key])
        yield Result(found.name, url, ICONS[found.kind], groups[found.kind], found.note)
