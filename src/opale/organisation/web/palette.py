"""People and teams in the command palette."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from opale.kernel.actor import Actor
from opale.organisation.queries import search
from opale.ui.palette import Result

SHORTEST = 2


def palette_results(text: str, actor: Actor, limit: int) -> Iterator[Result]:
    if len(text) < SHORTEST:
        return
    for found in search.search(text, seen_by=actor, limit=limit):
        if found.kind == "team":
            url = reverse("organisation_team", args=[found.pk])
            yield Result(found.name, url, "sitemap", _("Teams"), found.note)
        else:
            url = reverse("organisation_person", args=[found.pk])
            yield Result(found.name, url, "user", _("People"), found.note)
