"""The connectors that read events: whatever is installed under `opale.event_sources`."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points

from opale.run.events.ports import EventSource

GROUP = "opale.event_sources"


@cache
def sources() -> Mapping[str, EventSource]:
    """The readers by the name of their format."""
    return {entry.name: entry.load()() for entry in sorted(entry_points(group=GROUP))}
