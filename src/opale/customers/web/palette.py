"""Customers, services and contacts in the command palette."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from opale.customers import rights
from opale.customers.queries import search
from opale.kernel.actor import Actor
from opale.ui.palette import Result

URLS = {
    "customer": "customers_customer",
    "service": "customers_service",
    "contact": "customers_customer",
}
ICONS = {"customer": "building-community", "service": "package", "contact": "user"}


def palette_results(text: str, actor: Actor, limit: int) -> Iterator[Result]:
    """Yield customers, services and contacts by a few letters of name, code or reference."""
    if len(text) < 2 or not actor.can(rights.READ):
        return
    groups = {"customer": _("Customers"), "service": _("Services"), "contact": _("Contacts")}
    for found in search.search(text, seen_by=actor, limit=limit):
        url = reverse(URLS[found.kind], args=[found.key])
        yield Result(found.name, url, ICONS[found.kind], groups[found.kind], found.note)
