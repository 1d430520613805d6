"""Who reads what is posted: connectors of events, and rooms above for what is no event."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points

from opale.run.events.ports import EventSource, Taker, takers

GROUP = "opale.event_sources"


@cache
def sources() -> Mapping[str, EventSource]:
    """The readers by the name of their format: whatever is installed under the group."""
    return {entry.name: entry.load()() for entry in sorted(entry_points(group=GROUP))}


def tools() -> Mapping[str, EventSource | Taker]:
    """Every tool that an integration can be made for, by the name of its format."""
    return {**sources(), **takers()}
