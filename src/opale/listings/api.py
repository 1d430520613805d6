"""Endpoints of saved views of listings."""

from collections.abc import Sequence

from ninja import Router

from opale.endpoints.auth import may
from opale.endpoints.http import ActorRequest
from opale.listings.acts import KEEP, get_view
from opale.listings.registry import open_listing
from opale.listings.saved_views import SavedView, settings_of
from opale.listings.shapes import ListingViewOut

router = Router(tags=["listings"])


@router.get("/lists/{slug:listing}/views", response=list[ListingViewOut], auth=may(KEEP))
def list_listing_views(request: ActorRequest, listing: str) -> Sequence[SavedView]:
    """One's own, and those that others share."""
    declared = open_listing(listing, seen_by=request.actor)
    return settings_of(declared.name, request.actor).views


@router.get("/lists/views/{int:view_id}", response=ListingViewOut, auth=may(KEEP))
def get_listing_view(request: ActorRequest, view_id: int) -> SavedView:
    """One of one's own."""
    return get_view(view_id, seen_by=request.actor)
