"""Port for apps that say what a reservation is made for."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from opale.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class SourceLink:
    """A record for which something is reserved: its name, and the address of its page."""

    label: str
    url: str


ReadSources = Callable[[Collection[int], Actor], Mapping[int, SourceLink]]
"""Function that returns the links of rows by their keys; of those alone that the actor may read."""

_readers: dict[tuple[str, int], ReadSources] = {}


def register_source(prefix: str, read: ReadSources, *, order: int = 100) -> None:
    """Read sources that begin with `prefix`, such as `orders.orderline:`; each app calls it when
    Opale starts. Several may read one: the links stand in their `order`."""
    _readers[prefix, order] = read


def links_of(sources: Iterable[str], *, seen_by: Actor) -> dict[str, list[SourceLink]]:
    """Return the links of each source, in one query or two for each kind of source."""
    known = set(sources)
    found: dict[str, list[SourceLink]] = {source: [] for source in known}
    for (prefix, _order), read in sorted(_readers.items(), key=lambda one: one[0][1]):
        tails = (one.removeprefix(prefix) for one in known if one.startswith(prefix))
        keys = [int(tail) for tail in tails if tail.isdecimal()]
        for key, link in (read(keys, seen_by) if keys else {}).items():
            found[f"{prefix}{key}"].append(link)
    return found
