"""The tools that /ingest/ serves: connectors of events, and rooms above for what is none."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points

from opale.run.events.domain.deliveries import Tool, registered_tools

ENTRY_POINT_GROUP = "opale.event_sources"


@cache
def installed_tools() -> Mapping[str, Tool]:
    """Return the installed connectors by the name of their format."""
    return {entry.name: entry.load()() for entry in sorted(entry_points(group=ENTRY_POINT_GROUP))}


def all_tools() -> Mapping[str, Tool]:
    """Return every tool that an integration can be made for, by the name of its format."""
    return {**installed_tools(), **registered_tools()}


def get_tool(format: str) -> Tool | None:  # noqa: A002  # as the model names it
    return installed_tools().get(format) or registered_tools().get(format)
