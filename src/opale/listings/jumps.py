"""Lines of a listing in the command palette."""

from collections.abc import Callable
from typing import Final

from opale.kernel.actor import Actor
from opale.listings.declarations import Listing
from opale.listings.filters import Words
from opale.ui import palette
from opale.ui.palette import Result

SHORTEST_TEXT = 2
"""Fewer characters match too many rows."""


LONGEST_MATCH: Final = 80


def matching_line(content: str, text: str) -> str:
    """Return the first line with one of the words of the text, cut around it; else ""."""
    asked = [word.casefold() for word in text.split()]
    for line in content.splitlines():
        said = " ".join(line.split())
        places = [at for word in asked if (at := said.casefold().find(word)) >= 0]
        if not places:
            continue
        begin = max(0, min(min(places) - LONGEST_MATCH // 4, len(said) - LONGEST_MATCH))
        cut = said[begin : begin + LONGEST_MATCH]
        return f"{'…' if begin else ''}{cut}{'…' if begin + LONGEST_MATCH < len(said) else ''}"
    return ""


def words_of(listing: Listing) -> Words:
    """Return the filter by which lines are searched. Errors: TypeError."""
    words = next((one for one in listing.filters if isinstance(one, Words)), None)
    if words is None:
        raise TypeError(f"{listing.name}: its lines cannot be searched for words")
    return words


def register_jumps(listing: Listing) -> None:
    """Let the palette find the lines of a listing: by the letters of their number at once, by
    words once the quick sources have answered; where numbers have no letters, by words at once.
    """
    if listing.jump is None:
        raise TypeError(f"{listing.name}: its lines have no label and address of their own")
    by_number = listing.jump.starts
    if by_number:
        palette.register(jumps(listing, starts=by_number))
    palette.register(jumps(listing, but=by_number), slowly=bool(by_number))


def jumps(
    listing: Listing, *, starts: str = "", but: str = ""
) -> Callable[[str, Actor, int], list[Result]]:
    """Return a source of the palette: the matching lines, by the list's own search.

    `starts` are letters with which the text has to begin, `but` those with which it must not.
    """
    jump, words = listing.jump, words_of(listing)
    if jump is None:
        raise TypeError(f"{listing.name}: its lines have no label and address of their own")

    def source(text: str, actor: Actor, limit: int) -> list[Result]:
        said = words.cleaned(text)
        begun = said.upper()
        meant = begun.startswith(starts) and not (but and begun.startswith(but))
        if len(said) < SHORTEST_TEXT or not meant or not actor.can(listing.right):
            return []
        found = listing.rows(seen_by=actor, **{words.argument: said})
        return [
            Result(
                label=jump.label(row),
                url=jump.url(row),
                icon=jump.icon,
                group=str(jump.group),
                note=" · ".join(filter(None, (str(jump.note(row)), jump.match(row, said)))),
            )
            for row in found.order_by(*listing.order.expressions())[:limit]
        ]

    return source
