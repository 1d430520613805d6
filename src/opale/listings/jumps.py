"""Lines of a listing in the command palette."""

from collections.abc import Callable

from opale.kernel.actor import Actor
from opale.listings.declarations import Listing
from opale.listings.filters import Words
from opale.ui.palette import Result

SHORTEST_TEXT = 2
"""Fewer characters match too many rows."""


def words_of(listing: Listing) -> Words:
    """Return the filter by which lines are searched. Errors: TypeError."""
    words = next((one for one in listing.filters if isinstance(one, Words)), None)
    if words is None:
        raise TypeError(f"{listing.name}: its lines cannot be searched for words")
    return words


def jumps(listing: Listing) -> Callable[[str, Actor, int], list[Result]]:
    """Return a source of the palette: the matching lines, by the list's own search."""
    jump, words = listing.jump, words_of(listing)
    if jump is None:
        raise TypeError(f"{listing.name}: its lines have no label and address of their own")

    def source(text: str, actor: Actor, limit: int) -> list[Result]:
        said = words.cleaned(text)
        meant = said.upper().startswith(jump.starts) if jump.starts else True
        if len(said) < SHORTEST_TEXT or not meant or not actor.can(listing.right):
            return []
        found = listing.rows(seen_by=actor, **{words.argument: said})
        return [
            Result(
                label=jump.label(row),
                url=jump.url(row),
                icon=jump.icon,
                group=str(jump.group),
                note=str(jump.note(row)),
            )
            for row in found.order_by(*listing.order.expressions())[:limit]
        ]

    return source
