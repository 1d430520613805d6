"""Acts on saved views of listings."""

from dataclasses import replace
from typing import Any, Final

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from opale.acts.declarations import Place, Subject, button, change, remove
from opale.kernel.actor import Actor
from opale.kernel.errors import Invalid
from opale.listings.declarations import Listing
from opale.listings.forms import NewViewForm, ViewForm
from opale.listings.registry import get_listing, open_listing
from opale.listings.saved_views import SavedView, store
from opale.listings.selection import Selection
from opale.listings.shapes import ListingViewOut

KEEP: Final = "organisation.edit_self"


def list_of(view: SavedView) -> Place:
    listing = get_listing(view.listing)
    return reverse(listing.url_name), listing.title


def place_of(view: SavedView) -> Place:
    root, title = list_of(view)
    return (f"{root}?{view.query}" if view.query else root), title


def get_view(view_id: int, *, seen_by: Actor) -> SavedView:
    """Return one of the actor's own views, of a list that it may open.

    Errors: NotFound, NotAllowed.
    """
    view = store().get(view_id, seen_by=seen_by)
    open_listing(view.listing, seen_by=seen_by)
    return view


def get_removed_view(view_id: int, *, seen_by: Actor) -> SavedView:
    return store().get(view_id, seen_by=seen_by, removed=True)


def save_view(listing: Listing, *, by: Actor, query: str = "", **fields: Any) -> SavedView:
    """Save a view of the list, for oneself or shared with all who can open it."""
    asked = QueryDict(query)
    address = Selection.read(listing, asked, by).address()
    if ignored := asked.keys() - QueryDict(address).keys():
        raise Invalid(query=", ".join(sorted(ignored)))
    view_id = store().add(listing.name, query=address, by=by, **fields)
    return store().get(view_id, seen_by=by)


def edit_view(view: SavedView, *, by: Actor, **fields: Any) -> None:
    """Rename a view, share it or stop sharing it."""
    store().edit(view.id, by=by, **{"name": view.name, "shared": view.shared, **fields})


def remove_view(view: SavedView, *, by: Actor) -> None:
    """Remove a view; it can be restored."""
    store().remove(view.id, by=by)


def restore_view(view: SavedView, *, by: Actor) -> SavedView:
    """Restore a removed view."""
    store().restore(view.id, by=by)
    return store().get(view.id, seen_by=by)


LISTING: Subject[Any] = Subject(
    name="listing", get=open_listing, column="name", page="lists/<slug:listing>/",
    endpoint="/lists/{slug:listing}", home=lambda one: (reverse(one.url_name), one.title),
)  # fmt: skip
VIEW: Subject[Any] = Subject(
    name="listing_view", get=get_view, rows=lambda *, seen_by: store().own(seen_by=seen_by),
    column="id", shape=ListingViewOut, page="lists/views/<int:view_id>/",
    endpoint="/lists/views/{int:view_id}", home=place_of,
)  # fmt: skip
REMOVED = replace(VIEW, name="removed_listing_view", get=get_removed_view)

ACTS = (
    button(
        LISTING, save_view, "create_listing_view", KEEP, of=NewViewForm, made=ListingViewOut,
        noun="views", url="view_new", success_url=lambda _listing, view: place_of(view)[0],
        said=lambda _listing, view: gettext("View “%(name)s” saved") % {"name": view.name},
        undo=lambda _listing, view: reverse("listings_view_remove", args=[view.id]),
    ),
    change(
        VIEW, edit_view, "edit_listing_view", KEEP, ViewForm, page="", url="view",
        title=_("Edit view"), submit=_("Save"), said=_("View saved"),
    ),
    remove(
        VIEW, remove_view, "remove_listing_view", KEEP, page="removal", url="view_remove",
        home=list_of, label=_("Delete view"),
        undo="view_restore", said=_("View “%(name)s” deleted"),
    ),
    button(
        REMOVED, restore_view, "restore_listing_view", KEEP, noun="restoration", page="return",
        url="view_restore", gives=ListingViewOut, said=_("View “%(name)s” restored"),
    ),
)  # fmt: skip
