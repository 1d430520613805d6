"""The shipped mappings of tools that post JSON, each from the body that the tool documents.

A tool is recognised by members that its bodies always have; its expressions then stand in for the
defaults of `mapping.SETTINGS`, and what an integration sets itself comes before both. What a
mapping leaves out is looked for by the usual names.
"""

from typing import Any, Final

from opale.connectors.generic.cloud_tools import CLOUD_TOOLS
from opale.connectors.generic.incident_tools import INCIDENT_TOOLS
from opale.connectors.generic.known_tool import KnownTool
from opale.connectors.generic.monitoring_tools import MONITORING_TOOLS

KNOWN_TOOLS: Final = (*CLOUD_TOOLS, *MONITORING_TOOLS, *INCIDENT_TOOLS)


def recognise(body: Any) -> KnownTool | None:
    """Return the tool that sends bodies like this one; None for an unknown one."""
    if not isinstance(body, dict):
        return None
    return next((tool for tool in KNOWN_TOOLS if tool.sent(body)), None)
