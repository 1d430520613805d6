"""Who hears what is sent to /ingest/: connectors of events, and rooms above for what is none."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points

from opale.run.events.ports import Tool, tools_above

GROUP = "opale.event_sources"


@cache
def sources() -> Mapping[str, Tool]:
    """The connectors by the name of their format: whatever is installed under the group."""
    return {entry.name: entry.load()() for entry in sorted(entry_points(group=GROUP))}


def tools() -> Mapping[str, Tool]:
    """Every tool that an integration can be made for, by the name of its format."""
    return {**sources(), **tools_above()}


def tool_of(format: str) -> Tool | None:  # noqa: A002  # as the model names it
    return sources().get(format) or tools_above().get(format)
