"""Lines of a listing in the command palette."""

from collections.abc import Callable

from opale.kernel.actor import Actor
from opale.listings.declarations import Listing
from opale.listings.filters import Words
from opale.ui.palette import Result


def jumps(listing: Listing) -> Callable[[str, Actor, int], list[Result]]:
    """Return a source of the palette: the matching lines, by the list's own search."""
    jump = listing.jump
    words = next((one for one in listing.filters if isinstance(one, Words)), None)
    if jump is None or words is None:
        raise TypeError(f"{listing.name}: a jump needs words to look for")

    def source(text: str, actor: Actor, limit: int) -> list[Result]:
        said = text.strip()
        meant = said.upper().startswith(jump.starts) if jump.starts else True
        if len(said) < jump.shortest or not meant or not actor.can(listing.right):
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
