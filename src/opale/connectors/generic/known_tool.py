"""A tool that posts JSON, with the mapping that reads its bodies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class KnownTool:
    """A tool, the paths of members by which its bodies are known, and its mapping.

    Bodies of a tool without a word for the end never end an alert (`ends` is False): what it raises
    is closed by hand. A tool may tell of more than troubles, such as a note on one that is over:
    what is none of the states in `raises` (where there are any), no end and no acknowledgement is a
    remark.
    """

    name: str
    signs: tuple[str, ...]
    mapping: Mapping[str, str]
    ends: bool = True
    raises: frozenset[str] = frozenset()

    def sent(self, body: Mapping[str, Any]) -> bool:
        return all(_has(body, path) for path in self.signs)


def _has(body: Any, path: str) -> bool:
    for name in path.split("."):
        if not isinstance(body, dict) or body.get(name) is None:
            return False
        body = body[name]
    return True
