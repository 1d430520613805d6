"""Page of the portfolio: renewals over the list of customers."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from opale.customers import rights
from opale.customers.listings.portfolio import PORTFOLIO, Due
from opale.customers.queries import portfolio
from opale.customers.queries.dates import today
from opale.customers.queries.portfolio import HORIZONS
from opale.customers.web import timeline
from opale.endpoints.http import ActorRequest, needs
from opale.listings.pages import context_of
from opale.listings.selection import Selection
from opale.ui.components.lists import Chip, chips_of

NAMED: Final = 10
"""How many renewals are named; the others are in the table, and in the file."""
DRAWN: Final = 200


@require_GET
@needs(rights.PORTFOLIO)
def show(request: ActorRequest) -> HttpResponse:
    """Show the portfolio, by default the actor's own."""
    context = context_of(request, PORTFOLIO) | _renewals(request)
    template = "listings/_list.html" if request.htmx else PORTFOLIO.template
    return render(request, template, context)


def _renewals(request: ActorRequest) -> dict[str, Any]:
    """Return the contracts to be decided about, whatever the horizon of the customers below."""
    on, seen = today(), request.actor
    values = dict(Selection.read(PORTFOLIO, request.GET, seen).values)
    horizon = int(values.pop("within", max(HORIZONS)))
    followed = Selection(PORTFOLIO, seen, values).narrowed()
    due = list(portfolio.renewals(followed, seen_by=seen, on=on, within=horizon)[:DRAWN])
    counts = portfolio.due_within(followed, seen_by=seen, on=on)
    return {
        "drawing": timeline.draw(due, today=on) if due else "",
        "due": [Due.of(contract, on) for contract in due[:NAMED]],
        "due_count": counts[horizon],
        "beyond": max(counts[horizon] - NAMED, 0),
        "horizons": _horizons(request, counts),
    }


def _horizons(request: ActorRequest, counts: Mapping[int, int]) -> list[Chip]:
    words = [
        (str(days), _("%(count)s within %(days)s days") % {"count": counts[days], "days": days})
        for days in HORIZONS
    ]
    return chips_of(request.GET, "within", words)
