"""The connectors that read calls: all installed under `opale.call_sources`."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points

from opale.run.telephone.ports import CallSource

ENTRY_POINT_GROUP = "opale.call_sources"


@cache
def installed_sources() -> Mapping[str, CallSource]:
    """Return the readers by the name of their format."""
    return {entry.name: entry.load()() for entry in sorted(entry_points(group=ENTRY_POINT_GROUP))}
