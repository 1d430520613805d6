"""Picker of a listing: the source of a field that chooses one of its rows."""

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from opale.endpoints.http import ActorRequest, needs
from opale.listings.declarations import Listing
from opale.listings.jumps import words_of
from opale.ui.pickers import LIMIT, Choice, picker_response


def pick_of(listing: Listing, named: Callable[[Any], tuple[str, str]]) -> Callable[..., Any]:
    """Return the view of a picker: rows found by the list's own search, each by name and note."""
    words = words_of(listing)

    @require_GET
    @needs(listing.right)
    def view(request: ActorRequest) -> HttpResponse:
        text = words.read(request.GET, request.actor) or ""
        found = listing.rows(seen_by=request.actor, **{words.argument: text})
        shown = found.order_by(*listing.order.expressions())[:LIMIT]
        return picker_response(request, (Choice(str(row.pk), *named(row)) for row in shown))

    return view
