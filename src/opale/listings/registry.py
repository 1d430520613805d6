"""Registry of the listings of all apps, by name: for addresses, saved views and checks."""

from opale.kernel.actor import Actor
from opale.kernel.errors import NotAllowed, NotFound
from opale.listings.declarations import Listing
from opale.listings.jumps import register_jumps

_listings: dict[str, Listing] = {}


def register(*listings: Listing) -> None:
    """Register listings, in the `ready` of their app; the palette finds the lines of those that
    have a label and an address.
    """
    for one in listings:
        if _listings.setdefault(one.name, one) is not one:
            raise ValueError(f"a second listing is called {one.name}")
        if one.jump is not None:
            register_jumps(one)


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
