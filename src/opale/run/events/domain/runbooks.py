"""The address of an alert's runbook, as its source gives it; pure.

Source: docs/rules/alerts.md, "What to do about it".
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from opale.run.events.domain.clean_events import safe_url

RUNBOOK_LABELS: Final = ("runbook_url", "runbook", "runbook_link")
"""In order of precedence; `runbook_url` is what Prometheus's own rules use."""
MAX_DEPTH: Final = 2


def runbook_of(labels: Mapping[str, str], raw: Any) -> str:
    """Return the address that a label, or else a member of the raw event, gives; "" for none."""
    places = [labels, *_members(raw, MAX_DEPTH)]
    said = (place.get(name) for place in places for name in RUNBOOK_LABELS)
    addresses = (safe_url(text.strip()) for text in said if isinstance(text, str))
    return next(filter(None, addresses), "")


def _members(value: Any, deep: int) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a JSON value, the outer ones first."""
    if isinstance(value, dict):
        yield value
        if deep:
            for member in value.values():
                yield from _members(member, deep - 1)
