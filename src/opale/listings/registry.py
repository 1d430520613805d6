"""Registry of the listings of all apps, by name: for addresses, saved views and checks."""

from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed, NotFound
from opale.listings.declarations import Listing

_listings: dict[str, Listing] = {}


def register(*listings: Listing) -> None:
    """Register listings, in the `ready` of their app."""
    for one in listings:
        if _listings.setdefault(one.name, one) is not one:
            raise ValueError(f"a second listing is called {one.name}")


def registered() -> tuple[Listing, ...]:
    return tuple(_listings.values())


def get_listing(name: str) -> Listing:
    """Return a listing by name. Errors: NotFound."""
    if name not in _listings:
        raise NotFound
    return _listings[name]


def open_listing(name: str, *, seen_by: Actor) -> Listing:
    """Return a listing that the actor may open. Errors: NotFound, NotAllowed."""
    listing = get_listing(name)
    if not seen_by.can(listing.right):
        raise NotAllowed
    return listing
